import LedgerModel
import TransactionPool

extension TransactionPool {
  /// Where the epoch is not the point.
  mutating func add(_ transaction: Transaction) throws(PoolFault) -> Bool {
    try add(transaction, epoch: 0)
  }

  /// Where the number of transactions is not bounded.
  mutating func take(calls: Int, bytes: Int) -> [Transaction] {
    take(transactions: .max, calls: calls, bytes: bytes).transactions
  }
}
