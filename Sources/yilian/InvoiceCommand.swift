internal import ArgumentParser
internal import Cryptography
internal import LedgerClient
internal import LedgerModel

struct InvoiceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoice", abstract: "Records, shows, proves and uses e-invoices.",
    subcommands: [
      ImportInvoices.self, ShowInvoice.self, InvoiceTrail.self, AuthenticateInvoice.self,
      LockInvoice.self, UnlockInvoice.self, PostInvoice.self, UnpostInvoice.self,
      PrintInvoice.self, ExchangePaper.self, AuthoriseInvoice.self, RevokeInvoice.self,
      ShareInvoices.self, RequestInvoices.self,
    ])
}

/// The two arguments that name an invoice.
struct InvoiceName: ParsableArguments {
  @Argument(help: "The invoice's code (票据代码).")
  var code: String

  @Argument(help: "The invoice's number (票据号码).")
  var number: String

  var text: String { "\(code) \(number)" }
}

/// Submits one call and says what became of it; a refusal is exit code 1.
func perform(
  _ call: PreparedCall, by identity: Identity, on ledger: RemoteLedger, done: String, json: Bool
) async throws {
  let receipts = try await ledger.submit([call.call], attachments: call.attachments, by: identity)
  guard let receipt = receipts.first else { throw Failure.refused("the node gave no receipt") }
  let outcome = ReceiptOutcome(receipt)
  if json { try Terminal.json(outcome) }
  guard outcome.done else { throw Failure.refused(outcome.sentence) }
  if !json {
    Terminal.print(
      "\(done) at height \(receipt.height), transaction \(receipt.transactionID), proven")
  }
}

/// Submits one call.
/// - Returns: Its receipt.
/// - Throws: `Failure` if the call is refused.
func submit(
  _ call: PreparedCall, by identity: Identity, on ledger: RemoteLedger
) async throws -> Receipt {
  let receipts = try await ledger.submit([call.call], attachments: call.attachments, by: identity)
  guard let receipt = receipts.first else { throw Failure.refused("the node gave no receipt") }
  guard receipt.isDone else { throw Failure.refused(ReceiptOutcome(receipt).sentence) }
  return receipt
}
