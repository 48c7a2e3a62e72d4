internal import ArgumentParser
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Shows which validators are proven to have lied.
struct ShowEvidence: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Shows the validators that signed votes which exclude each other, proven.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct View: Encodable {
    struct SignedVote: Encodable {
      var statement: String
      var parentView: UInt64?
      var block: String?
      var signature: String
    }

    struct Lie: Encodable {
      var validator: String
      var key: String
      var epoch: UInt64
      var view: UInt64
      var votes: [SignedVote]
      var reporter: String
      var height: UInt64
      var time: String
      var transaction: String
    }

    var lies: [Lie]
    var provenHeight: UInt64
    var headerHash: String
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (lies, answer) = try await ledger.evidence()
      let view = View(
        lies: try lies.map(View.Lie.init), provenHeight: answer.header.executed.height,
        headerHash: answer.header.hash.hex)
      if json { try Terminal.json(view) } else { show(view) }
    }
  }

  private func show(_ view: View) {
    if view.lies.isEmpty {
      Terminal.print("no validator is proven to have lied")
    } else {
      var rows = [["VALIDATOR", "EPOCH", "VIEW", "SIGNED", "REPORTED", "BY"]]
      for lie in view.lies {
        rows.append([
          lie.validator, "\(lie.epoch)", "\(lie.view)",
          lie.votes.map(\.words).joined(separator: " and "), lie.time, lie.reporter,
        ])
      }
      for line in Terminal.table(rows) { Terminal.print(line) }
    }
    Terminal.print(
      "proven  complete up to height \(view.provenHeight), header \(view.headerHash)")
  }
}

extension ShowEvidence.View.Lie {
  init(_ proof: WireEquivocation, _ event: AssetEvent) throws(ModelFault) {
    let votes = [try Vote(proof.first, field: "first"), try Vote(proof.second, field: "second")]
    validator = proof.validator
    key = proof.signingKey.octets.hex
    epoch = proof.first.epoch
    view = proof.first.view
    self.votes = votes.map(ShowEvidence.View.SignedVote.init)
    reporter = event.actor
    height = event.height
    time = TimeText.iso(event.timeMs)
    transaction = event.transactionID.hex
  }
}

extension ShowEvidence.View.SignedVote {
  init(_ vote: Vote) {
    statement = "\(vote.subject.kind)"
    parentView = vote.subject.parentView
    block = vote.subject.block?.hex
    signature = vote.signature.bytes.hex
  }

  var words: String { block.map { "\(statement) \($0.prefix(16))" } ?? statement }
}
