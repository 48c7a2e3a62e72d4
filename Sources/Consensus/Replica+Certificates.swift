internal import Cryptography
internal import LedgerModel

// What follows from a quorum: S6, S7, and S8 up to the delivery.
extension Replica {
  /// Takes a certificate, formed here or received.
  mutating func accept(_ certificate: Certificate) {
    let subject = certificate.subject
    guard isOurs(certificate) else { return }
    if let other = rounds[subject.view]?.contradiction(to: certificate) {
      return halt(.conflictingCertificates(other, certificate))
    }
    guard subject.view > finalizedTip.view,
      rounds[subject.view]?.certificate(of: subject.kind) == nil
    else { return }
    update(subject.view) { $0.keep(certificate) }
    effects.append(.journal(.certificate(certificate)))

    switch subject.statement {
    case .notarize(let parentView, let block):
      // The finalize vote goes before the certificate: others wait for it.
      let proposal = Proposal(
        epoch: subject.epoch, view: subject.view, parentView: parentView, block: block)
      certifyOrVerify(proposal, announcing: certificate)
    case .nullify:
      effects.append(.broadcastCertificate(certificate))
      settle(subject.view)
    case .finalize(_, let block):
      effects.append(.broadcastCertificate(certificate))
      raiseFinality(to: Tip(view: subject.view, block: block))
      undelivered = certificate
      deliverFinalized()
      settle(subject.view)
    }
  }

  /// S6 for a notarized block.
  mutating func certifyOrVerify(_ proposal: Proposal, announcing certificate: Certificate? = nil) {
    let verdict =
      endsEpoch(proposal.block) ? .valid : rounds[proposal.view]?.verdict(on: proposal.block)
    if verdict == .valid { certify(proposal) }
    if let certificate { effects.append(.broadcastCertificate(certificate)) }
    switch verdict {
    case .none: verify(proposal, parent: nil)
    case .pending: break
    case .valid: settle(proposal.view)
    case .invalid: if proposal.view == view { giveUp() }
    }
  }

  private mutating func certify(_ proposal: Proposal) {
    if rounds[proposal.view]?.certified == nil {
      update(proposal.view) { $0.certified = proposal }
      safety.recordCertified(proposal)
      effects.append(.journal(.certified(proposal)))
    }
    let isSaid = safety.said(in: proposal.view).finalized != nil
    if rounds[proposal.view]?.leaderEquivocated != true, !isSaid { cast(proposal.finalize) }
  }

  /// Moves on from a closed view, or sees what an older view's certificate makes possible now.
  mutating func settle(_ closed: UInt64) {
    guard !isDone else { return }
    if closed >= view {
      enter(closed + 1)
    } else {
      requestProposal()
      considerProposal()
    }
  }

  mutating func halt(_ breach: SafetyBreach) {
    isHalted = true
    effects.append(.halt(breach))
  }
}

// Small things that every step uses.
extension Replica {
  var quorum: Int { configuration.committee.quorum - (broken == .quorumTooSmall ? 1 : 0) }

  func leader(of view: UInt64) -> Int {
    configuration.committee.leader(epoch: configuration.epoch, view: view)
  }

  /// Whether a vote is of this epoch, by a member, and about a view near enough.
  func isOurs(_ vote: Vote) -> Bool {
    vote.subject.epoch == configuration.epoch && 0..<configuration.committee.count ~= vote.signer
      && 1...(view + Limits.viewsAhead) ~= vote.subject.view
  }

  /// Whether a certificate is of this epoch and by a quorum of members.
  func isOurs(_ certificate: Certificate) -> Bool {
    certificate.subject.epoch == configuration.epoch
      && 1...Limits.viewMax ~= certificate.subject.view
      && certificate.signers.count >= quorum
      && certificate.signers.last.map { $0 < configuration.committee.count } ?? false
  }

  @discardableResult
  mutating func update<T>(_ view: UInt64, _ change: (inout Round) -> T) -> T {
    change(&rounds[view, default: Round(committee: configuration.committee)])
  }

  mutating func arm(_ timer: Timer, _ milliseconds: Int) {
    effects.append(.armTimer(timer, view: view, milliseconds: milliseconds))
  }
}
