import LedgerModel
import TransactionPool

/// A pool as a plain list that is searched and summed each time.
struct NaivePool {
  enum Outcome { case added, known, full, quota, byteQuota }

  let limits: TransactionPool.Limits
  private(set) var waiting: [Transaction] = []

  init(limits: TransactionPool.Limits) { self.limits = limits }

  var byteCount: Int { waiting.map(\.byteCount).reduce(0, +) }

  mutating func add(_ transaction: Transaction) -> Outcome {
    if waiting.contains(where: { $0.id == transaction.id }) { return .known }
    if !waiting.isEmpty, byteCount + transaction.byteCount > limits.bytes { return .full }
    let ofMember = waiting.filter { $0.member == transaction.member }
    if ofMember.count >= limits.transactionsPerMember { return .quota }
    let bytes = ofMember.map(\.byteCount).reduce(0, +)
    if !ofMember.isEmpty, bytes + transaction.byteCount > limits.bytesPerMember {
      return .byteQuota
    }
    waiting.append(transaction)
    return .added
  }

  mutating func take(calls: Int, bytes: Int) -> [Transaction] {
    var count = min(1, waiting.count)
    while count < waiting.count {
      let longer = waiting[...count]
      guard longer.map(\.calls.count).reduce(0, +) <= calls,
        longer.map(\.byteCount).reduce(0, +) <= bytes
      else { break }
      count += 1
    }
    defer { waiting.removeFirst(count) }
    return Array(waiting[..<count])
  }
}
