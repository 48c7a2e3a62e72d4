import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Authorising and revoking.
  static let authorisation: [RefusalCase] = [
    RefusalCase(
      "Only the owner authorises", InvoiceContract.notOwner,
      field: "member", value: "hospital", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.authorise("1", "relative") }),
    RefusalCase(
      "The owner needs no authorisation", InvoiceContract.ownerIsGrantee,
      field: "grantee", value: "patient", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.authorise("1", "patient") }),
    RefusalCase(
      "A grantee is a registered member", .unknownMember,
      field: "grantee", value: "stranger", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.authorise("1", "stranger") }),
    RefusalCase(
      "A member is authorised once", InvoiceContract.alreadyAuthorised,
      field: "grantee", value: "relative", by: "patient",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("patient", $0.authorise("1", "relative"))
      },
      when: { try $0.authorise("1", "relative") }),
    RefusalCase(
      "There is a key for every content", InvoiceContract.wrappedKey,
      field: "keys", value: "1, the invoice has 2 contents", by: "patient",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.detail("1"))
      },
      when: { try $0.authorise("1", "relative") }),
    RefusalCase(
      "There is no key without a content", InvoiceContract.wrappedKey,
      field: "keys", value: "2, the invoice has 1 contents", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { try $0.authorise("1", "relative", details: 1) }),
    RefusalCase(
      "A grantee's key is wrapped to the grantee", InvoiceContract.wrappedKey,
      field: "keys[0].recipient", value: "employer", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        let key = try chain.wrappedKey("employer")
        return try chain.authorise("1", "relative") { $0.keys = [key] }
      }),
    RefusalCase(
      "A grantee's key names the registered sealing key", InvoiceContract.wrappedKey,
      field: "keys[1].key_id", value: "", by: "patient",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.detail("1"))
      },
      when: { chain in
        try chain.authorise("1", "relative", details: 1) { $0.keys[1].keyID = [UInt8]().data }
      }),
    RefusalCase(
      "A grantee's key has the size of a wrapped key", InvoiceContract.wrappedKey,
      field: "keys[0].wrapped", value: "0 bytes, intl has 80", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { chain in
        try chain.authorise("1", "relative") { $0.keys[0].wrapped = [UInt8]().data }
      }),
    RefusalCase(
      "An invoice has at most 256 grants", .tooLarge, field: "grants", value: "256",
      by: "patient",
      given: { chain in
        try chain.given("hospital", chain.blue("1"))
        var invoice = try chain.invoice("1")
        invoice.grants = (0..<InvoiceContract.Limit.grants).map { index in
          var grant = InvoiceGrant()
          grant.grantee = "member-\(index)"
          return grant
        }
        chain.state.forge(TestChain.asset("1").indexKey(chain.suite), value: invoice.encoded)
      },
      when: { try $0.authorise("1", "relative") }),
    RefusalCase(
      "An invoice is authorised after it is recorded", InvoiceContract.notFound,
      field: "invoice", value: "46060226:1", by: "patient",
      when: { try $0.authorise("1", "relative") }),
    RefusalCase(
      "Who was never authorised is not revoked", InvoiceContract.notAuthorised,
      field: "grantee", value: "relative", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.revoke("1", "relative") }),
    RefusalCase(
      "Only the owner revokes", InvoiceContract.notOwner,
      field: "member", value: "relative", by: "relative",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("patient", $0.authorise("1", "relative"))
      },
      when: { $0.revoke("1", "relative") }),
  ]
}
