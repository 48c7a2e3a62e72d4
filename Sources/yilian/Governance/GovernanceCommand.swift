internal import ArgumentParser

struct GovernanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "governance",
    abstract: "Proposes changes of the registry and votes on them; shows what was decided.",
    subcommands: [
      ProposeChanges.self, VoteOnProposal.self, WithdrawProposal.self, ShowProposal.self,
      ShowPending.self, ShowNodes.self, ShowEvidence.self,
    ])
}
