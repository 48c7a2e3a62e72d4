import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing

@Suite("A block that does not follow is refused before anything is written")
struct SuccessionTests {
  private var sample: TestLedger

  init() throws {
    sample = try TestLedger(TestWorld(validators: 4))
    try sample.put(("a", "1"))
    try sample.endEpoch(electing: [1, 2, 3, 4])
    try sample.put(("a", "2"))
  }

  /// Expects a refusal of a block whose header has one field replaced.
  private func expectRefusal(
    _ what: String, expected: String? = nil, found: String? = nil,
    electing next: [Int]? = nil, elected: [Int]? = nil, isCertified: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation,
    header change: (BlockHeader) throws -> BlockHeader = { $0 }
  ) throws {
    let before = try sample.store.contents()
    let honest = try sample.block()
    let result = try sample.execute([], as: honest, electing: elected)
    var header = honest.header
    if let next { header = try sample.block(electing: next).header }
    header = try change(header)
    let block = StoredBlock(
      header: header, batches: [],
      finalization: isCertified
        ? try sample.world.certificate(for: header, of: [1, 2, 3, 4]) : nil)
    #expect(sourceLocation: sourceLocation) {
      try sample.ledger.commit(result, of: block)
    } throws: { error in
      guard case .notNext(what, 4, let wanted, let was)? = error as? LedgerFault else {
        return false
      }
      return (expected ?? wanted) == wanted && (found ?? was) == was && wanted != was
    }
    #expect(try sample.store.contents() == before, sourceLocation: sourceLocation)
    #expect(sample.ledger.tip?.header.height == 3, sourceLocation: sourceLocation)
  }

  private func header(
    like header: BlockHeader, epoch: UInt64? = nil, height: UInt64? = nil, parent: Digest? = nil,
    chainID: Digest? = nil, executed: ExecutedState? = nil, validatorSet: Digest? = nil
  ) -> BlockHeader {
    BlockHeader(
      chainID: chainID ?? header.chainID, suite: sample.world.suite, epoch: epoch ?? header.epoch,
      height: height ?? header.height, view: header.view, parent: parent ?? header.parent,
      timeMs: header.timeMs, batches: [], executed: executed ?? header.executed,
      validatorSet: validatorSet ?? header.validatorSet,
      nextValidatorSet: validatorSet ?? header.nextValidatorSet)
  }

  @Test("Each field of the header that ties it to the chain is checked")
  func header() throws {
    try expectRefusal("header's height", expected: "4", found: "5") {
      header(like: $0, height: 5)
    }
    try expectRefusal("header's parent", found: "\(Digest.zero)") {
      header(like: $0, parent: .zero)
    }
    try expectRefusal("header's chain id") { header(like: $0, chainID: .zero) }
    try expectRefusal("header's epoch", expected: "1", found: "0") { header(like: $0, epoch: 0) }
    try expectRefusal("header's validator set") {
      header(like: $0, validatorSet: sample.world.genesis.validators.hash(
        epoch: 0, suite: sample.world.suite))
    }
    try expectRefusal("header's executed state") {
      header(
        like: $0,
        executed: ExecutedState(height: 2, indexRoot: .zero, logRoot: .zero, logSize: 0))
    }
  }

  @Test("A result of another height or place in the log is refused")
  func result() throws {
    let block = try sample.block()
    let old = sample.results[3]
    #expect(
      throws: LedgerFault.notNext(
        what: "height of the result", height: 3, expected: "4", found: "3")
    ) { try sample.ledger.commit(old, of: block) }
    let genesis = sample.results[0]
    #expect(throws: LedgerFault.self) { try sample.ledger.commit(genesis, of: nil) }
    #expect(throws: LedgerFault.self) { try sample.ledger.commit(old, of: nil) }
  }

  @Test("Header and result must agree that the epoch ends, and on who follows")
  func epochEnd() throws {
    let ends = "whether the block ends its epoch"
    try expectRefusal(ends, expected: "false", found: "true", electing: [5])
    try expectRefusal(ends, expected: "true", found: "false", elected: [5])
    try expectRefusal("header's next validator set", electing: [5], elected: [6])
    try expectRefusal(
      "certificate", found: "none", electing: [5], elected: [5], isCertified: false)
  }

  @Test("A certificate of another block is refused")
  func certificate() throws {
    let block = try sample.block()
    let other = try #require(sample.ledger.tip).finalization
    #expect(
      throws: LedgerFault.notNext(
        what: "certificate", height: 4, expected: "one of this block",
        found: "the certificate is for another header")
    ) {
      try sample.ledger.commit(
        sample.execute([], as: block),
        of: StoredBlock(header: block.header, batches: [], finalization: other))
    }
  }
}
