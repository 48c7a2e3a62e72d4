public import Cryptography
public import LedgerModel
internal import Merkle
public import Storage
internal import Synchronization
internal import Wire

/// The ledger of one node: blocks, operation log, assets and index over a key-value store.
///
/// One thread writes (`commit`), any thread reads. Every executed block is one atomic, synced
/// batch, so what was acknowledged survives a crash at any moment (docs/spec/09-storage.md, L1).
public final class Ledger: Sendable {
  /// Versions of the index that stay provable behind the newest: enough for any client in flight.
  public static let versionsKept: UInt64 = 1_024

  public let genesis: Genesis
  public let suite: any CryptoSuite
  let store: any KeyValueStore
  let nodes: IndexNodes
  private let recentNodes: RecentNodes
  private let current: Mutex<Current>
  /// Links between epochs that were read, by the number of the epoch that ends: they never change.
  private let links = Mutex<[UInt64: WireEpochLink]>([:])

  /// What changes from block to block.
  struct Current: Sendable {
    /// The newest block; `nil` before the first.
    var tip: StoredBlock?
    /// The state after it.
    var state: StateRecord
    var log: MerkleLog
    /// The epoch of the block after.
    var epoch: Epoch
  }

  /// Opens what the store holds, or writes the genesis state into an empty one.
  /// - Parameters:
  ///   - genesisState: The result of block 0.
  ///   - forgets: Whether the owner of an empty store may have voted before, and must know (N8).
  ///   - opensDamaged: Whether to open although blocks are damaged that `repair` can mend (L9).
  /// - Throws: `LedgerFault`, saying what does not agree, if the stored ledger is not sound.
  public convenience init(
    store: any KeyValueStore, genesis: Genesis, genesisState: BlockResult,
    forgets: Bool = false, opensDamaged: Bool = false
  ) throws(LedgerFault) {
    try self.init(
      store: store, genesis: genesis, genesisState: genesisState, forgets: forgets,
      opensDamaged: opensDamaged, suite: genesis.suite)
  }

  /// As the public one.
  /// - Parameter suite: The chain's suite, maybe one that is shared with others.
  package init(
    store: any KeyValueStore, genesis: Genesis, genesisState: BlockResult,
    forgets: Bool = false, opensDamaged: Bool = false, suite: any CryptoSuite
  ) throws(LedgerFault) {
    precondition(suite.id == genesis.suiteID, "a chain has one suite")
    self.store = store
    self.genesis = genesis
    self.suite = suite
    nodes = IndexNodes(store: store)
    recentNodes = RecentNodes(nodes)
    let empty = Current(
      tip: nil,
      state: StateRecord(
        executed: ExecutedState(height: 0, indexRoot: .zero, logRoot: .zero, logSize: 0),
        indexVersion: nil),
      log: MerkleLog(suite: suite), epoch: Epoch(first: genesis))
    current = Mutex(empty)
    if let chain = try get(Tables.meta, Meta.chain) {
      guard chain == genesis.chainID.bytes else {
        throw .otherChain(expected: genesis.chainID, found: chain.hex)
      }
      let sound = try soundState(opensDamaged: opensDamaged)
      current.withLock { $0 = sound }
    } else {
      guard try isEmpty() else { throw .missing(what: "chain id", place: "meta") }
      if forgets { try beginForgetting() }
      try commit(genesisState, of: nil)
    }
  }

  /// Whether no block was ever written, not even the genesis state.
  private func isEmpty() throws(LedgerFault) -> Bool {
    var isEmpty = true
    try scan(Tables.states, in: KeyRange()) { _, _ in
      isEmpty = false
      return false
    }
    return isEmpty
  }

  /// The newest block.
  public var tip: StoredBlock? { current.withLock { $0.tip } }
  /// The newest executed state.
  public var executed: ExecutedState { current.withLock { $0.state.executed } }

  func now() -> Current { current.withLock { $0 } }

  func keptLink(_ epoch: UInt64) -> WireEpochLink? { links.withLock { $0[epoch] } }

  func keep(_ link: WireEpochLink, _ epoch: UInt64) { links.withLock { $0[epoch] = link } }

  /// Writes a block and all that executing it changed, in one synced batch.
  /// - Parameter block: With its certificate, if it became final by its own; `nil` for the genesis
  ///   state.
  /// - Throws: `LedgerFault.notNext` before anything is written, if the block does not follow.
  public func commit(_ result: BlockResult, of block: StoredBlock?) throws(LedgerFault) {
    _ = try commit(result, of: block, timing: { _, body throws(LedgerFault) in try body() })
  }

  /// The same, giving each stage (`merkle`, `store`) to `timing`, which runs it.
  @discardableResult
  public func commit(
    _ result: BlockResult, of block: StoredBlock?,
    timing: (CommitStage, () throws(LedgerFault) -> Void) throws(LedgerFault) -> Void
  ) throws(LedgerFault) -> ExecutedState {
    var next = now()
    next.epoch = try checkNext(result, block, after: next)
    var batch = WriteBatch()
    var index: IndexUpdate?
    try timing(.merkle) { () throws(LedgerFault) in
      for page in next.log.append(result.leafHashes) {
        batch.put(Tables.pages, LogPage.key(level: page.level, index: page.index), page.encoded)
      }
      let update = try updateIndex(result, base: next.state.indexVersion)
      index = update
      next.state = StateRecord(
        executed: ExecutedState(
          height: result.height, indexRoot: update.root, logRoot: next.log.root,
          logSize: next.log.size),
        indexVersion: update.version)
    }
    next.tip = block
    try timing(.store) { () throws(LedgerFault) in
      put(result, &batch)
      if let index { try put(index, height: result.height, &batch) }
      batch.put(Tables.states, result.height.bigEndianBytes, next.state.encoded)
      if let block {
        batch.put(Tables.blocks, result.height.bigEndianBytes, block.encoded)
        batch.delete(Tables.proposals, block.header.hash.bytes)
        if block.header.endsEpoch { put(next.epoch, &batch) }
      } else {
        batch.put(Tables.meta, Meta.chain, genesis.chainID.bytes)
      }
      batch.put(Tables.meta, Meta.tip, result.height.bigEndianBytes)
      try write(batch, sync: true)
    }
    if let index { recentNodes.adopt(index) }
    current.withLock { $0 = next }
    return next.state.executed
  }

  private func updateIndex(
    _ result: BlockResult, base: IndexVersion?
  ) throws(LedgerFault) -> IndexUpdate {
    do {
      return try IndexTree(suite: suite, source: recentNodes).update(
        result.updates.map { ($0.indexKey, $0.after.leaf.digest(suite)) }, base: base,
        to: IndexVersion(result.height))
    } catch {
      throw LedgerFault(error)
    }
  }

  private func put(_ result: BlockResult, _ batch: inout WriteBatch) {
    for segment in LogSegment.segments(of: result.records, from: result.logStart) {
      batch.put(Tables.log, segment.first.bigEndianBytes, segment.encoded)
    }
    for update in result.updates {
      batch.put(Tables.assets, update.indexKey.bytes, update.after.encoded)
      if let before = update.before {
        batch.put(
          Tables.history, update.indexKey.bytes + result.height.bigEndianBytes, before.encoded)
      }
    }
    for executed in result.transactions {
      batch.put(
        Tables.receipts, executed.id.bytes,
        result.height.bigEndianBytes + executed.firstReceipt.bigEndianBytes
          + UInt32(executed.receipts.count).bigEndianBytes)
      if !executed.idempotencyKey.isEmpty {
        batch.put(
          Tables.idempotency, Self.idempotencyKey(executed.member, executed.idempotencyKey),
          executed.id.bytes)
      }
    }
  }

  /// Writes new nodes, and deletes those that no proof within `versionsKept` needs any more.
  private func put(
    _ index: IndexUpdate, height: UInt64, _ batch: inout WriteBatch
  ) throws(LedgerFault) {
    for (key, node) in index.newNodes { batch.put(Tables.nodes, key.encoded, node.encoded) }
    if !index.staleNodes.isEmpty {
      batch.put(
        Tables.stale, height.bigEndianBytes,
        index.staleNodes.flatMap { key in
          let bytes = key.encoded
          return [UInt8(bytes.count)] + bytes
        })
    }
    guard height > Self.versionsKept, height.isMultiple(of: 64) else { return }
    var old: [(height: [UInt8], keys: [UInt8])] = []
    try scan(
      Tables.stale, in: KeyRange(to: (height - Self.versionsKept).bigEndianBytes)
    ) { height, keys in
      old.append((height, keys))
      return true
    }
    for (height, keys) in old {
      var rest = keys[...]
      while let length = rest.popFirst() {
        batch.delete(Tables.nodes, Array(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      }
      batch.delete(Tables.stale, height)
    }
  }
}

/// The parts of a commit that are timed apart.
public enum CommitStage: Sendable {
  case merkle, store
}

enum Meta {
  static let forgotten = Array("forgotten".utf8)
  static let voter = Array("voter".utf8)
  static let chain = Array("chain".utf8)
  static let tip = Array("tip".utf8)
}

extension LedgerFault {
  init(_ fault: IndexFault<LedgerFault>) {
    switch fault {
    case .source(let fault): self = fault
    case .missingNode(let key): self = .missing(what: "index node", place: key.encoded.hex)
    }
  }

  init(_ fault: LogFault<LedgerFault>) {
    switch fault {
    case .source(let fault): self = fault
    case .missingPage(let level, let index), .malformedPage(let level, let index):
      self = .missing(what: "log page", place: "level \(level), \(index)")
    case .outOfRange(let requested, let size):
      self = .notAvailable(what: "log record \(requested) (the log has \(size))")
    case .wrongOpenPage(let level, let expected, let found):
      self = .inconsistent(
        what: "entries of the open log page", place: "level \(level)", expected: "\(expected)",
        found: "\(found)")
    }
  }
}
