import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("What is proven is what was executed, in every suite")
struct ProofTests {
  @Test("Every value of the proven state is proven as executed", arguments: SuiteID.allCases)
  func values(_ suite: SuiteID) throws {
    let sample = try sampleLedger(suite)
    let twin = try sample.provenTwin
    let assets = twin.values.keys.sorted { "\($0)" < "\($1)" }
    let bundle = try sample.bundle { ledger, anchor in
      try assets.map { try ledger.prove($0, at: anchor) }
    }
    let verified = try sample.verifier.verify(bundle)
    #expect(verified.header == sample.ledger.tip?.header)
    #expect(verified.header.executed.height == 4)
    #expect(assets.count == 16)
    #expect(verified.facts.compactMap(\.value?.asset) == assets)
    for value in verified.facts.compactMap(\.value) {
      #expect(value.value == twin.values[value.asset])
      #expect(value.leaf.sequence + 1 == twin.trails[value.asset].map { UInt64($0.count) })
    }
  }

  @Test("A value that changed in the newest block is proven as it was before")
  func lateRoot() throws {
    let sample = try sampleLedger()
    let once = Notes.asset("once")
    #expect(try sample.ledger.asset(once)?.value == Notes.value("once", "second"))
    let verified = try sample.verifier.verify(sample.valueBundle(once))
    #expect(verified.onlyFact?.value?.value == Notes.value("once", "first"))
    #expect(verified.onlyFact?.value?.leaf.sequence == 0)
  }

  @Test("Absence is proven beside another leaf and in an empty place", arguments: SuiteID.allCases)
  func absence(_ suite: SuiteID) throws {
    let sample = try sampleLedger(suite)
    for besideLeaf in [true, false] {
      let asset = try sample.absentNote(besideLeaf: besideLeaf)
      #expect(try sample.provenTwin.values[asset] == nil)
      for bundle in [try sample.valueBundle(asset), try sample.trailBundle(asset)] {
        #expect(try sample.verifier.verify(bundle).onlyFact?.absent == asset)
      }
    }
  }

  @Test("A trail of 1, 10 and 120 events is proven complete", arguments: SuiteID.allCases)
  func trails(_ suite: SuiteID) throws {
    let sample = try sampleLedger(suite)
    let twin = try sample.provenTwin
    for (key, count) in [("once", 1), ("ten", 10), ("many", 120)] {
      let asset = Notes.asset(key)
      let verified = try sample.verifier.verify(sample.trailBundle(asset))
      let trail = try #require(verified.onlyFact?.trail)
      #expect(trail.events.count == count)
      #expect(trail.events == twin.trails[asset])
      #expect(trail.current.value == twin.values[asset])
    }
  }

  @Test("Every record of the log is proven at its position", arguments: SuiteID.allCases)
  func records(_ suite: SuiteID) throws {
    let sample = try sampleLedger(suite)
    let records = try sample.provenTwin.records
    #expect(records.count == 5 + 2 * (10 + 43 + 47 + 40) - 1)
    let bundle = try sample.bundle { ledger, anchor in
      try records.indices.map { try ledger.proveRecord(at: UInt64($0), at: anchor) }
    }
    let facts = try sample.verifier.verify(bundle).facts
    #expect(facts.compactMap(\.record?.record) == records)
    #expect(facts.compactMap(\.record?.position) == Array(0..<UInt64(records.count)))
  }

  @Test("A refused call is proven by its receipt")
  func refusal() throws {
    let sample = try sampleLedger()
    let executed = try #require(sample.results[3].transactions.first)
    let position = executed.firstReceipt + UInt64(executed.receipts.count) - 1
    guard
      case .receipt(let receipt, position) =
        try sample.verifier.verify(sample.logBundle(position)).onlyFact
    else {
      Issue.record("not the receipt at \(position)")
      return
    }
    #expect(receipt == executed.receipts.last)
    let refused = Receipt.Outcome.refused(
      .init(Refusal(.init("note.empty", ""), field: "name", value: "refused")))
    #expect(receipt.outcome == refused)
  }

  @Test("The log of every height continues the log of each before", arguments: SuiteID.allCases)
  func consistency(_ suite: SuiteID) throws {
    var sample = try TestLedger(TestWorld(suite))
    // Heights 3 and 5 are empty blocks: two headers with one log.
    for (index, notes) in [1, 7, 0, 2, 0, 5].enumerated() {
      try sample.put((0..<notes).map { ("note-\($0)", "text \(index)") })
      for older in 1...sample.height {
        let verified = try sample.verifier.verify(sample.consistencyBundle(from: older))
        #expect(verified.onlyFact?.older == (try sample.ledger.block(at: older)?.header))
        #expect(verified.header.height == sample.height)
      }
    }
  }

  @Test("A bundle proves facts of every kind together, in their order")
  func several() throws {
    let sample = try sampleLedger(validators: 4)
    let absent = Notes.asset("never")
    let bundle = try sample.bundle { ledger, anchor in
      [
        try ledger.prove(Notes.asset("ten"), at: anchor),
        try ledger.proveTrail(Notes.asset("once"), at: anchor),
        try ledger.prove(absent, at: anchor),
        try ledger.proveRecord(at: 5, at: anchor),
        try ledger.proveConsistency(from: 2, at: anchor),
      ]
    }
    let decoded = try WireProofBundle(strict: bundle.encoded, limit: Limits.bundleBytes)
    let facts = try sample.verifier.verify(decoded).facts
    try #require(facts.count == 5)
    #expect(facts[0].value?.value == Notes.value("ten", "9"))
    #expect(facts[1].trail?.events.map(\.operation) == ["put"])
    #expect(facts[2].absent == absent)
    #expect(facts[3].record?.position == 5)
    #expect(facts[4].older?.height == 2)
  }
}
