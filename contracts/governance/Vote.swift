internal import ContractEngine
internal import LedgerModel
internal import Wire

extension GovernanceContract {
  /// V2. A governor votes once for its organisation, with an opinion; V3. the vote that makes more
  /// than two thirds decides, and the one that makes them impossible rejects.
  static let vote = Method(
    "vote", roles: [governor], arguments: WireCastVote.self,
    touches: { call in
      [Governance.proposal(call.proposal), Governance.pending]
        + Registry.assets(of: judged(call.changes))
    },
    perform: { (call, scope) throws(Refusal) in
      try call.opinion.checkOpinion("opinion")
      var (asset, proposal) = try scope.openProposal(call.proposal)
      // What is signed is what is agreed to, byte for byte: texts that only look alike differ.
      guard call.changes.map(\.encoded) == proposal.changes.map(\.encoded) else {
        throw Refusal(otherChanges, field: "changes", value: "\(call.changes.count) changes")
      }
      let organisation = scope.caller.organisation
      if let earlier = proposal.ballots.first(where: { $0.organisation == organisation }) {
        throw Refusal(alreadyVoted, field: "member", value: earlier.member)
      }
      var ballot = WireBallot()
      ballot.organisation = organisation
      ballot.member = scope.caller.id
      ballot.approve = call.approve
      proposal.ballots.append(ballot)
      switch proposal.verdict(scope.registry([]).roster) {
      case .open: break
      case .rejected:
        proposal.status = .rejected
        proposal.decidedHeight = scope.height
      case .approved:
        proposal.status = .approved
        proposal.decidedHeight = scope.height
      }
      try scope.append(to: asset, "vote", value: proposal, details: call)
      if proposal.status == .approved { try scope.decide(call) }
    })
}

extension WireProposal {
  fileprivate enum Verdict { case open, approved, rejected }

  /// Counts the votes of the organisations that are active now.
  fileprivate func verdict(_ roster: Roster) -> Verdict {
    let counted = ballots.filter { roster.isActive($0.organisation) }
    let approving = counted.count(where: \.approve)
    let opposing = counted.count - approving
    let needed = 2 * roster.active.count / 3 + 1
    if approving >= needed { return .approved }
    return roster.active.count - opposing < needed ? .rejected : .open
  }
}

extension CallScope {
  /// V5. The decision waits for the end of the epoch; nothing else changes now.
  fileprivate mutating func decide(_ call: WireCastVote) throws(Refusal) {
    var pending =
      value(of: Governance.pending, as: WirePendingChanges.self) ?? WirePendingChanges()
    let waiting = pending.decisions.flatMap(\.changes)
    try checkPossible(call.changes, waiting: waiting.count(where: \.isOfValidators))
    let count = waiting.count + call.changes.count
    guard count <= Governance.changesPending else {
      throw Refusal(GovernanceContract.pendingFull, field: "changes", value: "\(count)")
    }
    var decision = WireDecision()
    decision.height = height
    decision.proposal = call.proposal
    decision.changes = call.changes
    pending.decisions.append(decision)
    try append(to: Governance.pending, "decide", value: pending, details: decision)
  }
}
