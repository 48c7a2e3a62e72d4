internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import Synchronization

/// The state after the newest executed block, some of which is not on disk yet.
///
/// While one thread writes a block, another executes the next one: it sees what the first is
/// writing through this view. Nothing of it is acknowledged or proven before it is written.
final class PendingState: StateView {
  private struct Pending {
    var logSize: UInt64
    /// By index key, with the height that made it.
    var assets: [Digest: (height: UInt64, state: AssetState)] = [:]
    var transactions: [Name: (height: UInt64, id: Digest)] = [:]
    var executed: Set<Digest> = []
  }

  private struct Name: Hashable {
    let member: String
    let key: [UInt8]
  }

  private let ledger: Ledger
  private let pending: Mutex<Pending>

  init(_ ledger: Ledger) {
    self.ledger = ledger
    pending = Mutex(Pending(logSize: ledger.executed.logSize))
  }

  /// Size of the operation log after the newest executed block.
  var logSize: UInt64 { pending.withLock { $0.logSize } }

  func assets(_ indexKeys: [Digest]) throws(StateFault) -> [AssetState?] {
    // Looked up before the store: a block that is written meanwhile is then in one of the two.
    let newer = pending.withLock { pending in indexKeys.map { pending.assets[$0]?.state } }
    let missing = zip(indexKeys, newer).filter { $0.1 == nil }.map(\.0)
    var stored = try ledger.assets(missing)[...]
    return newer.map { $0 ?? stored.popFirst() ?? nil }
  }

  func transaction(
    member: String, idempotencyKey: [UInt8]
  ) throws(StateFault) -> Digest? {
    let name = Name(member: member, key: idempotencyKey)
    if let known = pending.withLock({ $0.transactions[name] }) { return known.id }
    return try ledger.transaction(member: member, idempotencyKey: idempotencyKey)
  }

  func isExecuted(_ id: Digest) throws(StateFault) -> Bool {
    if pending.withLock({ $0.executed.contains(id) }) { return true }
    return try ledger.isExecuted(id)
  }

  /// Adds what a block that was just executed changed.
  func add(_ result: BlockResult) {
    pending.withLock { pending in
      pending.logSize = result.logSize
      for update in result.updates {
        pending.assets[update.indexKey] = (result.height, update.after)
      }
      pending.executed.formUnion(result.transactions.map(\.id))
      for executed in result.transactions where !executed.idempotencyKey.isEmpty {
        let name = Name(member: executed.member, key: executed.idempotencyKey)
        pending.transactions[name] = (result.height, executed.id)
      }
    }
  }

  /// Drops what a block changed, now that it is written; later changes stay.
  func remove(_ result: BlockResult) {
    pending.withLock { pending in
      for update in result.updates
      where pending.assets[update.indexKey]?.height == result.height {
        pending.assets[update.indexKey] = nil
      }
      pending.executed.subtract(result.transactions.map(\.id))
      for executed in result.transactions where !executed.idempotencyKey.isEmpty {
        let name = Name(member: executed.member, key: executed.idempotencyKey)
        if pending.transactions[name]?.height == result.height { pending.transactions[name] = nil }
      }
    }
  }
}
