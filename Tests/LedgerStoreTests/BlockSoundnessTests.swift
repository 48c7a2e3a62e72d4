import Cryptography
import LedgerModel
import LedgerStore
import Merkle
import Storage
import TestLedger
import Testing
import Wire

@Suite("Damaged blocks and states are named when the ledger is opened")
struct BlockSoundnessTests {
  private let ledger: DamagedLedger
  private var sample: TestLedger { ledger.sample }
  private var tip: ExecutedState { ledger.tip }

  init() throws { ledger = try DamagedLedger() }

  // MARK: Blocks

  @Test("An altered header is not its certificate's; without one it breaks the chain above it")
  func header() throws {
    let original = try #require(try sample.ledger.block(at: 2)).header
    let altered = try altered(original) { $0.timeMs += 1 }
    try ledger.expectFault(
      .inconsistent(
        what: "block of the certificate", place: "height 2",
        expected: "\(sample.world.suite.hash(.header, altered))", found: "\(original.hash)")
    ) { try $0.changeBlock(2) { $0.header = altered.data } }
    try ledger.expectFault(
      .inconsistent(
        what: "header's parent", place: "height 3",
        expected: "\(sample.world.suite.hash(.header, altered))", found: "\(original.hash)")
    ) {
      try $0.changeBlock(2) {
        $0.header = altered.data
        $0.clearFinalization()
      }
    }
  }

  @Test("An altered newest header is not the one its certificate is for")
  func newestHeader() throws {
    let original = try #require(sample.ledger.tip).header
    let altered = try altered(original) { $0.timeMs += 1 }
    try ledger.expectFault(
      .inconsistent(
        what: "block of the certificate", place: "height 4",
        expected: "\(sample.world.suite.hash(.header, altered))", found: "\(original.hash)")
    ) { try $0.changeBlock(4) { $0.header = altered.data } }
  }

  @Test("A header of another chain, height or state is named")
  func headerFields() throws {
    let original = try #require(try sample.ledger.block(at: 2)).header
    let otherChain = try altered(original) {
      $0.chainID = [UInt8](repeating: 0, count: 32).data
    }
    try ledger.expectFault(
      .inconsistent(
        what: "header's chain id", place: "height 2",
        expected: "\(sample.world.genesis.chainID)", found: "\(Digest.zero)")
    ) { try $0.changeBlock(2) { $0.header = otherChain.data } }
    try ledger.expectFault(
      .inconsistent(what: "header's height", place: "height 2", expected: "2", found: "3")
    ) {
      let third = try #require($0.get(Table("blocks"), height(3)))
      try $0.put("blocks", height(2), third)
    }
    let otherState = try altered(original) { $0.executed.logSize += 1 }
    let expected = original.executed
    let found = ExecutedState(
      height: expected.height, indexRoot: expected.indexRoot, logRoot: expected.logRoot,
      logSize: expected.logSize + 1)
    try ledger.expectFault(
      .inconsistent(
        what: "header's executed state", place: "height 2", expected: "\(expected)",
        found: "\(found)")
    ) { try $0.changeBlock(2) { $0.header = otherState.data } }
  }

  @Test("Altered batches do not have the header's root")
  func batches() throws {
    let header = try #require(try sample.ledger.block(at: 2)).header
    try ledger.expectContradiction(
      of: "header's batches root", at: "height 2",
      expected: "\(BlockHeader.batchesRoot([], suite: sample.world.suite))"
    ) { try $0.changeBlock(2) { $0.batches = [] } }
    #expect(header.batchesRoot != BlockHeader.batchesRoot([], suite: sample.world.suite))
  }

  @Test("A block that is gone or cut off is named")
  func missingBlock() throws {
    for height in [1, 2, 4] as [UInt64] {
      try ledger.expectFault(.missing(what: "block", place: "height \(height)")) {
        try $0.remove("blocks", self.height(height))
      }
    }
    try ledger.expectMalformed("block", "height 3") {
      try $0.change("blocks", height(3)) { $0.removeLast() }
    }
  }

  @Test("Only a chain's first eight blocks may all lack a certificate")
  func firstBlocks() throws {
    func withoutCertificates(_ height: UInt64) -> (MemoryStore) throws -> Void {
      { store in
        for height in 1...height { try store.changeBlock(height) { $0.clearFinalization() } }
      }
    }
    let eight = try DamagedLedger(emptyBlocks: 4)
    let reopened = try eight.sample.reopened(on: eight.damaged(withoutCertificates(8)))
    #expect(reopened.ledger.tip?.header.height == 8)
    try DamagedLedger(emptyBlocks: 5).expectFault(
      .missing(what: "certificate", place: "heights 1 to 9"), after: withoutCertificates(9))
  }

  @Test("A quorum must have signed the newest certificate")
  func certificate() throws {
    try ledger.expectFault(
      .malformed(what: "certificate", place: "height 3", reason: "badSignature(signer: 0)")
    ) {
      try $0.changeBlock(4) { $0.clearFinalization() }
      try $0.changeBlock(3) { $0.finalization.parentView += 1 }
    }
    try ledger.expectFault(
      .malformed(
        what: "certificate", place: "height 2", reason: "the certificate is for another view")
    ) { try $0.changeBlock(2) { $0.finalization.view += 1 } }
    try ledger.expectFault(
      .malformed(what: "certificate", place: "height 4", reason: "badSignature(signer: 0)")
    ) {
      try $0.changeBlock(4) {
        var signature = $0.finalization.signatures[0].octets
        signature[9] ^= 1
        $0.finalization.signatures[0] = signature.data
      }
    }
    try ledger.expectFault(
      .malformed(
        what: "certificate", place: "height 4", reason: "belowQuorum(found: 0, needed: 1)")
    ) {
      try $0.changeBlock(4) {
        $0.finalization.signers = []
        $0.finalization.signatures = []
      }
    }
  }

  @Test("A chain check that begins later needs the block before")
  func chainCheck() throws {
    try sample.ledger.checkChain(1...4)
    try sample.ledger.checkChain(3...4)
    let store = try sample.store.copy()
    let ledger = try sample.reopened(on: store).ledger
    try store.remove("blocks", height(2))
    try ledger.checkChain(4...4)
    #expect(throws: LedgerFault.missing(what: "block", place: "height 2")) {
      try ledger.checkChain(3...4)
    }
    #expect(throws: LedgerFault.missing(what: "block", place: "height 0")) {
      try ledger.checkChain(0...4)
    }
    #expect(throws: LedgerFault.missing(what: "block", place: "height 5")) {
      try ledger.checkChain(4...5)
    }
  }

  // MARK: States

  @Test("An altered record of the newest state contradicts the log and the index")
  func newestState() throws {
    var otherRoot = tip.logRoot.bytes
    otherRoot[31] ^= 1
    try ledger.expectFault(
      .inconsistent(
        what: "log root", place: "height 4", expected: otherRoot.hex, found: "\(tip.logRoot)")
    ) { try $0.change("states", height(4)) { $0[79] ^= 1 } }
    otherRoot = tip.indexRoot.bytes
    otherRoot[0] ^= 1
    try ledger.expectFault(
      .inconsistent(
        what: "index root", place: "height 4", expected: otherRoot.hex, found: "\(tip.indexRoot)")
    ) { try $0.change("states", height(4)) { $0[16] ^= 1 } }
    try ledger.expectOpenPage(of: 40, found: 39) {
      try $0.change("states", height(4)) { $0[15] += 1 }
    }
    try ledger.expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
      try $0.change("states", height(4)) { $0[15] -= 1 }
    }
    // The version that wrote the index's root: an older one, or none.
    for (version, found) in [(height(3), try state(3).indexRoot), (height(.max), .zero)] {
      try ledger.expectFault(
        .inconsistent(
          what: "index root", place: "height 4", expected: "\(tip.indexRoot)", found: "\(found)")
      ) { try $0.change("states", height(4)) { $0.replaceSubrange(0..<8, with: version) } }
    }
  }

  @Test("An altered record of an older state is not the one its header commits to")
  func olderState() throws {
    let found = try state(2)
    let expected = ExecutedState(
      height: 2, indexRoot: found.indexRoot, logRoot: found.logRoot, logSize: found.logSize + 1)
    try ledger.expectFault(
      .inconsistent(
        what: "header's executed state", place: "height 3", expected: "\(expected)",
        found: "\(found)")
    ) { try $0.change("states", height(2)) { $0[15] += 1 } }
  }

  @Test("A state that is gone or cut off is named")
  func missingState() throws {
    for height in [0, 2, 4] as [UInt64] {
      try ledger.expectFault(.missing(what: "state", place: "height \(height)")) {
        try $0.remove("states", self.height(height))
      }
    }
    try ledger.expectFault(
      .malformed(what: "state", place: "height 4", reason: "79 bytes instead of 80")
    ) { try $0.change("states", height(4)) { $0.removeLast() } }
  }

  private func height(_ height: UInt64) -> [UInt8] { height.bigEndianBytes }

  private func state(_ height: UInt64) throws -> ExecutedState {
    try #require(try sample.ledger.block(at: height + 1)).header.executed
  }

  private func altered(
    _ header: BlockHeader, _ change: (inout WireBlockHeader) -> Void
  ) throws -> [UInt8] {
    var wire = try WireBlockHeader(strict: header.encoded, limit: Limits.headerBytes)
    change(&wire)
    return wire.encoded
  }
}
