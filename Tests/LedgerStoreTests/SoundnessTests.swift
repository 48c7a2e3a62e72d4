import Cryptography
import LedgerModel
import LedgerStore
import Merkle
import Storage
import TestLedger
import Testing
import Wire

@Suite("What is damaged is named when the ledger is opened")
struct SoundnessTests {
  /// Height 4, 292 records: one full page, then 36 records in the segments of four blocks.
  private let sample: TestLedger
  private let tip: ExecutedState

  init() throws {
    var sample = try TestLedger(TestWorld())
    try sample.put((0..<140).map { ("note-\($0)", "text") })
    try sample.put(("a", "1"), ("b", "1"), ("c", "1"))
    try sample.put(("a", "2"))
    try sample.put(("a", "3"))
    self.sample = sample
    tip = sample.ledger.executed
  }

  private func expectFault(
    _ fault: LedgerFault, sourceLocation: SourceLocation = #_sourceLocation,
    after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(throws: fault, sourceLocation: sourceLocation) { try sample.reopened(on: store) }
  }

  /// The same where only the hash found, which follows from the damage, is left open.
  private func expectContradiction(
    of what: String, at place: String, expected: String,
    sourceLocation: SourceLocation = #_sourceLocation, after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(sourceLocation: sourceLocation) {
      try sample.reopened(on: store)
    } throws: { error in
      guard case .inconsistent(what, place, expected, let found)? = error as? LedgerFault else {
        return false
      }
      return found != expected
    }
  }

  private func damaged(_ damage: (MemoryStore) throws -> Void) throws -> MemoryStore {
    let store = try sample.store.copy()
    _ = try sample.reopened(on: store)
    try damage(store)
    #expect(try store.contents() != sample.store.contents(), "nothing was damaged")
    return store
  }

  private func state(_ height: UInt64) throws -> ExecutedState {
    try #require(try sample.ledger.block(at: height + 1)).header.executed
  }

  // MARK: Blocks

  @Test("An altered header breaks the chain at the next height")
  func header() throws {
    let original = try #require(try sample.ledger.block(at: 2)).header
    let altered = try altered(original) { $0.timeMs += 1 }
    try expectFault(
      .inconsistent(
        what: "header's parent", place: "height 3",
        expected: "\(sample.world.suite.hash(.header, altered))", found: "\(original.hash)")
    ) { try $0.changeBlock(2) { $0.header = altered.data } }
  }

  @Test("An altered newest header is not the one its certificate is for")
  func newestHeader() throws {
    let original = try #require(sample.ledger.tip).header
    let altered = try altered(original) { $0.timeMs += 1 }
    try expectFault(
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
    try expectFault(
      .inconsistent(
        what: "header's chain id", place: "height 2",
        expected: "\(sample.world.genesis.chainID)", found: "\(Digest.zero)")
    ) { try $0.changeBlock(2) { $0.header = otherChain.data } }
    try expectFault(
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
    try expectFault(
      .inconsistent(
        what: "header's executed state", place: "height 2", expected: "\(expected)",
        found: "\(found)")
    ) { try $0.changeBlock(2) { $0.header = otherState.data } }
  }

  @Test("Altered batches do not have the header's root")
  func batches() throws {
    let header = try #require(try sample.ledger.block(at: 2)).header
    try expectContradiction(
      of: "header's batches root", at: "height 2",
      expected: "\(BlockHeader.batchesRoot([], suite: sample.world.suite))"
    ) { try $0.changeBlock(2) { $0.batches = [] } }
    #expect(header.batchesRoot != BlockHeader.batchesRoot([], suite: sample.world.suite))
  }

  @Test("A block that is gone or cut off is named")
  func missingBlock() throws {
    for height in [1, 2, 4] as [UInt64] {
      try expectFault(.missing(what: "block", place: "height \(height)")) {
        try $0.remove("blocks", self.height(height))
      }
    }
    try expectMalformed("block", "height 3") {
      try $0.change("blocks", height(3)) { $0.removeLast() }
    }
  }

  @Test("The newest block's certificate must be there and be signed by a quorum")
  func certificate() throws {
    try expectFault(.missing(what: "certificate", place: "height 4")) {
      try $0.changeBlock(4) { $0.clearFinalization() }
    }
    try expectFault(
      .malformed(what: "certificate", place: "height 4", reason: "badSignature(signer: 0)")
    ) {
      try $0.changeBlock(4) {
        var signature = $0.finalization.signatures[0].octets
        signature[9] ^= 1
        $0.finalization.signatures[0] = signature.data
      }
    }
    try expectFault(
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
    try expectFault(
      .inconsistent(
        what: "log root", place: "height 4", expected: otherRoot.hex, found: "\(tip.logRoot)")
    ) { try $0.change("states", height(4)) { $0[79] ^= 1 } }
    otherRoot = tip.indexRoot.bytes
    otherRoot[0] ^= 1
    try expectFault(
      .inconsistent(
        what: "index root", place: "height 4", expected: otherRoot.hex, found: "\(tip.indexRoot)")
    ) { try $0.change("states", height(4)) { $0[16] ^= 1 } }
    try expectFault(openPage(expected: 37, found: 36)) {
      try $0.change("states", height(4)) { $0[15] += 1 }
    }
    try expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
      try $0.change("states", height(4)) { $0[15] -= 1 }
    }
    // The version that wrote the index's root: an older one, or none.
    for (version, found) in [(height(3), try state(3).indexRoot), (height(.max), .zero)] {
      try expectFault(
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
    try expectFault(
      .inconsistent(
        what: "header's executed state", place: "height 3", expected: "\(expected)",
        found: "\(found)")
    ) { try $0.change("states", height(2)) { $0[15] += 1 } }
  }

  @Test("A state that is gone or cut off is named")
  func missingState() throws {
    for height in [0, 2, 4] as [UInt64] {
      try expectFault(.missing(what: "state", place: "height \(height)")) {
        try $0.remove("states", self.height(height))
      }
    }
    try expectFault(
      .malformed(what: "state", place: "height 4", reason: "79 bytes instead of 80")
    ) { try $0.change("states", height(4)) { $0.removeLast() } }
  }

  // MARK: Log

  @Test("An altered record does not have the log's root")
  func record() throws {
    for position in [282, 290] as [UInt64] {
      try expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
        try $0.change("log", height(position)) { $0[20] ^= 1 }
      }
    }
    // Events and receipts exchanged.
    try expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
      try $0.change("log", height(290)) { $0[0] = 2 }
    }
  }

  @Test("A segment that is gone, cut off or too many is named")
  func segment() throws {
    try expectFault(openPage(expected: 36, found: 34)) { try $0.remove("log", height(290)) }
    try expectFault(openPage(expected: 36, found: 30)) { try $0.remove("log", height(282)) }
    func malformed(record: Int) -> LedgerFault {
      .malformed(
        what: "log segment", place: "position 290",
        reason: "record \(record) is cut off or of unknown kind")
    }
    try expectFault(malformed(record: 1)) {
      try $0.change("log", height(290)) { $0.removeLast() }
    }
    try expectFault(malformed(record: 0)) { try $0.change("log", height(290)) { $0[0] = 3 } }
    try expectFault(malformed(record: 2)) {
      try $0.change("log", height(290)) { $0 += [2, 0, 0] }
    }
    try expectFault(
      .inconsistent(
        what: "end of the log", place: "height 4", expected: "nothing",
        found: "a record of kind 1")
    ) {
      let newest = try #require($0.get(Table("log"), height(290)))
      try $0.put("log", height(292), newest)
    }
  }

  @Test("A full page that is altered, gone or another's is named")
  func page() throws {
    let key = LogPage.key(level: 0, index: 0)
    let missing = LedgerFault.missing(what: "log page", place: "level 0, 0")
    for index in [9, LogPage.byteCount - 1] {
      try expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
        try $0.change("pages", key) { $0[index] ^= 1 }
      }
    }
    try expectFault(missing) { try $0.remove("pages", key) }
    try expectFault(missing) { try $0.change("pages", key) { $0[8] = 1 } }
    try expectFault(
      .malformed(what: "log page", place: "level 0, 0", reason: "truncated")
    ) { try $0.change("pages", key) { $0.removeLast() } }
  }

  private func openPage(expected: Int, found: Int) -> LedgerFault {
    .inconsistent(
      what: "entries of the open log page", place: "level 0", expected: "\(expected)",
      found: "\(found)")
  }

  // MARK: Index

  @Test("The index's root node must be there, whole and unaltered")
  func rootNode() throws {
    let key = NodeKey(rootOf: IndexVersion(4)).encoded
    try expectContradiction(of: "index root", at: "height 4", expected: "\(tip.indexRoot)") {
      try $0.change("nodes", key) { $0[$0.count - 1] ^= 1 }
    }
    try expectFault(.missing(what: "index node", place: key.hex)) { try $0.remove("nodes", key) }
    try expectFault(
      .malformed(what: "index node", place: key.hex, reason: "truncated")
    ) { try $0.change("nodes", key) { $0.removeLast() } }
  }

  @Test("An asset's damaged value is named when it is read")
  func asset() throws {
    let asset = Notes.asset("a")
    let key = asset.indexKey(sample.world.suite).bytes
    for damage in [[], [0], [0, 1], [200, 1, 2]] as [[UInt8]] {
      let store = try sample.store.copy()
      try store.put("assets", key, damage)
      let ledger = try sample.reopened(on: store).ledger
      #expect("\(damage)") {
        try ledger.asset(asset)
      } throws: { error in
        guard case .malformed("asset", "note/a", _)? = error as? LedgerFault else { return false }
        return true
      }
    }
  }

  // MARK: Meta

  @Test("An altered or missing tip is noticed")
  func tipHeight() throws {
    let key = Array("tip".utf8)
    try expectFault(.missing(what: "state", place: "height 5")) {
      try $0.put("meta", key, height(5))
    }
    try expectFault(
      .inconsistent(
        what: "end of the log", place: "height 3", expected: "nothing",
        found: "a record of kind 1")
    ) { try $0.put("meta", key, height(3)) }
    let missing = LedgerFault.missing(what: "newest height", place: "meta")
    try expectFault(missing) { try $0.remove("meta", key) }
    try expectFault(missing) { try $0.put("meta", key, [4]) }
  }

  @Test("Without its chain id a ledger is refused, not taken for an empty one and overwritten")
  func chainID() throws {
    let key = Array("chain".utf8)
    try expectFault(
      .otherChain(
        expected: sample.world.genesis.chainID, found: [UInt8](repeating: 1, count: 32).hex)
    ) { try $0.put("meta", key, [UInt8](repeating: 1, count: 32)) }
    let store = try damaged { try $0.remove("meta", key) }
    let before = try store.contents()
    #expect(throws: LedgerFault.missing(what: "chain id", place: "meta")) {
      try sample.reopened(on: store)
    }
    #expect(try store.contents() == before)
  }

  // MARK: Damage

  private func height(_ height: UInt64) -> [UInt8] { height.bigEndianBytes }

  private func altered(
    _ header: BlockHeader, _ change: (inout WireBlockHeader) -> Void
  ) throws -> [UInt8] {
    var wire = try WireBlockHeader(strict: header.encoded, limit: Limits.headerBytes)
    change(&wire)
    return wire.encoded
  }

  private func expectMalformed(
    _ what: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation,
    after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(sourceLocation: sourceLocation) {
      try sample.reopened(on: store)
    } throws: { error in
      guard case .malformed(what, place, _)? = error as? LedgerFault else { return false }
      return true
    }
  }
}

extension MemoryStore {
  /// Alters the bytes of one entry.
  fileprivate func change(
    _ table: String, _ key: [UInt8], _ change: (inout [UInt8]) -> Void
  ) throws {
    var value = try #require(get(Table(table), key))
    change(&value)
    try put(table, key, value)
  }

  /// Alters the message of one block.
  fileprivate func changeBlock(
    _ height: UInt64, _ change: (inout WireBlock) -> Void
  ) throws {
    let key = height.bigEndianBytes
    var block = try WireBlock(
      strict: try #require(get(Table("blocks"), key)), limit: 64 * 1_024)
    change(&block)
    try put("blocks", key, block.encoded)
  }
}
