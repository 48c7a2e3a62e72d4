internal import ArgumentParser
internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import Wire

struct ShareInvoices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share",
    abstract: "Shares invoices with a member of another chain.",
    discussion: """
      Names one invoice by its code and number, or with --from all that this chain recorded from \
      a position of its log on; 0 is the first. The original files travel sealed.
      """)

  @Argument(help: "The invoice's code (票据代码) and number (票据号码).")
  var invoice: [String] = []
  @Option(help: "Share all invoices recorded from this position of the log on.")
  var from: UInt64?
  @OptionGroup var crossing: CrossingOptions
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard (from == nil) == (invoice.count == 2), invoice.isEmpty || invoice.count == 2 else {
      throw ValidationError("Name an invoice by CODE NUMBER, or all with --from POSITION.")
    }
    guard crossing.channel != nil else {
      throw ValidationError("--channel and --to are missing: over which channel, and whom for.")
    }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      var recorded: [AssetID] = []
      if let from {
        recorded = try await ledger.recordedInvoices(from: from).invoices
      } else if let code = invoice.first, let number = invoice.last {
        recorded = [InvoiceContract.asset(code: code, number: number)]
      }
      var refused = 0
      for invoice in recorded {
        do {
          try await share(invoice, by: identity, on: ledger)
        } catch {
          guard recorded.count > 1 else { throw error }
          refused += 1
          Terminal.error("\(invoice.key): \(Failure(error).message)")
        }
      }
      if from != nil, !json {
        Terminal.print("\(recorded.count - refused) shared, \(refused) refused")
      }
      if refused > 0 { throw Failure.refused("\(refused) invoices are not shared") }
    }
  }

  private func share(
    _ invoice: AssetID, by identity: Identity, on ledger: RemoteLedger
  ) async throws {
    let (share, file) = try await ledger.share(of: invoice, by: identity, timeMs: nowMs())
    guard let packet = crossing.addressed(RemoteLedger.packet(share)) else { return }
    try await crossing.send(
      packet, content: file, by: identity, on: ledger,
      done: "shared \(share.facts.code) \(share.facts.number)", json: json)
  }
}
