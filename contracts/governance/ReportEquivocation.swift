internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

extension GovernanceContract {
  /// V10. Two votes of a validator that exclude each other are kept, once for it in an epoch.
  ///
  /// Each call costs two checks of signatures: governors may call, and validators by themselves.
  static let reportEquivocation = Method(
    Governance.reportEquivocation, roles: [governor, Member.validatorRole],
    arguments: WireReportEquivocation.self,
    touches: { _ in [Registry.validators, Governance.evidence] },
    signatureChecks: { _ in 2 },
    perform: { (call, scope) throws(Refusal) in
      let first = try call.first.checked("first")
      let second = try call.second.checked("second")
      guard first.signer == second.signer else {
        throw Refusal(noContradiction, field: "second.signer", value: "\(second.signer)")
      }
      guard first.subject.excludes(second.subject) else {
        throw Refusal(
          noContradiction, field: "second",
          value: "\(first.subject.words), \(second.subject.words)")
      }
      let validators = scope.validators
      guard first.subject.epoch == validators.epoch else {
        throw Refusal(
          otherEpoch, field: "first.epoch",
          value: "\(first.subject.epoch), the chain is in \(validators.epoch)")
      }
      guard validators.validators.indices.contains(first.signer) else {
        throw Refusal(.unknownSubject, field: "first.signer", value: "\(first.signer)")
      }
      let accused = validators.validators[first.signer]
      var evidence = scope.value(of: Governance.evidence, as: WireEvidence.self) ?? WireEvidence()
      // What an earlier epoch has stays in the trail.
      evidence.equivocations.removeAll { $0.first.epoch != validators.epoch }
      guard !evidence.equivocations.contains(where: { $0.validator == accused.name }) else {
        throw Refusal(alreadyReported, field: "validator", value: accused.name)
      }
      let key = scope.key(of: accused)
      for (field, vote) in [("first", first), ("second", second)] {
        guard vote.isValid(under: key, chainID: scope.chainID, suite: scope.suite) else {
          throw Refusal(voteNotSigned, field: "\(field).signature", value: "of \(accused.name)")
        }
      }
      var lie = WireEquivocation()
      lie.validator = accused.name
      lie.signingKey = accused.signingKey
      lie.first = call.first
      lie.second = call.second
      evidence.equivocations.append(lie)
      try scope.append(
        to: Governance.evidence, Governance.reportEquivocation, value: evidence, details: lie)
    })
}

extension WirePeerVote {
  fileprivate func checked(_ field: String) throws(Refusal) -> Vote {
    do {
      return try Vote(self, field: field)
    } catch {
      guard case .invalid(let part, let value, _) = error else {
        throw Refusal(GovernanceContract.malformed, field: field, value: "")
      }
      throw Refusal(GovernanceContract.malformed, field: part, value: value)
    }
  }
}

extension VoteSubject {
  fileprivate var words: String { "\(kind) of epoch \(epoch), view \(view)" }
}

extension CallScope {
  /// The validators of the epoch. Keys are not parsed: one of them is enough.
  fileprivate var validators: WireValidatorSetRecord {
    guard let record = value(of: Registry.validators, as: WireValidatorSetRecord.self) else {
      preconditionFailure("the registry was written by genesis and its epochs")
    }
    return record
  }

  fileprivate func key(of validator: WireValidatorRecord) -> PublicKey {
    do {
      return try suite.publicKey(validator.signingKey.octets, use: .signing)
    } catch {
      preconditionFailure("the registry has keys of its suite: \(error)")
    }
  }
}
