internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout
internal import Wire

/// Prints the complete history of an invoice, verified before it is printed.
struct InvoiceTrail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trail",
    abstract: "Prints the complete, proven history of an invoice; can save the proof.")

  @OptionGroup var invoice: InvoiceName
  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Write the self-contained proof here; check it with 'yilian verify'.")
  var bundle: String?

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let answer = try await ledger.trail(
        of: InvoiceContract.asset(code: invoice.code, number: invoice.number))
      if let bundle { try Files.write(answer.bundle.encoded, to: URL(filePath: bundle)) }
      guard let trail = answer.fact else {
        throw Failure.refused(
          "there is no invoice \(invoice.text): its absence is proven at height "
            + "\(answer.header.executed.height)")
      }
      let view = TrailView(trail, header: answer.header)
      if json {
        try Terminal.json(view)
      } else {
        view.show()
        if let bundle {
          Terminal.print("proof     \(bundle), \(answer.bundle.encoded.count) bytes")
        }
      }
    }
  }
}

/// A proven trail as shown.
struct TrailView: Encodable {
  struct Event: Encodable {
    var sequence: UInt64
    var time: String
    var height: UInt64
    var operation: String
    var actor: String
    var transaction: String
    var digest: String
  }

  var asset: String
  var complete: Bool
  var provenHeight: UInt64
  var headerHash: String
  var events: [Event]

  init(_ trail: ProvenTrail, header: BlockHeader) {
    asset = "\(trail.current.asset)"
    complete = true
    provenHeight = header.executed.height
    headerHash = header.hash.hex
    // The digest of an event is what the next one names; the last one's is in the index.
    let digests = trail.events.dropFirst().map(\.previous) + [trail.current.leaf.head]
    events = zip(trail.events, digests).map { event, digest in
      Event(
        sequence: event.sequence, time: TimeText.iso(event.timeMs), height: event.height,
        operation: event.operation, actor: event.actor, transaction: event.transactionID.hex,
        digest: digest.hex)
    }
  }

  func show() {
    Terminal.print("trail of \(asset)")
    let header = ["#", "TIME", "HEIGHT", "OPERATION", "MEMBER", "TRANSACTION"]
    let rows = events.map { event in
      [
        "\(event.sequence)", event.time, "\(event.height)", event.operation, event.actor,
        String(event.transaction.prefix(16)),
      ]
    }
    for line in Terminal.table([header] + rows) { Terminal.print(line) }
    Terminal.print(
      "proven    complete: \(events.count) events, none missing, added or altered, up to height "
        + "\(provenHeight)")
    Terminal.print("header    \(headerHash)")
  }
}
