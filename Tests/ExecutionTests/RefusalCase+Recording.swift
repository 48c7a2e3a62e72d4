import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Putting blue, red and detail.
  static let recording: [RefusalCase] = [
    RefusalCase(
      "An invoice is recorded once", InvoiceContract.duplicate,
      field: "facts.number", value: "46060226:1", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.blue("1") }),
    RefusalCase(
      "Another amount under the same code and number is a conflict", InvoiceContract.conflict,
      field: "facts.number", value: "46060226:1", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.blue("1", 10_001) }),
    RefusalCase(
      "Other content under the same facts is a conflict", InvoiceContract.conflict,
      field: "facts.number", value: "46060226:1", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.blue("1") { $0.sealed.commitment = [UInt8](repeating: 9, count: 32).data }
      }),
    RefusalCase(
      "A red invoice cannot take a blue one's number", InvoiceContract.conflict,
      field: "facts.number", value: "46060226:1", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.red("1", of: "1") }),
    RefusalCase(
      "A red invoice waits for its blue one", InvoiceContract.blueNotFound,
      field: "blue", value: "46060226:1", by: "hospital",
      when: { try $0.red("2", of: "1") }),
    RefusalCase(
      "A red invoice does not reverse itself", InvoiceContract.blueNotFound,
      field: "blue", value: "46060226:2", by: "hospital",
      when: { try $0.red("2", of: "2") }),
    RefusalCase(
      "A red invoice does not reverse a red one", InvoiceContract.notBlue,
      field: "blue", value: "46060226:2", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { try $0.red("3", of: "2") }),
    RefusalCase(
      "A blue invoice is reversed once, and the refusal names its red one",
      InvoiceContract.alreadyFlushed, field: "blue", value: "46060226:2", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { try $0.red("3", of: "1") }),
    RefusalCase(
      "A red invoice of another payer does not reverse", InvoiceContract.redPayerDiffers,
      field: "facts.payer_tag", value: [UInt8](repeating: 0x12, count: 32).hex, by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.red("2", of: "1") { $0.facts.payerTag = [UInt8](repeating: 0x12, count: 32).data }
      }),
    RefusalCase(
      "A red invoice of another owner does not reverse", InvoiceContract.redOwnerDiffers,
      field: "owner", value: "relative, the blue one has patient", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.red("2", of: "1") {
          $0.owner = "relative"
          $0.sealed = try chain.sealed(Array("content of 2".utf8), owner: "relative")
        }
      }),
    RefusalCase(
      "A red invoice of another amount does not reverse", InvoiceContract.redAmountDiffers,
      field: "facts.amount_fen", value: "-9999, the blue one has 10000", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.red("2", of: "1", -9_999) }),
    RefusalCase(
      "A red invoice of another institution does not reverse",
      InvoiceContract.redInstitutionDiffers, field: "facts.institution", value: "hospital-9",
      by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.red("2", of: "1") { $0.facts.institution = "hospital-9" }
      }),
    RefusalCase(
      "A posted invoice cannot be reversed, and the refusal names the unit",
      InvoiceContract.posted, field: "unit", value: "fund", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund-2", $0.post("1", 1))
      },
      when: { try $0.red("2", of: "1") }),
    RefusalCase(
      "A locked invoice cannot be reversed, and the refusal names holder and expiry",
      InvoiceContract.locked, field: "holder", value: "fund until \(TestChain.start + 5_000)",
      by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("fund", $0.lock("1", until: TestChain.start + 5_000))
      },
      when: { try $0.red("2", of: "1") }),
    RefusalCase(
      "A member without the role does not record", .notPermitted,
      field: "roles", value: "fund needs issuer", by: "fund",
      when: { try $0.blue("1") }),
    RefusalCase(
      "An issuer does not record for another region", .outsideRegion,
      field: "facts.region", value: "460106, clinic has 460200", by: "clinic",
      when: { try $0.blue("1") }),
    RefusalCase(
      "An owner is a registered member", .unknownMember,
      field: "owner", value: "stranger", by: "hospital",
      when: { try $0.blue("1", owner: "stranger") }),
    RefusalCase(
      "A detail needs its invoice", InvoiceContract.notFound,
      field: "invoice", value: "46060226:1", by: "hospital",
      when: { try $0.detail("1") }),
    RefusalCase(
      "Only who recorded an invoice adds details", .notPermitted,
      field: "submitter", value: "hospital", by: "clinic",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.detail("1") }),
    RefusalCase(
      "An invoice has at most 16 details", .tooLarge, field: "details", value: "16",
      by: "hospital",
      given: { chain in
        try chain.given("hospital", chain.blue("1"))
        for index in 0..<InvoiceContract.Limit.details {
          try chain.given("hospital", chain.detail("1", "detail \(index)"))
        }
      },
      when: { try $0.detail("1") }),
    RefusalCase(
      "A detail's content travels with the call", InvoiceContract.sealedContent,
      field: "sealed.attachment", value: [UInt8](repeating: 1, count: 32).hex, by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.detail("1") { $0.sealed.attachment = [UInt8](repeating: 1, count: 32).data }
      }),
    RefusalCase(
      "A detail's key is wrapped to the owner", InvoiceContract.wrappedKey,
      field: "sealed.owner_key.recipient", value: "relative", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        let key = try chain.wrappedKey("relative")
        return try chain.detail("1") { $0.sealed.ownerKey = key }
      }),
    RefusalCase(
      "A detail's key names the owner's sealing key", InvoiceContract.wrappedKey,
      field: "sealed.owner_key.key_id", value: "0102030405060708", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.detail("1") { $0.sealed.ownerKey.keyID = [1, 2, 3, 4, 5, 6, 7, 8].data }
      }),
    RefusalCase(
      "A detail's key has the size of a wrapped key", InvoiceContract.wrappedKey,
      field: "sealed.owner_key.wrapped", value: "3 bytes, intl has 80", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in try chain.detail("1") { $0.sealed.ownerKey.wrapped = [1, 2, 3].data } }),
  ]
}
