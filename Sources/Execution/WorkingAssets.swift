internal import ContractEngine
internal import Cryptography
internal import LedgerModel

/// The assets of a block while it is executed: loaded once, changed event by event.
struct WorkingAssets: Sendable {
  private let suite: any CryptoSuite
  private var indexKeys: [AssetID: Digest] = [:]
  private var loaded: [AssetID: AssetState] = [:]
  private var changed: [AssetID: AssetState] = [:]
  /// What the current transaction replaced, newest last.
  private var replaced: [(asset: AssetID, state: AssetState?)] = []

  init(suite: any CryptoSuite) {
    self.suite = suite
  }

  mutating func load(_ ids: [AssetID], from state: some StateView) throws(StateFault) {
    let keys = ids.map { $0.indexKey(suite) }
    for (id, key) in zip(ids, keys) { indexKeys[id] = key }
    for (id, state) in zip(ids, try state.assets(keys)) { loaded[id] = state }
  }

  /// Loads those that are not there yet.
  mutating func loadMissing(_ ids: [AssetID], from state: some StateView) throws(StateFault) {
    let missing = ids.filter { indexKeys[$0] == nil }
    if !missing.isEmpty { try load(missing, from: state) }
  }

  @Sendable func state(_ id: AssetID) -> AssetState? { changed[id] ?? loaded[id] }

  mutating func beginUndo() { replaced.removeAll(keepingCapacity: true) }

  /// Takes back everything applied since `beginUndo`.
  mutating func undo() {
    for (asset, state) in replaced.reversed() { changed[asset] = state }
    replaced.removeAll()
  }

  /// Appends the event to its asset's trail.
  /// - Parameter position: Where the event goes in the operation log.
  mutating func apply(
    _ event: PendingEvent, transactionID: Digest, callIndex: Int, at block: BlockPlace,
    position: UInt64
  ) -> (record: LogRecord, digest: Digest) {
    let before = state(event.asset)
    let sequence = before.map { $0.leaf.sequence + 1 } ?? 0
    let valueDigest = suite.hash(.assetValue, event.value)
    let record = LogRecord.event(
      AssetEvent(
        asset: event.asset, sequence: sequence, previous: before?.leaf.head ?? .zero,
        previousPosition: before?.leaf.position ?? 0, operation: event.operation,
        valueDigest: valueDigest, actor: event.actor,
        transactionID: transactionID, callIndex: callIndex, height: block.height,
        timeMs: block.timeMs, details: event.details
      ).encoded)
    let digest = record.digest(suite)
    replaced.append((event.asset, changed[event.asset]))
    changed[event.asset] = AssetState(
      leaf: AssetLeaf(
        sequence: sequence, head: digest, valueDigest: valueDigest, position: position),
      value: event.value)
    return (record, digest)
  }

  func indexKey(_ asset: AssetID) -> Digest { indexKeys[asset] ?? asset.indexKey(suite) }

  /// What the block changed, in the order of index keys.
  var updates: [BlockResult.Update] {
    changed.map { asset, after in
      BlockResult.Update(
        asset: asset, indexKey: indexKey(asset), before: loaded[asset], after: after)
    }.sorted { $0.indexKey < $1.indexKey }
  }
}
