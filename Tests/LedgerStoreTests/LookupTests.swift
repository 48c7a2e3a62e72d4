import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing

@Suite("What was written is found again")
struct LookupTests {
  @Test("Receipts are found by transaction, several transactions to a block")
  func receipts() throws {
    var sample = try TestLedger(TestWorld())
    for block in 0..<4 {
      try sample.run(
        try (0..<3).map { number in
          try sample.world.transaction(
            (0...number * 30).map { Notes.put("note-\($0)", $0 % 5 == 4 ? "" : "\(block)") },
            key: [UInt8(block), UInt8(number)])
        })
    }
    let executed = sample.results.flatMap { result in
      result.transactions.map { (height: result.height, transaction: $0) }
    }
    #expect(executed.count == 12)
    for (height, transaction) in executed {
      let place = try #require(try sample.ledger.receipts(of: transaction.id))
      #expect(place.height == height)
      #expect(place.count == transaction.receipts.count)
      let records = try sample.ledger.records(
        place.position..<place.position + UInt64(place.count))
      #expect(records == transaction.receipts.map { .receipt($0.encoded) })
    }
    #expect(try sample.ledger.receipts(of: .zero) == nil)
  }

  @Test("Any range of the log is read as from one array, over all segments")
  func records() throws {
    var sample = try TestLedger(TestWorld())
    for count in [400, 1, 0, 700, 3] {
      try sample.put((0..<count).map { ("note-\($0 % 90)", "a text of some length, \($0)") })
    }
    let naive = try sample.twin(at: 5).records
    let size = UInt64(naive.count)
    #expect(size == 5 + 2 * 1_104)
    #expect(try sample.store.entries(of: Table("log")).count > 12)
    #expect(try sample.ledger.records(0..<size) == naive)
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let first = UInt64.random(in: 0...size, using: &generator)
      let end = min(first + UInt64.random(in: 0...60, using: &generator), size)
      #expect(
        try sample.ledger.records(first..<end) == Array(naive[Int(first)..<Int(end)]),
        "\(first)..<\(end)")
    }
    #expect(try sample.ledger.records(size - 2..<size + 5) == Array(naive.suffix(2)))
    #expect(try sample.ledger.records(size..<size + 5).isEmpty)
    #expect(try sample.ledger.records(UInt64.max - 1..<UInt64.max).isEmpty)
  }

  @Test("A transaction is found by its member's key, the first one under it for good")
  func idempotency() throws {
    var sample = try TestLedger(TestWorld())
    let member = TestWorld.member
    let key: [UInt8] = [7, 7]
    let first = try sample.world.transaction([Notes.put("a", "1")], key: key)
    let second = try sample.world.transaction([Notes.put("a", "2")], key: key)
    #expect(try sample.ledger.transaction(member: member, idempotencyKey: key) == nil)
    try sample.run([first])
    try sample.run([second])
    #expect(try sample.ledger.transaction(member: member, idempotencyKey: key) == first.id)
    #expect(try sample.ledger.asset(Notes.asset("a"))?.value == Notes.value("a", "1"))
    #expect(sample.results[2].transactions.first?.receipts.first?.isDone == false)
    // Member and key do not run into each other.
    let shorter = String(member.dropLast())
    let longerKey = Array(member.utf8.suffix(1)) + key
    #expect(try sample.ledger.transaction(member: shorter, idempotencyKey: longerKey) == nil)
    #expect(try sample.ledger.transaction(member: member, idempotencyKey: [7]) == nil)
  }

  @Test("A transaction that is ordered again leaves no trace")
  func repeated() throws {
    var sample = try TestLedger(TestWorld())
    let transaction = try sample.world.transaction([Notes.put("a", "1")], key: [1])
    try sample.run([transaction, transaction])
    let (executed, place) = (
      sample.ledger.executed, try sample.ledger.receipts(of: transaction.id)
    )
    #expect(sample.results[1].records.count == 2)
    try sample.run([transaction])
    #expect(sample.ledger.executed.logRoot == executed.logRoot)
    #expect(sample.ledger.executed.indexRoot == executed.indexRoot)
    #expect(try sample.ledger.receipts(of: transaction.id) == place)
    try sample.put(("b", "1"))
    try sample.expectProofs(at: sample.anchor)
  }

  @Test("States are found by index key, unknown ones are nil")
  func states() throws {
    var sample = try TestLedger(TestWorld())
    try sample.put(("a", "1"), ("b", "1"))
    try sample.put(("a", "2"), ("a", "3"))
    let ids = [Notes.asset("b"), Notes.asset("never"), Notes.asset("a")]
    let states = try sample.ledger.assets(ids.map { $0.indexKey(sample.world.suite) })
    #expect(states.map { $0?.value } == [Notes.value("b", "1"), nil, Notes.value("a", "3")])
    #expect(states.map { $0?.leaf.sequence } == [0, nil, 2])
    #expect(try sample.ledger.asset(ids[2]) == states[2])
    #expect(try sample.ledger.asset(ids[1]) == nil)
  }

  @Test("Headers are read in order, as many as asked for and there are")
  func headers() throws {
    var sample = try TestLedger(TestWorld())
    for number in 1...5 { try sample.put(("a", "\(number)")) }
    #expect(try sample.ledger.headers(from: 2, limit: 2).map(\.header.height) == [2, 3])
    #expect(try sample.ledger.headers(from: 4, limit: 9).map(\.header.height) == [4, 5])
    #expect(try sample.ledger.headers(from: 6, limit: 9).isEmpty)
    #expect(try sample.ledger.headers(from: 0, limit: 9).isEmpty)
    #expect(try sample.ledger.headers(from: .max, limit: 9).isEmpty)
    #expect(try sample.ledger.block(at: 0) == nil)
  }
}
