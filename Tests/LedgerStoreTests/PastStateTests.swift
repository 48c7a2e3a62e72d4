import Cryptography
import LedgerModel
import LedgerStore
import TestLedger
import Testing

/// The state after an earlier block, read while the ledger has gone on.
struct PastStateTests {
  @Test("The state as of each height is what a replay up to there gives, absent assets included")
  func everyHeight() throws {
    var ledger = try TestLedger(try TestWorld())
    var random = SeededGenerator(seed: 7)
    for block in 0..<24 {
      try ledger.put(
        (0..<Int(random.next() % 4)).map { index in
          ("note-\(random.next() % 9)", "text \(block) \(index)")
        })
    }
    let assets = try Array(ledger.twin(at: ledger.height).values.keys)
    #expect(assets.count > 8)
    let keys = assets.map { $0.indexKey(ledger.world.suite) }

    var absent = 0
    for height in 0...ledger.height {
      let twin = try ledger.twin(at: height)
      let states = try ledger.ledger.state(asOf: height).assets(keys)
      #expect(states.map(\.?.value) == assets.map { twin.values[$0] }, "height \(height)")
      #expect(
        states.map { $0.map { Int($0.leaf.sequence) + 1 } }
          == assets.map { twin.trails[$0]?.count },
        "height \(height)")
      absent += states.count { $0 == nil }
    }
    #expect(absent > 8, "otherwise nothing was absent anywhere")
  }

  @Test("A transaction is executed as of its block and not as of the one before")
  func executed() throws {
    var ledger = try TestLedger(try TestWorld())
    let transaction = try ledger.world.transaction([Notes.put("a", "text")], key: [1])
    try ledger.put()
    try ledger.run([transaction])
    try ledger.put()

    let known = try (0...3).map { try ledger.ledger.state(asOf: $0).isExecuted(transaction.id) }
    let owners = try (0...3).map {
      try ledger.ledger.state(asOf: $0)
        .transaction(member: TestWorld.member, idempotencyKey: [1])
    }

    #expect(known == [false, false, true, true])
    #expect(owners == [nil, nil, transaction.id, transaction.id])
    #expect(try ledger.ledger.isExecuted(transaction.id))
    #expect(try !ledger.ledger.isExecuted(.zero))
  }

  @Test("A height that is not executed yet has no state")
  func future() throws {
    let ledger = try TestLedger(try TestWorld())
    #expect(throws: LedgerFault.notAvailable(what: "state of height 1")) {
      try ledger.ledger.state(asOf: 1)
    }
  }
}
