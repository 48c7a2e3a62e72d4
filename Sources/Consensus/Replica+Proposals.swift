internal import Cryptography
internal import LedgerModel

// Votes, proposals and their parents: S4, S5.
extension Replica {
  /// Whether a proposal may be built on an earlier view.
  enum Parent: Hashable {
    case justified(Tip)
    /// These certificates would tell.
    case missing(ClosedRange<UInt64>)
    /// Its block is being verified.
    case pending
    /// Never: it would skip a finalized block, or builds on one that is not valid.
    case unjustifiable
  }

  /// Counts a vote, own or other's.
  mutating func count(_ vote: Vote) {
    let subject = vote.subject
    guard isOurs(vote) else { return }
    // Nothing of ours counts that the journal does not hold: the key may be in use elsewhere.
    guard vote.signer != configuration.me || hasSaid(subject) else { return }
    lastActive[vote.signer] = max(lastActive[vote.signer], min(subject.view, view))
    guard subject.view > finalizedTip.view else { return }

    let leader = leader(of: subject.view)
    let hadProposal = rounds[subject.view]?.proposal != nil
    switch update(subject.view, { $0.add(vote, leader: leader) }) {
    case .known:
      return
    case .conflict(let earlier):  // S5
      effects.append(.evidence(earlier, vote))
      if broken == .voteTwice, vote.signer == leader { cast(subject) }
      return
    case .added:
      break
    }
    if rounds[subject.view]?.certificate(of: subject.kind) == nil,
      let certificate = rounds[subject.view]?.certificate(for: subject, quorum: quorum)
    {
      accept(certificate)
    }
    guard vote.signer == leader, subject.view == view else { return }
    switch subject.kind {
    case .notarize: if !hadProposal { proposalArrived() }
    case .nullify: giveUp()
    case .finalize: break
    }
  }

  /// S4, first half: the current view has a proposal.
  mutating func proposalArrived() {
    guard !safety.said(in: view).nullified else { return }
    arm(.advance, configuration.timing.advance)
    considerProposal()
  }

  /// S4, second half: votes for the current view's proposal as soon as nothing is missing.
  mutating func considerProposal() {
    let said = safety.said(in: view)
    guard let proposal = rounds[view]?.proposal, said.notarized == nil, !said.nullified else {
      return
    }
    switch parent(of: proposal) {
    case .missing(let views):
      ask(views, from: leader)
    case .pending:
      break
    case .unjustifiable:
      giveUp()
    case .justified(let parent) where endsEpoch(parent.block):  // S11
      if proposal.block == parent.block { cast(proposal.notarize) } else { giveUp() }
    case .justified(let parent):
      switch rounds[view]?.verdict(on: proposal.block) {
      case .none: verify(proposal, parent: parent.block)
      case .pending: break
      case .valid: cast(proposal.notarize)
      case .invalid: giveUp()
      }
      if broken == .finalizeUncertified { cast(proposal.finalize) }
    }
  }

  /// What the driver found out about a block.
  mutating func judge(_ block: Digest, in view: UInt64, isValid: Bool, endsEpoch: Bool) {
    guard view > finalizedTip.view, rounds[view]?.verdict(on: block) == .pending else { return }
    update(view) { $0.set(isValid ? .valid : .invalid, on: block) }
    if isValid, endsEpoch { noteLastBlock(Tip(view: view, block: block)) }
    if let proposal = rounds[view]?.notarization?.subject.proposal, proposal.block == block {
      certifyOrVerify(proposal)
    } else if view == self.view {
      considerProposal()
    }
  }

  /// Signs and journals a statement if the rules permit it.
  mutating func cast(_ subject: VoteSubject) {
    let permitted: PermittedVote
    do {
      permitted = try safety.permit(subject)
    } catch {
      return
    }
    if !permitted.isRepeat { effects.append(.journal(.vote(subject))) }
    if subject.kind == .notarize, leader(of: subject.view) == configuration.me {
      effects.append(.broadcastProposal(permitted))
    } else {
      effects.append(.vote(permitted))
    }
  }

  mutating func verify(_ proposal: Proposal, parent: Digest?) {
    update(proposal.view) { $0.set(.pending, on: proposal.block) }
    effects.append(.verifyBlock(proposal, parent: parent))
  }

  /// Whether the proposal's parent is justified (I4).
  func parent(of proposal: Proposal) -> Parent {
    guard proposal.parentView < proposal.view, proposal.parentView >= finalizedTip.view else {
      return .unjustifiable
    }
    if let gap = firstGap(between: proposal.parentView, and: proposal.view) { return .missing(gap) }
    if proposal.parentView == finalizedTip.view { return .justified(finalizedTip) }
    let round = rounds[proposal.parentView]
    if let certified = round?.certified { return .justified(Tip(certified)) }
    guard let notarized = round?.notarization?.subject.proposal else {
      return .missing(proposal.parentView...proposal.parentView)
    }
    return round?.verdict(on: notarized.block) == .invalid
      ? .unjustifiable : .pending
  }

  /// What a leader can build on.
  enum HighestParent: Hashable {
    case found(Tip)
    /// These certificates would tell.
    case missing(ClosedRange<UInt64>)
  }

  /// The newest block that the current view can build on.
  func highestParent() -> HighestParent {
    var parentView = view - 1
    while parentView > finalizedTip.view {
      if let certified = rounds[parentView]?.certified { return .found(Tip(certified)) }
      guard isSkippable(parentView) else {
        return .missing(requestRange(endingAt: parentView, above: finalizedTip.view))
      }
      parentView -= 1
    }
    return .found(finalizedTip)
  }

  /// The newest views of those between that are not all nullified.
  private func firstGap(between parentView: UInt64, and view: UInt64) -> ClosedRange<UInt64>? {
    var between = view - 1
    while between > parentView {
      guard isSkippable(between) else {
        return requestRange(endingAt: between, above: parentView)
      }
      between -= 1
    }
    return nil
  }

  private func isSkippable(_ view: UInt64) -> Bool {
    rounds[view]?.nullification != nil || broken == .ignoreNullifications
  }

  /// Down from `last` to `floor + 1`, but no longer than one request may be.
  private func requestRange(endingAt last: UInt64, above floor: UInt64) -> ClosedRange<UInt64> {
    let lowest = floor + 1
    return max(lowest, last - min(last - lowest, Limits.viewsPerRequest - 1))...last
  }

  private func hasSaid(_ subject: VoteSubject) -> Bool {
    let said = safety.said(in: subject.view)
    return switch subject.kind {
    case .notarize: said.notarized == subject.proposal
    case .nullify: said.nullified
    case .finalize: said.finalized == subject.proposal
    }
  }
}

extension Tip {
  init(_ proposal: Proposal) {
    self.init(view: proposal.view, block: proposal.block)
  }
}
