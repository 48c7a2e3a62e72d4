internal import Foundation
internal import LedgerClient
internal import Synchronization
internal import Wire

/// Offers records at a constant rate for a long time, whatever the node does with them: shows
/// whether memory and latency stay bounded when more is offered than the network can take.
///
/// A client that is refused with 429, or told with 503 that it took too long, goes on with another
/// record. Records that no client was free to send at their time are held back: the node has all
/// clients waiting then.
struct BenchSoak {
  /// What one interval saw.
  private struct Interval {
    var done = 0
    var refused = 0
    var latencies: [Double] = []
  }

  let ledger: RemoteLedger
  let workload: BenchWorkload
  let clients: Int
  /// Records offered each second.
  let rate: Double
  let seconds: Int

  private static let intervalSeconds = 30

  /// - Returns: A Markdown table, a row for each interval.
  func run() async throws -> [String] {
    let current = Mutex(Interval())
    let failure = Mutex<(any Error)?>(nil)
    let next = Counter()
    let start = ContinuousClock.now
    let group = DispatchGroup()
    let (url, rate, workload) = (ledger.connection.url, rate, workload)
    let total = Int(rate * Double(seconds))
    for _ in 0..<clients {
      group.enter()
      Thread {
        do {
          let connection = try LoadConnection(url: url)
          while failure.withLock({ $0 == nil }) {
            let number = next.next()
            guard number < total, start.duration(to: .now) < .seconds(seconds) else { break }
            let due = start + .seconds(Double(number) / rate)
            let early = ContinuousClock.now.duration(to: due).seconds
            if early > 0 { Thread.sleep(forTimeInterval: early) }
            let transaction = try workload.transaction(calls: 1)
            let sent = ContinuousClock.now
            let answer = try connection.post("/v1/transactions", transaction)
            let milliseconds = (ContinuousClock.now - sent).seconds * 1_000
            // 503: it was not in a block in time; the client may ask again.
            guard [200, 429, 503].contains(answer.status) else {
              throw Failure.refused("the node answered with HTTP status \(answer.status)")
            }
            current.withLock { interval in
              if answer.status == 200 {
                interval.done += 1
                interval.latencies.append(milliseconds)
              } else {
                interval.refused += 1
              }
            }
          }
        } catch {
          failure.withLock { $0 = error }
        }
        group.leave()
      }.start()
    }
    var rows = [
      ["seconds", "done/s", "refused/s", "p50 ms", "p99 ms", "node's memory MB", "pool", "height"]
    ]
    var elapsed = 0
    while elapsed < seconds, failure.withLock({ $0 == nil }) {
      let length = min(Self.intervalSeconds, seconds - elapsed)
      try await Task.sleep(for: .seconds(length))
      elapsed += length
      let interval = current.withLock { interval in
        defer { interval = Interval() }
        return interval
      }
      rows.append(try await row(interval, seconds: length, elapsed: elapsed))
      Terminal.error(rows.last.map { $0.joined(separator: "  ") } ?? "")
    }
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return Terminal.markdownTable(rows)
  }

  private func row(_ interval: Interval, seconds: Int, elapsed: Int) async throws -> [String] {
    let status = try await ledger.connection.status()
    let latencies = interval.latencies.sorted()
    let percentile = { (share: Double) in
      latencies.isEmpty
        ? "" : String(format: "%.0f", latencies[Int(Double(latencies.count - 1) * share)])
    }
    return [
      "\(elapsed)", "\(interval.done / seconds)", "\(interval.refused / seconds)", percentile(0.5),
      percentile(0.99), "\(status.residentBytes / 1_000_000)", "\(status.poolTransactions)",
      "\(status.height)",
    ]
  }
}
