import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Facts and sealed content that are not what they must be.
  static let wellFormedness: [RefusalCase] = [
    broken("A blue invoice is not nothing", "facts.amount_fen", "0") { $0.facts.amountFen = 0 },
    broken("A blue invoice is positive", "facts.amount_fen", "-1") { $0.facts.amountFen = -1 },
    broken("An amount has a bound", "facts.amount_fen", "1000000000001") {
      $0.facts.amountFen = InvoiceContract.Limit.amount + 1
    },
    broken("The largest number is no amount", "facts.amount_fen", "\(Int64.max)") {
      $0.facts.amountFen = .max
    },
    broken("A code is not empty", "facts.code", "") { $0.facts.code = "" },
    broken("A code has no colon, or two invoices could share a key", "facts.code", "4606:1") {
      $0.facts.code = "4606:1"
    },
    broken("A number is ASCII", "facts.number", "一") { $0.facts.number = "一" },
    broken(
      "A number leaves room in the asset's key", "facts.number",
      String(repeating: "7", count: 64)
    ) { $0.facts.number = String(repeating: "7", count: 64) },
    broken("February has no 30th", "facts.issue_date", "20260230") {
      $0.facts.issueDate = 20_260_230
    },
    broken("1900 was no leap year", "facts.issue_date", "19000229") {
      $0.facts.issueDate = 19_000_229
    },
    broken("There is no month 13", "facts.issue_date", "20261301") {
      $0.facts.issueDate = 20_261_301
    },
    broken("There is no day 0", "facts.issue_date", "20260100") { $0.facts.issueDate = 20_260_100 },
    broken("An institution is named", "facts.institution", "0 bytes") { $0.facts.institution = "" },
    broken("An institution's name has a bound", "facts.institution", "201 bytes") {
      $0.facts.institution = String(repeating: "a", count: 201)
    },
    broken("A region has six digits", "facts.region", "4601") { $0.facts.region = "4601" },
    broken("A region has digits only", "facts.region", "4601ab") { $0.facts.region = "4601ab" },
    broken("A payer's tag has 32 bytes", "facts.payer_tag", "31 bytes") {
      $0.facts.payerTag = [UInt8](repeating: 1, count: 31).data
    },
    broken("A check tag has 32 bytes", "facts.check_tag", "33 bytes") {
      $0.facts.checkTag = [UInt8](repeating: 1, count: 33).data
    },
    broken(
      "The sealed content travels with the call", "sealed.attachment",
      [UInt8](repeating: 1, count: 32).hex, InvoiceContract.sealedContent
    ) { $0.sealed.attachment = [UInt8](repeating: 1, count: 32).data },
    broken(
      "An attachment is named by a whole digest", "sealed.attachment", "0101",
      InvoiceContract.sealedContent
    ) { $0.sealed.attachment = [1, 1].data },
    broken(
      "A commitment has 32 bytes", "sealed.commitment", "0 bytes", InvoiceContract.sealedContent
    ) { $0.sealed.commitment = [UInt8]().data },
    broken(
      "The data key is wrapped to the owner", "sealed.owner_key.recipient", "relative",
      InvoiceContract.wrappedKey
    ) { $0.sealed.ownerKey.recipient = "relative" },
    broken(
      "The wrapped key names the registered sealing key", "sealed.owner_key.key_id",
      "0102030405060708", InvoiceContract.wrappedKey
    ) { $0.sealed.ownerKey.keyID = [1, 2, 3, 4, 5, 6, 7, 8].data },
    broken(
      "A wrapped key is not a byte short", "sealed.owner_key.wrapped", "79 bytes, intl has 80",
      InvoiceContract.wrappedKey
    ) { $0.sealed.ownerKey.wrapped = [UInt8](repeating: 1, count: 79).data },
    broken(
      "A wrapped key is not a byte long", "sealed.owner_key.wrapped", "81 bytes, intl has 80",
      InvoiceContract.wrappedKey
    ) { $0.sealed.ownerKey.wrapped = [UInt8](repeating: 1, count: 81).data },
    RefusalCase(
      "A call carries its one content and no other", InvoiceContract.sealedContent,
      field: "sealed.attachment",
      value: IntlSuite().hash(.attachment, Array("content of 1".utf8)).hex, by: "hospital",
      when: { chain in
        var request = try chain.blue("1")
        request.contents.append([1])
        return request
      }),
    RefusalCase(
      "A red invoice is negative", InvoiceContract.malformed,
      field: "facts.amount_fen", value: "10000", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.red("2", of: "1", 10_000) }),
    RefusalCase(
      "The smallest number is no amount", InvoiceContract.malformed,
      field: "facts.amount_fen", value: "\(Int64.min)", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.red("2", of: "1", .min) }),
    RefusalCase(
      "Arguments are the method's message", .malformedArguments,
      field: "yilian.invoices.v1.PutBlue", value: "3 bytes", by: "hospital",
      when: { _ in Request(method: "putBlue", arguments: [0xff, 0xff, 0xff]) }),
    RefusalCase(
      "Arguments have no unknown fields", .malformedArguments,
      field: "yilian.invoices.v1.Print", value: "15 bytes", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        var request = chain.print("1")
        request.arguments += [0x78, 0x01]
        return request
      }),
    RefusalCase(
      "A contract must exist", .unknownContract, field: "contract", value: "nothing",
      by: "patient",
      when: { chain in
        var request = chain.print("1")
        request.contract = "nothing"
        return request
      }),
    RefusalCase(
      "A method must exist", .unknownMethod, field: "method", value: "invoice.burn", by: "patient",
      when: { _ in Request(method: "burn", arguments: []) }),
  ]

  /// A blue invoice with one thing wrong.
  private static func broken(
    _ title: String, _ field: String, _ value: String,
    _ code: Refusal.Code = InvoiceContract.malformed,
    _ change: @escaping @Sendable (inout InvoicePutBlue) -> Void
  ) -> RefusalCase {
    RefusalCase(
      title, code, field: field, value: value, by: "hospital",
      when: { try $0.blue("1", 10_000, change) })
  }
}
