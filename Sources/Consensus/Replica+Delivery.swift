internal import Cryptography
internal import LedgerModel

// What becomes of final blocks: the delivery of S8, and S12, S13.
extension Replica {
  /// S8: gives out every block up to the finalized one, if the certificates held connect them.
  mutating func deliverFinalized() {
    guard !isDone, let certificate = undelivered, ancestorsAsked == nil,
      var proposal = certificate.subject.proposal
    else { return }
    // Given out before anyone here knew that it ends the epoch, and final in a later view again.
    if proposal.block == deliveredTip.block { return finish([], certificate) }
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
      if chain.last != proposal.block { chain.append(proposal.block) }  // S11
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

  /// S13.
  mutating func synced(to certificate: Certificate, endsEpoch: Bool) {
    guard isOurs(certificate), certificate.subject.kind == .finalize,
      let newest = certificate.subject.proposal,
      newest.view > deliveredTip.view || (endsEpoch && newest.view == deliveredTip.view)
    else { return }
    if let other = rounds[newest.view]?.contradiction(to: certificate) {
      return halt(.conflictingCertificates(other, certificate))
    }
    if newest.view == deliveredTip.view, newest.block != deliveredTip.block {
      return halt(.abandonedBlock(deliveredTip, by: certificate))
    }
    if newest.view > deliveredTip.view, rounds[newest.view]?.finalization == nil {
      update(newest.view) { $0.keep(certificate) }
      effects.append(.journal(.certificate(certificate)))
    }
    raiseFinality(to: Tip(newest))
    ancestorsAsked = nil
    conclude(certificate, endsEpoch: endsEpoch)
    deliverFinalized()
    settle(newest.view)
  }

  /// Closes every view up to this one.
  mutating func raiseFinality(to tip: Tip) {
    guard tip.view > finalizedTip.view else { return }
    finalizedTip = tip
    safety.raiseFloor(to: tip.view)
  }

  private mutating func finish(_ chain: [Digest], _ certificate: Certificate) {
    if !chain.isEmpty { effects.append(.finalized(chain, certificate)) }
    conclude(certificate, endsEpoch: false)
  }

  /// The ledger has, or was given, every block up to the one that `certificate` finalizes.
  private mutating func conclude(_ certificate: Certificate, endsEpoch isKnownLast: Bool) {
    guard let newest = certificate.subject.proposal else { return }
    let earlier = deliveredTip
    deliveredTip = Tip(newest)
    if deliveredTip == finalizedTip { undelivered = nil }
    for view in rounds.keys.filter({ earlier.view < $0 && $0 <= newest.view }) {
      rounds[view]?.dropVotes()
    }
    // Not for each block, since the table is copied.
    if rounds.count > 2 * Limits.viewsBehind {
      rounds = rounds.filter { $0.key + Limits.viewsBehind >= newest.view }
    }
    let isProposedAgain = earlier.block == newest.block && earlier.view < newest.view
    if isKnownLast || isProposedAgain || endsEpoch(newest.block) {  // S12
      hasEnded = true
      buildingOn = nil
      effects.append(.epochEnded(block: newest.block, certificate))
    } else {
      lastBlocks = lastBlocks.filter { $0.value > newest.view }
    }
  }
}

// What is known about the epoch's end.
extension Replica {
  /// Whether the replica has nothing more to say.
  var isDone: Bool { isHalted || hasEnded }

  /// Whether a block is known to end the epoch; it is valid and held then.
  func endsEpoch(_ block: Digest) -> Bool {
    lastBlocks[block] != nil && broken != .outliveEpoch
  }

  /// A crash must not make it forgotten: the block would get a child.
  mutating func noteLastBlock(_ tip: Tip) {
    guard lastBlocks.updateValue(tip.view, forKey: tip.block) == nil else { return }
    effects.append(.journal(.lastBlock(epoch: configuration.epoch, tip)))
  }
}
