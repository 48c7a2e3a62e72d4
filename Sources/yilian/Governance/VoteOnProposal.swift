internal import ArgumentParser
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Casts an organisation's vote; what is signed is what was proven and printed.
struct VoteOnProposal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vote",
    abstract: "Votes for this member's organisation, on exactly the changes that are printed.")

  enum Answer: String, ExpressibleByArgument, CaseIterable { case yes, no }

  @Argument(help: "The proposal's id.")
  var id: String

  @Argument(help: "yes or no.")
  var answer: Answer

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Why; everybody can read it.")
  var opinion: String?

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let (proposal, view) = try await ledger.readProposal(id)
      if !json { view.show() }
      var call = WireCastVote()
      call.proposal = id
      call.changes = proposal.changes
      call.approve = answer == .yes
      call.opinion = opinion ?? (answer == .yes ? "in favour" : "against")
      try await perform(
        ledger.prepareDecision("vote", call), by: identity, on: ledger,
        done: "voted \(answer.rawValue) on \(id)", json: json)
    }
  }
}

extension RemoteLedger {
  /// A proposal, proven, and how it stands.
  func readProposal(_ id: String) async throws -> (WireProposal, ProposalView) {
    let (proposal, answer) = try await proposal(id)
    guard let proposal else {
      throw Failure.refused(
        "there is no proposal \(id): its absence is proven at height "
          + "\(answer.header.executed.height)")
    }
    return (
      proposal, ProposalView(id, proposal, roster: try await roster(), at: answer.header)
    )
  }
}
