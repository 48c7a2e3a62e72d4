internal import ArgumentParser
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Shows a proposal as proven now.
struct ShowProposal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a proposal, its changes and votes, proven.")

  @Argument(help: "The proposal's id.")
  var id: String

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (_, view) = try await ledger.readProposal(id)
      if json { try Terminal.json(view) } else { view.show() }
    }
  }
}

/// Shows what was decided and is not yet in force.
struct ShowPending: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pending", abstract: "Shows the decisions that wait for the next epoch, proven.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct View: Encodable {
    struct Decision: Encodable {
      var proposal: String
      var height: UInt64
      var changes: [String]
    }

    var decisions: [Decision]
    var provenHeight: UInt64
    var headerHash: String
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (decisions, answer) = try await ledger.pendingDecisions()
      let view = View(
        decisions: decisions.map {
          View.Decision(
            proposal: $0.proposal, height: $0.height, changes: $0.changes.map(\.words))
        },
        provenHeight: answer.header.executed.height, headerHash: answer.header.hash.hex)
      if json { try Terminal.json(view) } else { show(view) }
    }
  }

  private func show(_ view: View) {
    var rows = [["PROPOSAL", "DECIDED", "CHANGE"]]
    for decision in view.decisions {
      for (index, change) in decision.changes.enumerated() {
        rows.append(
          index == 0 ? [decision.proposal, "\(decision.height)", change] : ["", "", change])
      }
    }
    if view.decisions.isEmpty {
      Terminal.print("no decision waits")
    } else {
      for line in Terminal.table(rows) { Terminal.print(line) }
    }
    Terminal.print("proven  state of height \(view.provenHeight), header \(view.headerHash)")
  }
}
