package import Cryptography
internal import Execution
package import LedgerModel
package import LedgerStore
package import Storage

/// A ledger of the test chain with what a node does around it: execute, order, certify, commit.
///
/// Roots are late by one block: the header of height h commits to the state of h − 1.
package struct TestLedger {
  package let world: TestWorld
  package let store: any KeyValueStore
  package let ledger: Ledger
  /// What was executed, by height; a naive twin is replayed from it.
  package private(set) var results: [BlockResult]
  /// Numbers of the validators in office, by epoch.
  package private(set) var office: [[Int]]

  package init(_ world: TestWorld, store: any KeyValueStore = MemoryStore()) throws {
    let genesisState = BlockExecutor.genesisState(world.genesis)
    self.world = world
    self.store = store
    results = [genesisState]
    office = [Array(0..<world.genesis.validators.committee.count)]
    ledger = try Ledger(store: store, genesis: world.genesis, genesisState: genesisState)
  }

  /// The same after a restart, on this store or a copy of it.
  package func reopened(on store: (any KeyValueStore)? = nil) throws -> TestLedger {
    var again = try TestLedger(world, store: store ?? self.store)
    again.results = results
    again.office = office
    return again
  }

  package var height: UInt64 { ledger.executed.height }

  /// The plain twin of the state after `height`.
  package func twin(at height: UInt64) throws -> NaiveLedger {
    try NaiveLedger(results.prefix(Int(height) + 1))
  }

  /// Runs a block with one transaction that puts these notes; without notes, an empty block.
  @discardableResult
  package mutating func put(_ notes: (key: String, text: String)...) throws -> StoredBlock {
    try put(notes)
  }

  @discardableResult
  package mutating func put(_ notes: [(key: String, text: String)]) throws -> StoredBlock {
    guard !notes.isEmpty else { return try run([]) }
    let calls = notes.map { Notes.put($0.key, $0.text) }
    return try run([world.transaction(calls, key: (height + 1).bigEndianBytes)])
  }

  /// A block with these notes that ends its epoch: `next` take office.
  /// - Parameter lateness: Views after the header's own in which it was final.
  @discardableResult
  package mutating func endEpoch(
    electing next: [Int], lateness: UInt64 = 0, _ notes: (key: String, text: String)...
  ) throws -> StoredBlock {
    let calls = notes.map { Notes.put($0.key, $0.text) }
    let transactions =
      calls.isEmpty ? [] : [try world.transaction(calls, key: (height + 1).bigEndianBytes)]
    return try run(transactions, electing: next, lateness: lateness)
  }

  /// A block with one note that became final through one after it.
  @discardableResult
  package mutating func putUncertified(_ key: String, _ text: String) throws -> StoredBlock {
    try run(
      [world.transaction([Notes.put(key, text)], key: (height + 1).bigEndianBytes)],
      isCertified: false)
  }

  /// Executes the transactions as the next block and commits it.
  @discardableResult
  package mutating func run(
    _ transactions: [Transaction], electing next: [Int]? = nil, lateness: UInt64 = 0,
    isCertified: Bool = true
  ) throws -> StoredBlock {
    let block = try block(
      [Batch(transactions, suite: world.suite).digest], electing: next, lateness: lateness,
      isCertified: isCertified)
    try commit(try execute(transactions, as: block, electing: next), of: block, electing: next)
    return block
  }

  /// What executing the transactions as this block changes.
  package func execute(
    _ transactions: [Transaction], as block: StoredBlock, electing next: [Int]? = nil
  ) throws -> BlockResult {
    var result = try BlockExecutor(suite: world.suite, contracts: [Notes.contract]).execute(
      transactions, height: block.header.height, timeMs: block.header.timeMs,
      logSize: ledger.executed.logSize, state: ledger)
    if let next { result.nextEpoch = try world.validators(next) }
    return result
  }

  package mutating func commit(
    _ result: BlockResult, of block: StoredBlock, electing next: [Int]? = nil
  ) throws {
    try ledger.commit(result, of: block)
    results.append(result)
    if let next { office.append(next) }
  }

  /// The next block, finalised. Views leave gaps, so that none is mistaken for a height.
  /// - Parameter next: Who takes office after it, if it ends its epoch.
  package func block(
    _ batches: [Digest] = [], electing next: [Int]? = nil, lateness: UInt64 = 0,
    isCertified: Bool = true
  ) throws -> StoredBlock {
    let parent = ledger.tip?.header
    let height = (parent?.height ?? 0) + 1
    let epoch = UInt64(office.count) - 1
    let set = office[office.count - 1]
    let validatorSet = try world.validators(set).hash(epoch: epoch, suite: world.suite)
    let nextSet = try next.map {
      try world.validators($0).hash(epoch: epoch + 1, suite: world.suite)
    }
    let header = BlockHeader(
      chainID: world.genesis.chainID, suite: world.suite, epoch: epoch, height: height,
      view: 3 * height, parent: parent?.hash ?? world.genesis.chainID,
      timeMs: world.genesis.timeMs + 1_000 * height, batches: batches, executed: ledger.executed,
      validatorSet: validatorSet, nextValidatorSet: nextSet ?? validatorSet)
    guard isCertified else { return StoredBlock(header: header, batches: batches) }
    let parentView = parent?.epoch == epoch ? parent?.view ?? 0 : 0
    let certificate = try world.certificate(
      for: header, parentView: parentView, of: set, lateness: lateness)
    return StoredBlock(header: header, batches: batches, finalization: certificate)
  }
}
