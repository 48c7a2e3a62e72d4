import Cryptography
import LedgerModel
import LedgerStore
import Merkle
import Storage
import TestLedger
import Testing
import Wire

@Suite("Damage to the log, the index or the tip is named when the ledger is opened")
struct TreeSoundnessTests {
  private let ledger: DamagedLedger
  private var sample: TestLedger { ledger.sample }
  private var tip: ExecutedState { ledger.tip }

  init() throws { ledger = try DamagedLedger() }

  // MARK: Log

  @Test("An altered record does not have the log's root")
  func record() throws {
    for position in [285, 293] as [UInt64] {
      try ledger.expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
        try $0.change("log", height(position)) { $0[20] ^= 1 }
      }
    }
    // Events and receipts exchanged.
    try ledger.expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
      try $0.change("log", height(293)) { $0[0] = 2 }
    }
  }

  @Test("A segment that is gone, cut off or too many is named")
  func segment() throws {
    try ledger.expectOpenPage(of: 39, found: 37) { try $0.remove("log", height(293)) }
    try ledger.expectOpenPage(of: 39, found: 33) { try $0.remove("log", height(285)) }
    func malformed(record: Int) -> LedgerFault {
      .malformed(
        what: "log segment", place: "position 293",
        reason: "record \(record) is cut off or of unknown kind")
    }
    try ledger.expectFault(malformed(record: 1)) {
      try $0.change("log", height(293)) { $0.removeLast() }
    }
    try ledger.expectFault(malformed(record: 0)) { try $0.change("log", height(293)) { $0[0] = 3 } }
    try ledger.expectFault(malformed(record: 2)) {
      try $0.change("log", height(293)) { $0 += [2, 0, 0] }
    }
    try ledger.expectFault(
      .inconsistent(
        what: "end of the log", place: "height 4", expected: "nothing",
        found: "a record of kind 1")
    ) {
      let newest = try #require($0.get(Table("log"), height(293)))
      try $0.put("log", height(295), newest)
    }
  }

  @Test("A full page that is altered, gone or another's is named")
  func page() throws {
    let key = LogPage.key(level: 0, index: 0)
    let missing = LedgerFault.missing(what: "log page", place: "level 0, 0")
    for index in [9, LogPage.byteCount - 1] {
      try ledger.expectContradiction(of: "log root", at: "height 4", expected: "\(tip.logRoot)") {
        try $0.change("pages", key) { $0[index] ^= 1 }
      }
    }
    try ledger.expectFault(missing) { try $0.remove("pages", key) }
    try ledger.expectFault(missing) { try $0.change("pages", key) { $0[8] = 1 } }
    try ledger.expectFault(
      .malformed(what: "log page", place: "level 0, 0", reason: "truncated")
    ) { try $0.change("pages", key) { $0.removeLast() } }
  }

  // MARK: Index

  @Test("The index's root node must be there, whole and unaltered")
  func rootNode() throws {
    let key = NodeKey(rootOf: IndexVersion(4)).encoded
    try ledger.expectContradiction(of: "index root", at: "height 4", expected: "\(tip.indexRoot)") {
      try $0.change("nodes", key) { $0[$0.count - 1] ^= 1 }
    }
    try ledger.expectFault(.missing(what: "index node", place: key.hex)) {
      try $0.remove("nodes", key)
    }
    try ledger.expectFault(
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
    try ledger.expectFault(.missing(what: "state", place: "height 5")) {
      try $0.put("meta", key, height(5))
    }
    try ledger.expectFault(
      .inconsistent(
        what: "end of the log", place: "height 3", expected: "nothing",
        found: "a record of kind 1")
    ) { try $0.put("meta", key, height(3)) }
    let missing = LedgerFault.missing(what: "newest height", place: "meta")
    try ledger.expectFault(missing) { try $0.remove("meta", key) }
    try ledger.expectFault(missing) { try $0.put("meta", key, [4]) }
  }

  @Test("Without its chain id a ledger is refused, not taken for an empty one and overwritten")
  func chainID() throws {
    let key = Array("chain".utf8)
    try ledger.expectFault(
      .otherChain(
        expected: sample.world.genesis.chainID, found: [UInt8](repeating: 1, count: 32).hex)
    ) { try $0.put("meta", key, [UInt8](repeating: 1, count: 32)) }
    let store = try ledger.damaged { try $0.remove("meta", key) }
    let before = try store.contents()
    #expect(throws: LedgerFault.missing(what: "chain id", place: "meta")) {
      try sample.reopened(on: store)
    }
    #expect(try store.contents() == before)
  }

  private func height(_ height: UInt64) -> [UInt8] { height.bigEndianBytes }
}
