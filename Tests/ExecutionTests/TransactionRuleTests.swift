import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import Testing

/// Which transactions count, and what refused calls do to the others (X1 to X4).
struct TransactionRuleTests {
  @Test("A transaction executed in an earlier block leaves no second trace")
  func repeatedLater() throws {
    var chain = try TestChain()
    let transaction = try chain.transaction("hospital", [chain.blue("1")])
    _ = try chain.commit([transaction])

    let again = try chain.execute([transaction])

    #expect(again.transactions.isEmpty)
    #expect(again.records.isEmpty)
    #expect(again.updates.isEmpty)
  }

  @Test("A transaction twice in one block is executed once")
  func repeatedInBlock() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let transaction = try chain.transaction("patient", [chain.print("1")])

    let result = try chain.commit([transaction, transaction])

    #expect(result.transactions.map(\.id) == [transaction.id])
    #expect(try chain.invoice("1").prints == 1)
  }

  @Test("A key names one transaction of its member: another under it is refused, call by call")
  func conflict() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let first = try chain.transaction("patient", [chain.print("1")], key: "k")
    let second = try chain.transaction("patient", [chain.print("1"), chain.print("1")], key: "k")
    _ = try chain.commit([first])

    let result = try chain.execute([second])

    let executed = try #require(result.transactions.first)
    #expect(
      executed.receipts.map(\.refused?.code) == Array(
        repeating: "transaction.idempotency_conflict", count: 2))
    #expect(executed.receipts.map(\.refused?.value) == ["6b", "6b"])
    #expect(executed.idempotencyKey.isEmpty, "the key stays the first one's")
    #expect(result.updates.isEmpty)
  }

  @Test("Within one block the first transaction has the key, and a repeated second one is silent")
  func conflictInBlock() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let first = try chain.transaction("patient", [chain.print("1")], key: "k")
    let second = try chain.transaction("patient", [chain.exchangePaper("1")], key: "k")

    let result = try chain.commit([first, second, second, first])

    #expect(result.transactions.map(\.id) == [first.id, second.id])
    #expect(
      result.transactions.flatMap(\.receipts).map(\.refused?.code)
        == [nil, "transaction.idempotency_conflict"])
  }

  @Test("One that was refused for its key, and is ordered again, leaves no second trace")
  func conflictRepeated() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let first = try chain.transaction("patient", [chain.print("1")], key: "k")
    let second = try chain.transaction("patient", [chain.exchangePaper("1")], key: "k")
    _ = try chain.commit([first])
    let once = try chain.commit([second])
    #expect(once.transactions.map(\.id) == [second.id])

    let again = try chain.commit([second, first, second])

    #expect(again.transactions.isEmpty)
    #expect(again.records.isEmpty)
  }

  @Test("Two members may use the same key")
  func sameKey() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))

    let result = try chain.commit([
      chain.transaction("patient", [chain.print("1")], key: "k"),
      chain.transaction("hospital", [chain.print("1")], key: "k"),
    ])

    #expect(result.transactions.flatMap(\.receipts).map(\.isDone) == [true, true])
    #expect(result.transactions.map(\.idempotencyKey) == [[0x6b], [0x6b]])
  }

  @Test("A transaction counts at its last height and not one block later")
  func expired() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let height = chain.height
    let early = try chain.transaction("patient", [chain.print("1")], validUntil: height + 1)
    let late = try chain.transaction(
      "patient", [chain.print("1"), chain.print("1")], validUntil: height)

    let result = try chain.commit([early, late])

    let refused = result.transactions.flatMap(\.receipts).map(\.refused)
    #expect(refused.map(\.?.code) == [nil, "transaction.expired", "transaction.expired"])
    #expect(refused[1]?.field == "valid_until_height")
    #expect(refused[1]?.value == "\(height), the block is \(height + 1)")
    #expect(try chain.invoice("1").prints == 1)
  }

  @Test("A last height too far off is refused at its block, as it is at admission")
  func tooLong() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let last = chain.height + 1 + Limits.validityBlocks
    let longest = try chain.transaction("patient", [chain.print("1")], validUntil: last)
    let longer = try chain.transaction(
      "patient", [chain.print("1")], key: "k", validUntil: last + 1)

    let result = try chain.commit([longest, longer])

    #expect(
      result.transactions.flatMap(\.receipts).map(\.refused?.code)
        == [nil, "transaction.valid_too_long"])
  }

  @Test("A member that is not registered has no effect")
  func unknownMember() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))

    let result = try chain.execute([chain.transaction("stranger", [chain.print("1")])])

    let refused = try #require(result.transactions.first?.receipts.first?.refused)
    #expect(refused.code == "registry.unknown_member")
    #expect(refused.value == "stranger")
    #expect(result.updates.isEmpty)
  }

  @Test("A member acts from the first millisecond of its validity")
  func notYetValid() throws {
    var chain = try TestChain()
    chain.timeMs = TestChain.start + TestChain.hour - 1

    let early = try chain.submit("newcomer", chain.blue("1"))
    let onTime = try chain.submit("newcomer", chain.blue("1"))

    #expect(early.map(\.refused?.code) == ["registry.member_not_valid"])
    #expect(onTime.map(\.refused?.code) == [nil])
  }

  @Test("A member acts until the last millisecond of its validity")
  func noLongerValid() throws {
    var chain = try TestChain()
    chain.timeMs = TestChain.start + TestChain.hour - 1

    let last = try chain.submit("former", chain.blue("1"))
    let late = try chain.submit("former", chain.blue("2"))

    #expect(last.map(\.refused?.code) == [nil])
    #expect(late.map(\.refused?.code) == ["registry.member_not_valid"])
    #expect(late.map(\.refused?.value) == ["former"])
  }

  @Test("Independent calls: the refused one leaves the others in force")
  func independent() throws {
    var chain = try TestChain()

    let receipts = try chain.submit(
      "hospital", chain.blue("1"), chain.post("1", 1), chain.blue("2"))

    #expect(receipts.map(\.refused?.code) == [nil, "contract.not_permitted", nil])
    #expect(receipts.map(\.callIndex) == [0, 1, 2])
    #expect(receipts[0].outcome == .done(events: 2))
    #expect(try chain.invoice("2").facts.amountFen == 10_000)
  }

  @Test("All or nothing: one refused call undoes the earlier ones and the others name it")
  func allOrNothing() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let before = chain.state.assets

    let transaction = try chain.transaction(
      "hospital",
      [chain.print("1"), chain.blue("2"), chain.red("3", of: "9"), chain.blue("4")],
      allOrNothing: true)
    let result = try chain.commit([transaction])

    let refused = result.transactions[0].receipts.map(\.refused)
    #expect(
      refused.map(\.?.code) == [
        "transaction.rolled_back", "transaction.rolled_back", "invoice.blue_not_found",
        "transaction.rolled_back",
      ])
    #expect(refused[0]?.field == "calls[2]")
    #expect(refused[3]?.value == "invoice.blue_not_found")
    #expect(result.updates.isEmpty)
    #expect(result.records.map(\.kind) == [2, 2, 2, 2])
    #expect(chain.state.assets == before)
  }

  @Test("What was undone can be done by the next transaction of the block, at the same places")
  func afterUndo() throws {
    var chain = try TestChain()
    let undone = try chain.transaction(
      "hospital", [chain.blue("1"), chain.red("2", of: "9")], allOrNothing: true)
    let done = try chain.transaction("hospital", [chain.blue("1")])

    let start = UInt64(chain.log.count)
    let result = try chain.commit([undone, done])

    #expect(result.transactions.map(\.firstReceipt) == [start, start + 4])
    #expect(result.records.map(\.kind) == [2, 2, 1, 1, 2])
    #expect(chain.asset(TestChain.asset("1"))?.leaf.position == start + 2)
    #expect(try chain.trail(TestChain.asset("1")).map(\.transactionID) == [done.id])
  }

  @Test("An asset that was changed twice goes back to where the transaction found it")
  func undoTwice() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))

    let result = try chain.commit([
      chain.transaction("patient", [chain.print("1")]),
      chain.transaction(
        "patient", [chain.print("1"), chain.print("1"), chain.print("9")], allOrNothing: true),
    ])

    #expect(result.transactions.flatMap(\.receipts).map(\.isDone) == [true, false, false, false])
    #expect(try chain.invoice("1").prints == 1)
    #expect(try chain.operations(TestChain.asset("1")) == ["putBlue", "print"])
  }

  @Test("All or nothing: calls build on each other and take effect together")
  func allDone() throws {
    var chain = try TestChain()

    let receipts = try chain.submit(
      "hospital", chain.blue("1"), chain.red("2", of: "1"), allOrNothing: true)

    #expect(receipts.map(\.outcome) == [.done(events: 2), .done(events: 3)])
    #expect(try chain.invoice("1").redFlushed)
  }

  @Test("A state that cannot be read stops the block instead of refusing it")
  func stateFault() throws {
    struct Broken: StateView {
      func assets(_ indexKeys: [Digest]) throws(StateFault) -> [AssetState?] {
        throw .unavailable(reason: "device")
      }
      func transaction(member: String, idempotencyKey: [UInt8]) throws(StateFault) -> Digest? {
        nil
      }
      func isExecuted(_ id: Digest) -> Bool { false }
    }
    let chain = try TestChain()
    let transaction = try chain.transaction("hospital", [chain.blue("1")])

    #expect(throws: StateFault.unavailable(reason: "device")) {
      try chain.executor.execute(
        [transaction], height: 1, timeMs: 1, logSize: 0, state: Broken())
    }
  }
}
