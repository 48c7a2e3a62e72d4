import Cryptography
import LedgerModel
import Wire

/// What clients submitted and what the node told them, kept across the node's deaths.
actor Promises {
  struct Entry {
    let transaction: Transaction
    /// What the node acknowledged: the receipts, or nothing as long as it has not answered.
    var receipts: [Receipt]?
  }

  private(set) var entries: [Digest: Entry] = [:]
  /// The furthest that the node ever told.
  private(set) var told = Progress()

  /// Numbers that never go back.
  struct Progress: Sendable {
    var height: UInt64 = 0
    var executed: UInt64 = 0
    var proven: UInt64 = 0
    var logSize: UInt64 = 0
  }

  func submitted(_ transaction: Transaction) {
    entries[transaction.id] = Entry(transaction: transaction)
  }

  func acknowledged(_ transaction: Digest, _ receipts: [Receipt]) {
    entries[transaction]?.receipts = receipts
    told.executed = max(told.executed, receipts.first?.height ?? 0)
  }

  func told(_ status: WireStatusResponse) {
    told.height = max(told.height, status.height)
    told.executed = max(told.executed, status.executedHeight)
    told.proven = max(told.proven, status.provenHeight)
    told.logSize = max(told.logSize, status.logSize)
  }

  /// In order of height.
  var acknowledged: [Entry] {
    entries.values.filter { $0.receipts != nil }
      .sorted { $0.receipts?.first?.height ?? 0 < $1.receipts?.first?.height ?? 0 }
  }
  var open: [Transaction] { entries.values.filter { $0.receipts == nil }.map(\.transaction) }

  /// Transactions of which a call of this method was carried out, with how many.
  func done(_ method: String) -> [Digest: Int] {
    entries.compactMapValues { entry in
      entry.receipts?.count { $0.method == method && $0.isDone }
    }.filter { $0.value > 0 }
  }
}
