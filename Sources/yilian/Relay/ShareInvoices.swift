internal import ArgumentParser
internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
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

  /// An invoice, and where in the log it was recorded.
  private struct Recorded {
    let code: String
    let number: String
    let position: UInt64
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      var recorded: [Recorded] = []
      if let from {
        recorded = try await all(from: from, on: ledger)
      } else if let code = invoice.first, let number = invoice.last {
        recorded = [try await one(code, number, on: ledger)]
      }
      var refused = 0
      for invoice in recorded {
        do {
          try await share(invoice, by: identity, on: ledger)
        } catch {
          guard recorded.count > 1 else { throw error }
          refused += 1
          Terminal.error("\(invoice.code) \(invoice.number): \(Failure(error).message)")
        }
      }
      if from != nil, !json {
        Terminal.print("\(recorded.count - refused) shared, \(refused) refused")
      }
      if refused > 0 { throw Failure.refused("\(refused) invoices are not shared") }
    }
  }

  private func share(
    _ invoice: Recorded, by identity: Identity, on ledger: RemoteLedger
  ) async throws {
    let (state, file) = try await ledger.read(
      code: invoice.code, number: invoice.number, by: identity, timeMs: nowMs())
    var share = RelayInvoiceShare()
    share.facts = state.facts
    if state.isRed {
      share.blueCode = state.relatedCode
      share.blueNumber = state.relatedNumber
    }
    share.cursor = invoice.position
    guard var packet = crossing.packet("invoice.share", share) else { return }
    packet.schema = SealedContent.invoiceFile
    packet.schemaVersion = 1
    try await crossing.send(
      packet, content: file, by: identity, on: ledger,
      done: "shared \(invoice.code) \(invoice.number)", json: json)
  }

  private func one(
    _ code: String, _ number: String, on ledger: RemoteLedger
  ) async throws -> Recorded {
    let asset = InvoiceContract.asset(code: code, number: number)
    guard let trail = try await ledger.trail(of: asset).fact else {
      throw Failure.refused("\(code) \(number) is not on this chain: import it first")
    }
    let later = trail.events.dropFirst().first
    return Recorded(
      code: code, number: number,
      position: later?.previousPosition ?? trail.current.leaf.position)
  }

  /// What the chain recorded, in its order, so that a blue invoice goes before its red one.
  private func all(from position: UInt64, on ledger: RemoteLedger) async throws -> [Recorded] {
    let end = try await ledger.connection.status().logSize
    var recorded: [Recorded] = []
    guard position < end else { return [] }
    for try await item in try await ledger.connection.events(from: position) {
      if item.kind == .event {
        let event = try AssetEvent(decoding: item.record.octets)
        if event.asset.namespace == InvoiceContract.namespace,
          ["putBlue", "putRed"].contains(event.operation)
        {
          let state = try ledger.invoiceState(
            try await ledger.value(of: event.asset).fact?.value ?? [])
          recorded.append(
            Recorded(
              code: state.facts.code, number: state.facts.number, position: item.position))
        }
      }
      if item.position + 1 >= end { break }
    }
    return recorded
  }
}
