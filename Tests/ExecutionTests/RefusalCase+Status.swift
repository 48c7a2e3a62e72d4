import Cryptography
import LedgerModel
import Wire

@testable import BuiltinContracts

extension RefusalCase {
  /// Printing and exchanging for paper.
  static let status: [RefusalCase] = [
    RefusalCase(
      "A stranger to an invoice does not print it", InvoiceContract.notOwner,
      field: "member", value: "relative", by: "relative",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.print("1") }),
    RefusalCase(
      "An issuer of another region does not print", .outsideRegion,
      field: "facts.region", value: "460106, clinic has 460200", by: "clinic",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.print("1") }),
    RefusalCase(
      "An invoice that is not there is not printed", InvoiceContract.notFound,
      field: "invoice", value: "46060226:1", by: "patient",
      when: { $0.print("1") }),
    RefusalCase(
      "The count of prints does not wrap", .tooLarge,
      field: "prints", value: "4294967295", by: "patient",
      given: { chain in
        try chain.given("hospital", chain.blue("1"))
        var invoice = try chain.invoice("1")
        invoice.prints = .max
        chain.state.forge(TestChain.asset("1").indexKey(chain.suite), value: invoice.encoded)
      },
      when: { $0.print("1") }),
    RefusalCase(
      "An invoice is exchanged for paper once, and the refusal names the paper",
      InvoiceContract.alreadyExchanged, field: "paper", value: "46010001:P1", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.exchangePaper("1"))
      },
      when: { $0.exchangePaper("1", paper: "P2") }),
    RefusalCase(
      "A reversed invoice is not exchanged for paper", InvoiceContract.flushed,
      field: "red", value: "46060226:2", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { $0.exchangePaper("1") }),
    RefusalCase(
      "A red invoice is not exchanged for paper", InvoiceContract.isRed,
      field: "amount_fen", value: "-10000", by: "hospital",
      given: {
        try $0.given("hospital", $0.blue("1"))
        try $0.given("hospital", $0.red("2", of: "1"))
      },
      when: { $0.exchangePaper("2") }),
    RefusalCase(
      "An issuer of another region does not exchange", .outsideRegion,
      field: "facts.region", value: "460106, clinic has 460200", by: "clinic",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.exchangePaper("1") }),
    RefusalCase(
      "The owner does not exchange for paper by itself", .notPermitted,
      field: "roles", value: "patient needs issuer", by: "patient",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.exchangePaper("1") }),
    RefusalCase(
      "The paper invoice has a number", InvoiceContract.malformed,
      field: "paper_number", value: "", by: "hospital",
      given: { try $0.given("hospital", $0.blue("1")) },
      when: { $0.exchangePaper("1", paper: "") }),
  ]
}
