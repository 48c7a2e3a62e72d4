import Cryptography
import LedgerModel
import Testing

@testable import BuiltinContracts

/// Every refusal of the contracts, with the field and the value that it names.
struct RefusalTests {
  @Test("A call is refused by name and changes nothing but its receipt", arguments: RefusalCase.all)
  func refusal(story: RefusalCase) throws {
    var chain = try TestChain()
    try story.given(&chain)

    let transaction = try chain.transaction(story.member, [story.when(chain)])
    let result = try chain.execute([transaction])

    let receipts = result.transactions.flatMap(\.receipts)
    try #require(receipts.count == 1)
    let refused = try #require(receipts[0].refused, "the call was carried out")
    #expect(refused.code == story.code.name)
    #expect(refused.field == story.field)
    #expect(refused.value == story.value)
    #expect(result.updates.isEmpty)
    #expect(result.records == [.receipt(receipts[0].encoded)])
  }

  @Test("The stories reach every code that the contracts have")
  func everyCode() {
    let reached = Set(RefusalCase.all.map(\.code.name))
    let missing = (InvoiceContract.codes + GovernanceContract.codes).map(\.name).filter {
      !reached.contains($0)
    }
    #expect(missing.isEmpty)
  }

  @Test("A refused value is cut to its bound, however the text is composed")
  func longValues() {
    let marks = "e" + String(repeating: "\u{301}", count: 5_000)
    let refusal = Refusal(.unknownMember, field: "member", value: marks)
    #expect(refusal.value.utf8.count <= Refusal.valueBytes)
    #expect(refusal.value.hasSuffix("…"))
    let widest = Refusal(
      .unknownMember, field: "member", value: String(repeating: "🧾", count: 65))
    #expect(widest.value.utf8.count == 4 * 63 + 3)
    let short = String(repeating: "a", count: Refusal.valueBytes)
    #expect(Refusal(.unknownMember, field: "member", value: short).value == short)
  }

  @Test("A name that only looks like a recorded invoice's does not hide that invoice")
  func lookalike() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("K1"))
    let transactions = [
      // The Kelvin sign is canonically equivalent to K, but its bytes are others.
      try chain.transaction("fund", [chain.post("\u{212a}1", 1)]),
      try chain.transaction("hospital", [chain.blue("K1")]),
      try chain.transaction("fund", [chain.post("K1", 1)]),
    ]

    let result = try chain.commit(transactions)

    #expect(
      result.transactions.flatMap(\.receipts).map(\.refused?.code)
        == ["invoice.not_found", "invoice.duplicate", nil])
    #expect(try chain.invoice("K1").postedFen == 1)
  }
}
