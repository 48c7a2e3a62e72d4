internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

extension GovernanceContract {
  /// V1. A governor proposes up to 16 changes, each of which the registry could take now.
  static let propose = Method(
    "propose", roles: [governor], arguments: WirePropose.self,
    touches: { call in
      [Governance.proposal(call.proposal)] + Registry.assets(of: judged(call.changes))
    },
    perform: { (call, scope) throws(Refusal) in
      try call.proposal.checkProposalID()
      try call.reason.checkOpinion("reason")
      guard scope.timeMs < call.deadlineMs, call.deadlineMs - scope.timeMs <= Limit.deadlineMs
      else {
        throw Refusal(deadline, field: "deadline_ms", value: "\(call.deadlineMs)")
      }
      let asset = Governance.proposal(call.proposal)
      guard scope.bytes(of: asset) == nil else {
        throw Refusal(duplicateProposal, field: "proposal", value: call.proposal)
      }
      guard 1...Governance.changesPerProposal ~= call.changes.count else {
        throw Refusal(malformed, field: "changes", value: "\(call.changes.count)")
      }
      try scope.checkPossible(call.changes)
      var proposal = WireProposal()
      proposal.proposer = scope.caller.id
      proposal.organisation = scope.caller.organisation
      proposal.changes = call.changes
      proposal.reason = call.reason
      proposal.deadlineMs = call.deadlineMs
      try scope.append(to: asset, "propose", value: proposal, details: call)
    })

  /// V6. The proposing organisation takes back a proposal that is not decided.
  static let withdraw = Method(
    "withdraw", roles: [governor], arguments: WireWithdraw.self,
    touches: { call in [Governance.proposal(call.proposal)] },
    perform: { (call, scope) throws(Refusal) in
      try call.reason.checkOpinion("reason")
      var (asset, proposal) = try scope.openProposal(call.proposal)
      guard proposal.organisation == scope.caller.organisation else {
        throw Refusal(notProposer, field: "organisation", value: proposal.organisation)
      }
      proposal.status = .withdrawn
      try scope.append(to: asset, "withdraw", value: proposal, details: call)
    })
}

extension GovernanceContract {
  /// The changes that a call may have: more are refused, and none of their assets is looked up.
  static func judged(_ changes: [WireChange]) -> [WireChange] {
    Array(changes.prefix(Governance.changesPerProposal))
  }
}

extension CallScope {
  /// The proposal, which must still be open to votes.
  func openProposal(_ id: String) throws(Refusal) -> (AssetID, WireProposal) {
    let asset = Governance.proposal(id)
    guard let proposal = value(of: asset, as: WireProposal.self) else {
      throw Refusal(GovernanceContract.notFound, field: "proposal", value: id)
    }
    guard proposal.status == .open else {
      throw Refusal(GovernanceContract.closed, field: "status", value: proposal.status.word)
    }
    guard timeMs < proposal.deadlineMs else {
      throw Refusal(
        GovernanceContract.expired, field: "deadline_ms", value: "\(proposal.deadlineMs)")
    }
    return (asset, proposal)
  }

  /// The registry of this epoch, as far as these changes are about it.
  func registry(_ changes: [WireChange]) -> Registry {
    do {
      return try Registry(changes: changes, suite: suite) { bytes(of: $0) }
    } catch {
      preconditionFailure("the registry was written by genesis and its epochs: \(error)")
    }
  }

  /// V4. The registry could take these changes now, one after the other.
  /// - Parameter waiting: Validators that decided changes of this epoch change already.
  func checkPossible(_ changes: [WireChange], waiting: Int = 0) throws(Refusal) {
    var registry = registry(changes)
    try registry.checkValidatorChanges(changes, waiting: waiting)
    for (index, change) in changes.enumerated() {
      if case .setPermission(let rule) = change.kind { try rule.checkMethod(index) }
      if case .trustChain(let record) = change.kind { try check(record, index) }
      if case .setChannel(let terms) = change.kind { try check(terms, index) }
      _ = try registry.apply(change, field: "changes[\(index)]")
    }
  }
}

extension WirePermission {
  /// A method of another name would restrict nothing.
  fileprivate func checkMethod(_ index: Int) throws(Refusal) {
    let known = BuiltinContracts.all.first { $0.name == contract }?.method(method)
    guard known != nil else {
      throw Refusal(
        GovernanceContract.malformed, field: "changes[\(index)].set_permission.method",
        value: "\(contract).\(method)")
    }
  }
}

extension WireProposal.Status {
  /// Receipts are hashed, so these words stay.
  fileprivate var word: String {
    switch self {
    case .open: "open"
    case .approved: "approved"
    case .applied: "applied"
    case .rejected: "rejected"
    case .withdrawn: "withdrawn"
    case .impossible: "impossible"
    case .UNRECOGNIZED(let number): "\(number)"
    }
  }
}

extension CallScope {
  /// A chain is believed from a block that was there when the decision was made: one of the future
  /// would be believed for longer than its trusting period.
  fileprivate func check(_ record: WireChainRecord, _ index: Int) throws(Refusal) {
    let latest = timeMs + RelayContract.Limit.clockDriftMs
    guard record.timeMs <= latest else {
      throw Refusal(
        GovernanceContract.malformed, field: "changes[\(index)].trust_chain.time_ms",
        value: "\(record.timeMs)")
    }
  }

  /// A channel leaves from this chain; messages of a type that is not known would have no effect
  /// and no compensation.
  fileprivate func check(_ terms: WireChannelRecord, _ index: Int) throws(Refusal) {
    guard terms.localChain.octets == chainID.bytes else {
      throw Refusal(
        GovernanceContract.malformed, field: "changes[\(index)].set_channel.local_chain",
        value: terms.localChain.octets.prefix(40).hex)
    }
    let known = RelayContract.messageTypeNames
    if let unknown = terms.messageTypes.first(where: { !known.contains($0) }) {
      throw Refusal(
        GovernanceContract.malformed, field: "changes[\(index)].set_channel.message_types",
        value: unknown)
    }
  }
}

extension String {
  /// A proposal's id: a name as all names are.
  fileprivate func checkProposalID() throws(Refusal) {
    guard 1...Limits.nameBytes ~= utf8.count, utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw Refusal(GovernanceContract.malformed, field: "proposal", value: self)
    }
  }

  /// A reason or an opinion: 1 to 1,000 bytes without control characters but line ends.
  func checkOpinion(_ field: String) throws(Refusal) {
    let isPlain = unicodeScalars.allSatisfy {
      $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)
    }
    guard isPlain, 1...GovernanceContract.Limit.textBytes ~= utf8.count else {
      throw Refusal(GovernanceContract.malformed, field: field, value: "\(utf8.count) bytes")
    }
  }
}
