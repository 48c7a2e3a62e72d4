internal import Foundation
internal import Glibc
internal import NodeCore

/// The only place of the node that reads clocks.
enum Clock {
  @Sendable static func now() -> Moment {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let steady = UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    return Moment(wallMs: UInt64(Date().timeIntervalSince1970 * 1_000), steadyMs: steady)
  }
}
