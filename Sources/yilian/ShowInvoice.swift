internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import EInvoice
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout
internal import Wire

/// Shows an invoice as proven now; with a member, its sealed content too.
struct ShowInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows an invoice, proven; with --as MEMBER its sealed content as well.")

  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions

  @OptionGroup var dialects: DialectOptions

  @Option(help: "Write the original file here (with --as).")
  var original: String?

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let parser = try dialects.parser()
      let (state, answer) = try await ledger.invoice(code: invoice.code, number: invoice.number)
      guard let state else {
        throw Failure.refused(
          "there is no invoice \(invoice.text): its absence is proven at height "
            + "\(answer.header.executed.height)")
      }
      var view = InvoiceView(state, at: answer.header)
      var refusal: (any Error)?
      if connection.namesMember {
        do {
          let identity = try connection.identity()
          let (_, file) = try await ledger.read(
            code: invoice.code, number: invoice.number, by: identity, timeMs: nowMs())
          if let original { try Files.write(file, to: URL(filePath: original), isSecret: true) }
          view.sealed = try SealedView(file, parser)
        } catch {
          refusal = error
        }
      }
      if json { try Terminal.json(view) } else { view.show() }
      if let refusal {
        throw refusal is InvoiceFault
          ? Failure.refused(
            "the sealed content opened, but is not shown: \(refusal) Name its dialect with "
              + "--dialect, or save the file with --original")
          : Failure.refused("the sealed content stays closed: \(Failure(refusal).message)")
      }
    }
  }
}

/// Checks an invoice that somebody presents by its five elements (五要素).
struct AuthenticateInvoice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "authenticate",
    abstract: "Checks code, number, check code, date and amount against the ledger.")

  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions

  @Option(help: "The check code (校验码).")
  var checkCode: String

  @Option(help: "The date of issue (开票日期), yyyymmdd.")
  var date: UInt32

  @Option(help: "The amount (金额) in yuan.")
  var amount: String

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct Answer: Encodable {
    var authentic: Bool
    var differs: [String]
    var provenHeight: UInt64
    var redFlushed: Bool?
    var postedYuan: String?
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      guard let fen = Fen(yuan: amount) else {
        throw Failure.usage("--amount is '\(amount)': use yuan with at most two decimals")
      }
      let index = try await ledger.blindIndex(for: connection.identity(default: "finance"))
      let (state, answer) = try await ledger.invoice(code: invoice.code, number: invoice.number)
      var result = Answer(
        authentic: false, differs: [], provenHeight: answer.header.executed.height)
      if let state {
        if state.facts.issueDate != date { result.differs.append("date") }
        if state.facts.amountFen != fen.rawValue { result.differs.append("amount") }
        let tag = index.elements(
          code: invoice.code, number: invoice.number, checkCode: checkCode,
          date: state.facts.issueDate, amountFen: state.facts.amountFen)
        if tag.bytes != state.facts.checkTag.octets { result.differs.append("check code") }
        result.authentic = result.differs.isEmpty
        result.redFlushed = state.redFlushed
        result.postedYuan = "\(Fen(rawValue: state.postedFen))"
      } else {
        result.differs = ["code or number"]
      }
      if json { try Terminal.json(result) }
      guard result.authentic else {
        throw Failure.refused(
          "not authentic: \(result.differs.joined(separator: ", ")) differs from the ledger "
            + "(proven at height \(result.provenHeight))")
      }
      if !json {
        Terminal.print(
          "authentic: all five elements agree with the ledger, proven at height "
            + "\(result.provenHeight)")
        Terminal.print("red-flushed  \(state?.redFlushed == true ? "yes" : "no")")
        Terminal.print("posted       \(result.postedYuan ?? "0.00") yuan")
      }
    }
  }
}
