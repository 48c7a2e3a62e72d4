import BuiltinContracts
import Cryptography
import LedgerModel
import Testing
import Wire

/// What the invoice contract lets members do, and what becomes of the invoice.
struct InvoiceLifeTests {
  @Test("An invoice lives from record to reimbursement in every suite", arguments: SuiteID.allCases)
  func life(id: SuiteID) throws {
    var chain = try TestChain(id)
    let transactions = [
      try chain.transaction("hospital", [chain.blue("1"), chain.detail("1"), chain.print("1")]),
      try chain.transaction("patient", [chain.authorise("1", "relative", details: 1)]),
      try chain.transaction(
        "fund",
        [
          chain.lock("1", until: chain.timeMs + 1_000), chain.post("1", 6_000), chain.unlock("1"),
        ]),
      try chain.transaction("employer", [chain.post("1", 4_000)]),
    ]

    let result = try chain.commit(transactions)

    #expect(result.transactions.flatMap(\.receipts).filter { !$0.isDone } == [])
    let invoice = try chain.invoice("1")
    #expect(invoice.postedFen == 10_000)
    #expect(invoice.owner == "patient")
    #expect(invoice.submitter == "hospital")
    #expect(
      try chain.operations(TestChain.asset("1")) == [
        "putBlue", "putDetail", "print", "authorise", "lock", "post", "unlock", "post",
      ])
  }

  @Test("Recording an invoice adds it to its payer's trail, red ones as well")
  func payer() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("hospital", chain.red("2", of: "1"))

    let trail = try chain.trail(TestChain.payer)

    #expect(trail.map(\.operation) == ["putBlue", "putRed"])
    let numbers = try trail.map { event in
      try InvoicePayerEvent(strict: event.details, limit: Limits.valueBytes).number
    }
    #expect(numbers == ["1", "2"])
    let value = try #require(chain.asset(TestChain.payer)?.value)
    #expect(try InvoicePayerState(strict: value, limit: Limits.valueBytes).invoices == 2)
  }

  @Test("A red invoice marks its blue one and both name each other")
  func red() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))

    try chain.given("hospital", chain.red("2", of: "1"))

    let (blue, red) = (try chain.invoice("1"), try chain.invoice("2"))
    #expect(blue.redFlushed)
    #expect([blue.relatedCode, blue.relatedNumber] == [TestChain.code, "2"])
    #expect(!red.redFlushed)
    #expect(red.isRed)
    #expect([red.relatedCode, red.relatedNumber] == [TestChain.code, "1"])
    #expect(try chain.operations(TestChain.asset("1")) == ["putBlue", "redFlush"])
    #expect(try chain.operations(TestChain.asset("2")) == ["putRed"])
  }

  @Test("An invoice can be reversed again once its postings are revoked and its lock released")
  func redAfterUnpost() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("fund", chain.lock("1", until: chain.timeMs + 1_000))
    try chain.given("fund", chain.post("1", 100))
    try chain.given("fund", chain.unpost("1"))
    try chain.given("fund", chain.unlock("1"))

    let receipts = try chain.submit("hospital", chain.red("2", of: "1"))

    #expect(receipts.map(\.isDone) == [true])
  }

  @Test("A lock names its holder and purpose and counts up to its last millisecond")
  func lockExpires() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let (since, expiry) = (chain.timeMs, chain.timeMs + 60_000)
    try chain.given("fund", chain.lock("1", until: expiry, purpose: "DRG review"))
    let hold = try chain.invoice("1").hold
    #expect(hold.holder == "fund")
    #expect(hold.purpose == "DRG review")
    #expect([hold.sinceMs, hold.expiresMs] == [since, expiry])

    chain.timeMs = expiry - 1
    let last = try chain.submit("employer", chain.post("1", 1))
    #expect(chain.timeMs == expiry)
    let after = try chain.submit("employer", chain.post("1", 1))

    #expect(last.map(\.refused?.code) == ["invoice.locked"])
    #expect(after.map(\.isDone) == [true])
  }

  @Test("After a lock's expiry another member locks, and red reverses, as if there were none")
  func expiredLock() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("hospital", chain.blue("2"))
    try chain.given("fund", chain.lock("1", until: chain.timeMs + 10))
    try chain.given("fund", chain.lock("2", until: chain.timeMs + 10))
    chain.timeMs += 10

    let lock = try chain.submit("employer", chain.lock("1", until: chain.timeMs + 10))
    let red = try chain.submit("hospital", chain.red("3", of: "2"))

    #expect(lock.map(\.isDone) == [true])
    #expect(try chain.invoice("1").hold.holder == "employer")
    #expect(red.map(\.isDone) == [true])
  }

  @Test("A holder extends its lock and posts under it")
  func holder() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let expiry = chain.timeMs + 10
    try chain.given("fund", chain.lock("1", until: expiry))

    try chain.given("fund", chain.lock("1", until: expiry + 10))
    chain.timeMs = expiry + 5

    #expect(try chain.submit("fund", chain.post("1", 10_000)).map(\.isDone) == [true])
    #expect(try chain.submit("employer", chain.lock("1", until: expiry + 99))
      .map(\.refused?.code) == ["invoice.locked"])
  }

  @Test("Units post parts up to the last fen, and a part revoked can be posted by another unit")
  func parts() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1", 100))
    try chain.given("fund", chain.post("1", 60))
    try chain.given("employer", chain.post("1", 39))
    #expect(try chain.submit("employer", chain.post("1", 2, id: "V2"))
      .map(\.refused?.code) == ["invoice.exceeds_remaining"])
    try chain.given("employer", chain.post("1", 1, id: "V2"))

    try chain.given("fund", chain.unpost("1"))
    try chain.given("employer", chain.post("1", 60, id: "V3"))

    let postings = try chain.invoice("1").postings
    #expect(postings.map(\.unit) == ["employer", "employer", "employer"])
    #expect(postings.map(\.postingID) == ["V1", "V2", "V3"])
    #expect(postings.map(\.amountFen) == [39, 1, 60])
    #expect(try chain.trail(TestChain.asset("1")).count == 6)
  }

  @Test("A posting belongs to the unit: another desk of it revokes, and cannot reuse its id")
  func unit() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("fund", chain.post("1", 10))

    let again = try chain.submit("fund-2", chain.post("1", 10))
    let other = try chain.submit("employer", chain.post("1", 10))
    let revoked = try chain.submit("fund-2", chain.unpost("1"))

    #expect(again.map(\.refused?.code) == ["invoice.duplicate_posting"])
    #expect(other.map(\.isDone) == [true])
    #expect(revoked.map(\.isDone) == [true])
    #expect(try chain.invoice("1").postings.map(\.unit) == ["employer"])
  }

  @Test("A grant keeps the grantee's keys, and a revoked one is gone from the state, not the trail")
  func grants() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let since = chain.timeMs
    try chain.given("patient", chain.authorise("1", "relative"))
    let grant = try #require(try chain.invoice("1").grant(to: "relative"))
    #expect(grant.grantor == "patient")
    #expect(grant.sinceMs == since)
    #expect(grant.keys == [try chain.wrappedKey("relative")])

    try chain.given("patient", chain.revoke("1", "relative"))

    #expect(try chain.invoice("1").grants.isEmpty)
    #expect(
      try chain.operations(TestChain.asset("1")) == ["putBlue", "authorise", "revoke"])
    #expect(
      try chain.submit("patient", chain.authorise("1", "relative")).map(\.isDone) == [true])
  }

  @Test("A grantee is authorised again for details that came later, with one key more")
  func laterDetail() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("patient", chain.authorise("1", "relative"))
    try chain.given("hospital", chain.detail("1"))

    try chain.given("patient", chain.authorise("1", "relative", details: 1))

    #expect(try chain.invoice("1").grants.map(\.keys.count) == [2])
  }

  @Test("Prints of owner and issuer are counted one by one, and paper is noted with its time")
  func prints() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    try chain.given("patient", chain.print("1"))
    try chain.given("hospital", chain.print("1"))
    let time = chain.timeMs

    try chain.given("hospital", chain.exchangePaper("1", paper: "P7"))

    let invoice = try chain.invoice("1")
    #expect(invoice.prints == 2)
    #expect(invoice.paper.number == "P7")
    #expect(invoice.paper.timeMs == time)
  }

  @Test("Every code of the contract and the ledger has its own name and a remedy")
  func codes() {
    let codes = InvoiceContract.codes
    #expect(Set(codes.map(\.name)).count == codes.count)
    for code in codes {
      #expect(code.name.hasPrefix("invoice."))
      #expect(BuiltinContracts.code(code.name) == code)
      #expect(!code.remedy.isEmpty)
    }
    #expect(BuiltinContracts.code("transaction.expired") == .expired)
    #expect(BuiltinContracts.code("invoice.unheard_of") == nil)
  }
}
