internal import Foundation
internal import Glibc
internal import RouterCore

/// The only place of the router that reads clocks.
enum RouterClock {
  @Sendable static func now() -> RouterMoment {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let steady = UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    return RouterMoment(wallMs: UInt64(Date().timeIntervalSince1970 * 1_000), steadyMs: steady)
  }
}
