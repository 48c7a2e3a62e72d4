import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import Storage
import TestLedger
import Testing
import Wire

@Suite("A ledger survives restarts")
struct ReopeningTests {
  private let history: [[(key: String, text: String)]] = [
    [("a", "1"), ("b", "1")],
    (0..<150).map { ("c\($0 % 7)", "\($0)") },
    [],
    [("a", "2"), ("d", ""), ("a", "3")],
    (0..<30).map { ("e\($0)", "1") },
  ]

  @Test("Reopened after each block it has the same tip and proofs", arguments: Device.allCases)
  func sameAsUnbroken(_ device: Device) throws {
    let world = try TestWorld()
    var unbroken = try TestLedger(world)
    try device.run { open in
      var broken: TestLedger? = try TestLedger(world, store: open())
      for notes in history {
        try unbroken.put(notes)
        try broken?.put(notes)
        broken = nil  // lets go of the store
        let reopened = try TestLedger(world, store: open())
        #expect(reopened.ledger.executed == unbroken.ledger.executed)
        #expect(reopened.ledger.tip?.header == unbroken.ledger.tip?.header)
        #expect(reopened.ledger.tip?.finalization == unbroken.ledger.tip?.finalization)
        let anchor = try unbroken.anchor
        let asset = Notes.asset("a")
        #expect(
          try reopened.ledger.proveTrail(asset, at: reopened.anchor)
            == unbroken.ledger.proveTrail(asset, at: anchor))
        try unbroken.expectProofs(at: anchor)
        broken = reopened
      }
      #expect(try broken?.store.contents() == unbroken.store.contents())
    }
  }

  @Test("That votes may be forgotten is remembered till it can do no harm; data forgets nothing")
  func forgetting() throws {
    let world = try TestWorld()
    let genesisState = try TestLedger(world).results[0]
    func open(_ store: MemoryStore, forgets: Bool) throws -> Ledger {
      try Ledger(
        store: store, genesis: world.genesis,
        genesisState: genesisState, forgets: forgets)
    }
    let emptied = MemoryStore()
    #expect(try open(emptied, forgets: true).mayHaveForgotten())
    #expect(try open(emptied, forgets: false).mayHaveForgotten())
    try open(emptied, forgets: false).endForgetting()
    #expect(try !open(emptied, forgets: true).mayHaveForgotten())
    let fresh = MemoryStore()
    #expect(try !open(fresh, forgets: false).mayHaveForgotten())
    #expect(try !open(fresh, forgets: true).mayHaveForgotten())
  }

  @Test("A store that is given another key has forgotten that key's votes, unless it has none")
  func otherKey() throws {
    let world = try TestWorld()
    let ledger = try Ledger(
      store: MemoryStore(), genesis: world.genesis, genesisState: TestLedger(world).results[0])
    // The first key is the one whose votes are here: stores of before had none noted.
    for _ in 0..<2 { try ledger.keepVotes(of: [1], isNew: false) }
    #expect(try !ledger.mayHaveForgotten())
    try ledger.keepVotes(of: [2], isNew: false)
    #expect(try ledger.mayHaveForgotten())
    try ledger.keepVotes(of: [2], isNew: false)
    #expect(try ledger.mayHaveForgotten())
    try ledger.keepVotes(of: [3], isNew: true)
    #expect(try !ledger.mayHaveForgotten())
    // Back to the first: what it signed meanwhile elsewhere is not known here.
    try ledger.keepVotes(of: [1], isNew: false)
    #expect(try ledger.mayHaveForgotten())
  }

  @Test("A log of over 65,536 records is reopened and proven across its pages")
  func longLog() throws {
    var sample = try TestLedger(TestWorld())
    for count in [300, 65_400, 700] {
      let block = try sample.block()
      try sample.commit(receipts(count, of: block.header.height, in: sample), of: block)
    }
    try sample.put(("a", "text"))
    let reopened = try sample.reopened()
    #expect(reopened.ledger.executed == sample.ledger.executed)
    let records = try sample.twin(at: 3).records
    #expect(records.count == 66_405)
    // One page, 256 pages and a record of each block, before and after each border.
    for position in [0, 1, 255, 256, 304, 305, 65_279, 65_280, 65_535, 65_536, 65_705, 66_404] {
      let anchor = try reopened.anchor
      let item = try reopened.ledger.proveRecord(at: UInt64(position), at: anchor)
      #expect(item == (try sample.ledger.proveRecord(at: UInt64(position), at: sample.anchor)))
      let facts = try LightVerifier(genesis: sample.world.genesis).verify(anchor.bundle([item]))
        .facts
      switch facts.first {
      case .receipt(let receipt, UInt64(position)):
        #expect(LogRecord.receipt(receipt.encoded) == records[position])
      case .event(let event, UInt64(position)):
        #expect(LogRecord.event(event.encoded) == records[position])
      default: Issue.record("not the record at \(position)")
      }
    }
    #expect(try reopened.ledger.records(65_530..<65_540) == Array(records[65_530..<65_540]))
  }

  /// A block with nothing but receipts, made without executing so many calls.
  private func receipts(
    _ count: Int, of height: UInt64, in sample: TestLedger
  ) -> BlockResult {
    let suite = sample.world.suite
    var result = BlockResult(height: height, logStart: sample.ledger.executed.logSize)
    let logged = (0..<61).map { index in
      let record = LogRecord.receipt(
        Receipt(
          transactionID: .zero, callIndex: index, height: height, member: TestWorld.member,
          contract: "note", method: "put", outcome: .done(events: 0)
        ).encoded)
      return (record, record.digest(suite))
    }
    for index in 0..<count {
      let (record, digest) = logged[index % logged.count]
      result.log(record, digest: digest, suite: suite)
    }
    return result
  }

  @Test("Another chain's genesis document does not open the ledger")
  func otherChain() throws {
    let sample = try TestLedger(TestWorld())
    let other = try TestWorld(name: "other-chain")
    let fault = LedgerFault.otherChain(
      expected: other.genesis.chainID, found: sample.world.genesis.chainID.hex)
    let before = try sample.store.contents()
    #expect(throws: fault) { try TestLedger(other, store: sample.store) }
    #expect(try sample.store.contents() == before)
  }
}
