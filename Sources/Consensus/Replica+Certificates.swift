internal import Cryptography
internal import LedgerModel

// What follows from a quorum: S6, S7, S8.
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
      finalizedTip = Tip(view: subject.view, block: block)
      undelivered = certificate
      safety.raiseFloor(to: subject.view)
      deliverFinalized()
      settle(subject.view)
    }
  }

  /// S6 for a notarized block.
  mutating func certifyOrVerify(_ proposal: Proposal, announcing certificate: Certificate? = nil) {
    let verdict = rounds[proposal.view]?.verdict(on: proposal.block)
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
  private mutating func settle(_ closed: UInt64) {
    guard !isHalted else { return }
    if closed >= view {
      enter(closed + 1)
    } else {
      requestProposal()
      considerProposal()
    }
  }

  /// S8: gives out every block up to the finalized one, if the certificates held connect them.
  mutating func deliverFinalized() {
    guard let certificate = undelivered, ancestorsAsked == nil,
      var proposal = certificate.subject.proposal
    else { return }
    var chain = [proposal.block]
    while proposal.parentView != deliveredTip.view {
      guard proposal.parentView > deliveredTip.view else {
        return halt(.abandonedBlock(deliveredTip, by: certificate))
      }
      let round = rounds[proposal.parentView]
      guard let parent = (round?.finalization ?? round?.notarization)?.subject.proposal else {
        ancestorsAsked = certificate
        effects.append(
          .requestMissing(
            .ancestors(of: certificate, after: deliveredTip), from: certificate.signers.first))
        return
      }
      proposal = parent
      chain.append(proposal.block)
    }
    finish(chain.reversed(), certificate)
  }

  /// The driver found the blocks that no certificate here connects.
  mutating func deliver(_ chain: [Digest], upTo block: Digest) {
    guard let certificate = ancestorsAsked, certificate.subject.block == block,
      chain.last == block
    else { return }
    ancestorsAsked = nil
    finish(chain, certificate)
    deliverFinalized()
  }

  private mutating func finish(_ chain: [Digest], _ certificate: Certificate) {
    guard let newest = certificate.subject.proposal else { return }
    effects.append(.finalized(chain, certificate))
    let earlier = deliveredTip.view
    deliveredTip = Tip(newest)
    if deliveredTip == finalizedTip { undelivered = nil }
    for view in rounds.keys.filter({ earlier < $0 && $0 <= newest.view }) {
      rounds[view]?.dropVotes()
    }
    // Not for each block, since the table is copied.
    if rounds.count > 2 * Limits.viewsBehind {
      rounds = rounds.filter { $0.key + Limits.viewsBehind >= newest.view }
    }
  }

  private mutating func halt(_ breach: SafetyBreach) {
    isHalted = true
    effects.append(.halt(breach))
  }
}

// Small things that every step uses.
extension Replica {
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
      && certificate.signers.count >= configuration.committee.quorum
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
