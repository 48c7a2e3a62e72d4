import LedgerModel

@testable import BuiltinContracts

extension RefusalCase {
  /// Locking, unlocking, posting and unposting.
  static let reimbursement: [RefusalCase] = [
    RefusalCase(
      "A reversed invoice cannot be posted, and the refusal names its red one",
      InvoiceContract.flushed, field: "red", value: "46060226:2", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { $0.post("1", 1) }),
    RefusalCase(
      "A reversed invoice cannot be locked", InvoiceContract.flushed,
      field: "red", value: "46060226:2", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { $0.lock("1", until: $0.timeMs + 1) }),
    RefusalCase(
      "A red invoice cannot be posted", InvoiceContract.isRed,
      field: "amount_fen", value: "-10000", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { $0.post("2", 1) }),
    RefusalCase(
      "Nothing is posted to an invoice that is not there", InvoiceContract.notFound,
      field: "invoice", value: "46060226:1", by: "fund",
      when: { $0.post("1", 1) }),
    RefusalCase(
      "A posting is positive", InvoiceContract.malformed,
      field: "amount_fen", value: "0", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.post("1", 0) }),
    RefusalCase(
      "A negative posting cannot make room for another", InvoiceContract.malformed,
      field: "amount_fen", value: "\(Int64.min)", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.post("1", .min) }),
    RefusalCase(
      "A posting has an id", InvoiceContract.malformed, field: "posting_id", value: "", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.post("1", 1, id: "") }),
    RefusalCase(
      "A posting above the amount is refused", InvoiceContract.exceedsRemaining,
      field: "amount_fen", value: "10001, 10000 remain of 10000", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.post("1", 10_001) }),
    RefusalCase(
      "A posting above what other units left is refused", InvoiceContract.exceedsRemaining,
      field: "amount_fen", value: "\(Int64.max), 1 remain of 10000", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("employer", $0.post("1", 9_999))
      },
      when: { $0.post("1", .max) }),
    RefusalCase(
      "An invoice posted in full names who posted what", InvoiceContract.postedInFull,
      field: "postings", value: "fund 9000, employer 1000", by: "employer",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.post("1", 9_000))
        try $0.given("employer", $0.post("1", 1_000))
      },
      when: { $0.post("1", 1, id: "V2") }),
    RefusalCase(
      "An invoice posted in full is not locked", InvoiceContract.postedInFull,
      field: "amount_fen", value: "10000", by: "employer",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.post("1", 10_000))
      },
      when: { $0.lock("1", until: $0.timeMs + 1) }),
    RefusalCase(
      "A unit uses a posting id once for an invoice", InvoiceContract.duplicatePosting,
      field: "posting_id", value: "V1", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.post("1", 1))
      },
      when: { $0.post("1", 2) }),
    RefusalCase(
      "An invoice has at most 256 postings", .tooLarge, field: "postings", value: "256",
      by: "fund",
      given: { chain in
        try chain.given("hospital", chain.blue("1"))
        for index in 0..<InvoiceContract.Limit.postings {
          try chain.given("fund", chain.post("1", 1, id: "V\(index)"))
        }
      },
      when: { $0.post("1", 1, id: "last") }),
    RefusalCase(
      "Another member's lock keeps a posting out and names its holder", InvoiceContract.locked,
      field: "holder", value: "fund until \(TestChain.start + 5_000)", by: "employer",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.lock("1", until: TestChain.start + 5_000))
      },
      when: { $0.post("1", 1) }),
    RefusalCase(
      "A lock belongs to the member, not to its unit", InvoiceContract.locked,
      field: "holder", value: "fund until \(TestChain.start + 5_000)", by: "fund-2",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.lock("1", until: TestChain.start + 5_000))
      },
      when: { $0.lock("1", until: TestChain.start + 6_000) }),
    RefusalCase(
      "Only the holder unlocks", InvoiceContract.locked,
      field: "holder", value: "fund until \(TestChain.start + 5_000)", by: "employer",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.lock("1", until: TestChain.start + 5_000))
      },
      when: { $0.unlock("1") }),
    RefusalCase(
      "An invoice without a lock is not unlocked", InvoiceContract.notLocked,
      field: "invoice", value: "46060226:1", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.unlock("1") }),
    RefusalCase(
      "Not even its holder unlocks an expired lock", InvoiceContract.notLocked,
      field: "invoice", value: "46060226:1", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.lock("1", until: TestChain.start + 5_000))
        $0.timeMs = TestChain.start + 5_000
      },
      when: { $0.unlock("1") }),
    RefusalCase(
      "A lock does not end at the block's own time", InvoiceContract.lockExpiry,
      field: "expires_ms",
      value: "\(TestChain.start + 1), the block has \(TestChain.start + 1)", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.lock("1", until: $0.timeMs) }),
    RefusalCase(
      "A lock is not for more than 366 days", InvoiceContract.lockExpiry, field: "expires_ms",
      value: "\(TestChain.start + 2 + 31_622_400_000), the block has \(TestChain.start + 1)",
      by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.lock("1", until: $0.timeMs + InvoiceContract.Limit.lockMs + 1) }),
    RefusalCase(
      "A lock has a purpose", InvoiceContract.malformed, field: "purpose", value: "0 bytes",
      by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.lock("1", until: $0.timeMs + 1, purpose: "") }),
    RefusalCase(
      "A purpose has at most 200 bytes", InvoiceContract.malformed,
      field: "purpose", value: "201 bytes", by: "fund",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.lock("1", until: $0.timeMs + 1, purpose: String(repeating: "票", count: 67)) }),
    RefusalCase(
      "A unit does not revoke another unit's posting", InvoiceContract.postingNotFound,
      field: "posting_id", value: "employer V1", by: "employer",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.post("1", 1))
      },
      when: { $0.unpost("1") }),
    RefusalCase(
      "A posting is revoked once", InvoiceContract.postingNotFound,
      field: "posting_id", value: "fund V1", by: "fund",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.post("1", 1))
        try $0.given("fund", $0.unpost("1"))
      },
      when: { $0.unpost("1") }),
  ] + withoutRole

  private static let withoutRole: [RefusalCase] = [
    notReimburser("lock") { $0.lock("1", until: $0.timeMs + 1) },
    notReimburser("unlock") { $0.unlock("1") },
    notReimburser("post") { $0.post("1", 1) },
    notReimburser("unpost") { $0.unpost("1") },
  ]

  private static func notReimburser(
    _ method: String, _ when: @escaping @Sendable (TestChain) throws -> Request
  ) -> RefusalCase {
    RefusalCase(
      "An issuer does not \(method)", .notPermitted, field: "roles",
      value: "hospital needs reimburser", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) }, when: when)
  }
}
