internal import Foundation
internal import LedgerClient
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
    let connection = try NodeConnection(
      url: url, timeout: .seconds(120), connections: clients)
    let before = try await connection.status()
    let taken = Counter()
    let start = ContinuousClock.now
    let parts = try await withThrowingTaskGroup(of: (latencies: [Double], refused: Int).self) {
      group in
      for _ in 0..<clients {
        group.addTask {
          try await Self.client(connection, transactions, taken)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let seconds = (ContinuousClock.now - start).seconds
    let after = try await connection.status()
    await connection.close()
    return BenchResult(
      clients: clients, callsEach: callsEach, records: transactions.count * callsEach,
      refused: parts.reduce(0) { $0 + $1.refused }, seconds: seconds,
      latencies: parts.flatMap(\.latencies).sorted(), before: before, after: after)
  }

  private static func client(
    _ connection: NodeConnection, _ transactions: [[UInt8]], _ taken: Counter
  ) async throws -> (latencies: [Double], refused: Int) {
    var latencies: [Double] = []
    var refused = 0
    while true {
      let index = taken.next()
      guard index < transactions.count else { return (latencies, refused) }
      let start = ContinuousClock.now
      let response = try await connection.submit(transactions[index])
      latencies.append((ContinuousClock.now - start).seconds * 1_000)
      refused += response.receipts.count { $0.refusal.code != "" }
    }
  }
}

/// Hands out 0, 1, 2, … to any number of tasks.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
