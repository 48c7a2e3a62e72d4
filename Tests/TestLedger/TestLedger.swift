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

  package init(_ world: TestWorld, store: any KeyValueStore = MemoryStore()) throws {
    let genesisState = BlockExecutor.genesisState(world.genesis)
    self.world = world
    self.store = store
    results = [genesisState]
    ledger = try Ledger(store: store, genesis: world.genesis, genesisState: genesisState)
  }

  /// The same after a restart, on this store or a copy of it.
  package func reopened(on store: (any KeyValueStore)? = nil) throws -> TestLedger {
    var again = try TestLedger(world, store: store ?? self.store)
    again.results = results
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

  /// Executes the transactions as the next block and commits it.
  @discardableResult
  package mutating func run(_ transactions: [Transaction]) throws -> StoredBlock {
    let block = try block([Batch(transactions, suite: world.suite).digest])
    let result = try BlockExecutor(suite: world.suite, contracts: [Notes.contract]).execute(
      transactions, height: block.header.height, timeMs: block.header.timeMs,
      logSize: ledger.executed.logSize, state: ledger)
    try commit(result, of: block)
    return block
  }

  package mutating func commit(_ result: BlockResult, of block: StoredBlock) throws {
    try ledger.commit(result, of: block)
    results.append(result)
  }

  /// The next block, finalised. Views leave gaps, so that none is mistaken for a height.
  package func block(_ batches: [Digest] = []) throws -> StoredBlock {
    let parent = ledger.tip?.header
    let height = (parent?.height ?? 0) + 1
    let header = BlockHeader(
      chainID: world.genesis.chainID, suite: world.suite, epoch: 0, height: height,
      view: 3 * height, parent: parent?.hash ?? world.genesis.chainID,
      timeMs: world.genesis.timeMs + 1_000 * height, batches: batches, executed: ledger.executed,
      validatorSet: validatorSet, nextValidatorSet: validatorSet)
    let certificate = try world.certificate(for: header, parentView: parent?.view ?? 0)
    return StoredBlock(header: header, batches: batches, finalization: certificate)
  }

  private var validatorSet: Digest { world.genesis.validators.hash(epoch: 0, suite: world.suite) }
}
