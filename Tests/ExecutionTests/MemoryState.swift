import Cryptography
import LedgerModel

/// The state as a dictionary, in place of the node's database.
struct MemoryState: StateView {
  /// A result that does not follow from this state.
  struct NotSuccessor: Error { let asset: AssetID }

  private struct Submission: Hashable {
    let member: String
    let key: [UInt8]
  }

  private(set) var assets: [Digest: AssetState] = [:]
  private var submissions: [Submission: Digest] = [:]
  private var executed: Set<Digest> = []

  func assets(_ indexKeys: [Digest]) -> [AssetState?] { indexKeys.map { assets[$0] } }

  func transaction(member: String, idempotencyKey: [UInt8]) -> Digest? {
    submissions[Submission(member: member, key: idempotencyKey)]
  }

  func isExecuted(_ id: Digest) -> Bool { executed.contains(id) }

  mutating func apply(_ result: BlockResult) throws {
    for update in result.updates {
      guard update.before == assets[update.indexKey] else {
        throw NotSuccessor(asset: update.asset)
      }
      assets[update.indexKey] = update.after
    }
    executed.formUnion(result.transactions.map(\.id))
    for executed in result.transactions where !executed.idempotencyKey.isEmpty {
      submissions[Submission(member: executed.member, key: executed.idempotencyKey)] = executed.id
    }
  }

  /// The same state in a dictionary that was filled in another order and has another capacity.
  func reordered() -> Self {
    var copy = self
    copy.assets = [:]
    copy.assets.reserveCapacity(16 * assets.count)
    for (key, state) in assets.sorted(by: { $1.key < $0.key }) { copy.assets[key] = state }
    return copy
  }

  /// Puts a value in place without an event, for states that would take too many blocks to reach.
  mutating func forge(_ key: Digest, value: [UInt8]) {
    guard let before = assets[key] else { return }
    assets[key] = AssetState(leaf: before.leaf, value: value)
  }
}
