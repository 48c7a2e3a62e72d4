internal import Foundation
internal import Glibc
internal import Synchronization
internal import Wire

/// CPU time by stage since the start, measured on the thread that does the work.
final class Stages: Sendable {
  let records = Atomic<UInt64>(0)
  let transactions = Atomic<UInt64>(0)
  let blocks = Atomic<UInt64>(0)
  let decode = Atomic<UInt64>(0)
  let verify = Atomic<UInt64>(0)
  let journal = Atomic<UInt64>(0)
  let execute = Atomic<UInt64>(0)
  let merkle = Atomic<UInt64>(0)
  let store = Atomic<UInt64>(0)
  let sign = Atomic<UInt64>(0)

  /// Runs `body` and adds the CPU time that it took on this thread.
  static func time<Value, Fault: Error>(
    _ stage: borrowing Atomic<UInt64>, _ body: () throws(Fault) -> Value
  ) throws(Fault) -> Value {
    let start = threadNanoseconds()
    defer { stage.add(threadNanoseconds() - start, ordering: .relaxed) }
    return try body()
  }

  var wire: WireStageTimes {
    var times = WireStageTimes()
    times.records = records.load(ordering: .relaxed)
    times.transactions = transactions.load(ordering: .relaxed)
    times.blocks = blocks.load(ordering: .relaxed)
    times.decodeNs = decode.load(ordering: .relaxed)
    times.verifyNs = verify.load(ordering: .relaxed)
    times.journalNs = journal.load(ordering: .relaxed)
    times.executeNs = execute.load(ordering: .relaxed)
    times.merkleNs = merkle.load(ordering: .relaxed)
    times.storeNs = store.load(ordering: .relaxed)
    times.signNs = sign.load(ordering: .relaxed)
    return times
  }

  private static func threadNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// What the process uses, as the kernel counts it.
enum ProcessUsage {
  /// User and system CPU time, milliseconds.
  static var cpuMs: UInt64 {
    var usage = rusage()
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + UInt64($1.tv_sec) * 1_000 + UInt64($1.tv_usec) / 1_000 }
  }

  /// Bytes of memory in use: the second field of /proc/self/statm, in pages.
  static var residentBytes: UInt64 {
    guard let text = try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
    else { return 0 }
    return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
