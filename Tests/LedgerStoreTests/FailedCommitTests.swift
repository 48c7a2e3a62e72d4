import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing

@Suite("A commit happens wholly or not at all")
struct FailedCommitTests {
  private let full = LedgerFault.storage(
    .full(reason: "the writes allowed at creation are used up"))

  @Test("A commit for which there is no room leaves everything as it was")
  func noRoom() throws {
    let world = try TestWorld()
    // The genesis state and two blocks: each is one write.
    let store = MemoryStore(failingAfterWrites: 3)
    var sample = try TestLedger(world, store: store)
    try sample.put(("a", "1"), ("b", "1"))
    try sample.put(("a", "2"))
    let before = try store.contents()
    let (executed, tip) = (sample.ledger.executed, sample.ledger.tip?.header)
    let proofs = try sample.everything(at: sample.anchor)

    #expect(throws: full) { try sample.put((0..<300).map { ("c\($0)", "1") }) }

    #expect(try store.contents() == before)
    #expect(sample.ledger.executed == executed)
    #expect(sample.ledger.tip?.header == tip)
    #expect(try sample.everything(at: sample.anchor) == proofs)
    #expect(try sample.ledger.asset(Notes.asset("c0")) == nil)
    try sample.expectProofs(at: sample.anchor)

    var reopened = try sample.reopened(on: store.copy())
    var unbroken = try TestLedger(world)
    try unbroken.put(("a", "1"), ("b", "1"))
    try unbroken.put(("a", "2"))
    for text in ["3", "4"] {
      try reopened.put(("a", text), ("c", text))
      try unbroken.put(("a", text), ("c", text))
    }
    #expect(try reopened.store.contents() == unbroken.store.contents())
    try reopened.expectProofs(at: reopened.anchor)
  }

  @Test("A genesis state for which there is no room leaves the store empty")
  func noRoomForGenesis() throws {
    let store = MemoryStore(failingAfterWrites: 0)
    #expect(throws: full) { try TestLedger(TestWorld(), store: store) }
    #expect(try store.contents().isEmpty)
  }

  @Test("A commit that failed can be repeated on the same ledger")
  func repeated() throws {
    let world = try TestWorld()
    let store = FlakyStore()
    #expect(throws: LedgerFault.storage(.failed(reason: "write 1"))) {
      try TestLedger(world, store: store)
    }
    var flaky = try TestLedger(world, store: store)
    var steady = try TestLedger(world)
    for number in 0..<4 {
      let notes = (0..<150).map { (key: "note-\($0 % 40)", text: "\(number)") }
      #expect(throws: LedgerFault.storage(.failed(reason: "write \(3 + 2 * number)"))) {
        try flaky.put(notes)
      }
      #expect(flaky.ledger.executed == steady.ledger.executed)
      try flaky.put(notes)
      try steady.put(notes)
      #expect(flaky.ledger.executed == steady.ledger.executed)
    }
    #expect(try flaky.store.contents() == steady.store.contents())
    try flaky.expectProofs(at: flaky.anchor)
  }
}
