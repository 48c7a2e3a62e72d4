internal import Foundation
internal import LedgerClient
internal import SwiftProtobuf
internal import Synchronization
internal import Wire

/// What one load did.
struct BenchResult {
  var clients: Int
  var callsEach: Int
  var records: Int
  var refused: Int
  var seconds: Double
  /// Milliseconds to acknowledged commit, ascending.
  var latencies: [Double]
  var before: WireStatusResponse
  var after: WireStatusResponse

  var recordsPerSecond: Double { Double(records) / seconds }

  func percentile(_ share: Double) -> Double {
    guard !latencies.isEmpty else { return 0 }
    return latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
  }
}

/// Sends transactions from a number of concurrent clients, each waiting for its acknowledgement.
struct BenchRun {
  let ledger: RemoteLedger
  let clients: Int
  let url: String

  func run(_ transactions: [[UInt8]], callsEach: Int) async throws -> BenchResult {
    let before = try await ledger.connection.status()
    let taken = Counter()
    let parts = Mutex<[(latencies: [Double], refused: Int)]>([])
    let failure = Mutex<(any Error)?>(nil)
    let (clients, url) = (self.clients, self.url)
    // Threads of their own: a client blocks until its transaction is acknowledged.
    let seconds: Double = await withCheckedContinuation { continuation in
      let start = ContinuousClock.now
      let group = DispatchGroup()
      for _ in 0..<clients {
        group.enter()
        Thread {
          do {
            let part = try Self.client(url, transactions, taken, callsEach: callsEach)
            parts.withLock { $0.append(part) }
          } catch {
            failure.withLock { $0 = error }
          }
          group.leave()
        }.start()
      }
      group.notify(queue: .global()) {
        continuation.resume(returning: (ContinuousClock.now - start).seconds)
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    let after = try await ledger.connection.status()
    let done = parts.withLock { $0 }
    return BenchResult(
      clients: clients, callsEach: callsEach, records: transactions.count * callsEach,
      refused: done.reduce(0) { $0 + $1.refused }, seconds: seconds,
      latencies: done.flatMap(\.latencies).sorted(), before: before, after: after)
  }

  private static func client(
    _ url: String, _ transactions: [[UInt8]], _ taken: Counter, callsEach: Int
  ) throws -> (latencies: [Double], refused: Int) {
    let connection = try LoadConnection(url: url)
    var latencies: [Double] = []
    var refused = 0
    while true {
      let index = taken.next()
      guard index < transactions.count else { return (latencies, refused) }
      let start = ContinuousClock.now
      let answer = try connection.post("/v1/transactions", transactions[index])
      latencies.append((ContinuousClock.now - start).seconds * 1_000)
      guard answer.status == 200 || answer.status == 409 else {
        throw Failure.refused("the node answered with HTTP status \(answer.status)")
      }
      // A single record that was done needs no decoding: the status says so.
      if answer.status == 409 || callsEach > 1 {
        let response = try WireSubmitResponse(serializedBytes: Array(answer.body))
        refused += response.receipts.count { !$0.refusal.code.isEmpty }
      }
    }
  }
}

/// Hands out 0, 1, 2, … to any number of tasks.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
