internal import Cryptography
internal import LedgerModel

// Entering and giving up views: S1, S2, S3, S9, S10.
extension Replica {
  /// S1.
  mutating func start() {
    for view in safety.views {
      let said = safety.said(in: view)
      if let proposal = said.notarized { cast(proposal.notarize) }
      if said.nullified { cast(nullify(view)) }
      if let proposal = said.finalized { cast(proposal.finalize) }
    }
    for view in rounds.keys.sorted() where view > finalizedTip.view {
      guard let proposal = rounds[view]?.notarization?.subject.proposal else { continue }
      certifyOrVerify(proposal)
    }
    deliverFinalized()
    if !isDone { begin() }
  }

  /// Moves on if `next` is higher than the current view.
  mutating func enter(_ next: UInt64) {
    guard next > view else { return }
    view = next
    buildingOn = nil
    viewsAsked = nil
    begin()
  }

  private mutating func begin() {
    if safety.said(in: view).nullified {
      arm(.retry, configuration.timing.retry)
    } else if leader == configuration.me {
      requestProposal()
    } else if isInactive(leader) || rounds[view]?.leaderNullified == true {
      giveUp()
    } else if rounds[view]?.proposal == nil {
      let timing = configuration.timing
      arm(.leader, workIsWaiting ? timing.leaderBusy : timing.leaderIdle)
    }
    if rounds[view]?.proposal != nil { proposalArrived() }
  }

  /// S2, first half.
  mutating func requestProposal() {
    let said = safety.said(in: view)
    guard leader == configuration.me, buildingOn == nil, said.notarized == nil, !said.nullified
    else { return }
    switch highestParent() {
    case .found(let parent) where endsEpoch(parent.block):
      propose(parent.block, on: parent)  // S11
    case .found(let parent):
      buildingOn = parent
      effects.append(
        .requestProposal(view: view, parentView: parent.view, parent: parent.block))
    case .missing(let views):
      if ask(views, from: nil) { arm(.leader, configuration.timing.leaderBusy) }
    }
  }

  /// S2, second half.
  mutating func propose(_ block: Digest, in view: UInt64, endsEpoch: Bool) {
    guard view == self.view, let parent = buildingOn else { return }
    buildingOn = nil
    update(view) { $0.set(.valid, on: block) }
    if endsEpoch { noteLastBlock(Tip(view: view, block: block)) }
    propose(block, on: parent)
  }

  private mutating func propose(_ block: Digest, on parent: Tip) {
    let proposal = Proposal(
      epoch: configuration.epoch, view: view, parentView: parent.view, block: block)
    precondition(self.parent(of: proposal) == .justified(parent), "I4: build on justified parents")
    cast(proposal.notarize)
  }

  mutating func couldNotBuild(in view: UInt64) {
    guard view == self.view, buildingOn != nil else { return }
    buildingOn = nil
    giveUp()
  }

  /// S3 for work that comes, or is done, while the view lasts.
  mutating func expectWork(_ isWaiting: Bool) {
    guard isWaiting != workIsWaiting else { return }
    workIsWaiting = isWaiting
    guard isWaitingForLeader else { return }
    let timing = configuration.timing
    arm(.leader, isWaiting ? timing.leaderBusy : timing.leaderIdle)
  }

  /// S3 for a leader that is lost while the view lasts.
  mutating func lose(_ validators: Set<Int>) {
    unreachable = validators
    if isWaitingForLeader, isInactive(leader) { giveUp() }
  }

  private var isWaitingForLeader: Bool {
    leader != configuration.me && rounds[view]?.proposal == nil
      && !safety.said(in: view).nullified
  }

  mutating func fired(_ timer: Timer, in view: UInt64) {
    guard view == self.view else { return }
    switch timer {
    case .leader:
      let proposed = rounds[view]?.proposal != nil || safety.said(in: view).notarized != nil
      if !proposed, buildingOn == nil { giveUp() }
    case .advance:
      giveUp()
    case .retry:
      repeatNullify()
    }
  }

  /// S9.
  mutating func giveUp() {
    let said = safety.said(in: view)
    guard !said.nullified, said.finalized == nil else { return }
    buildingOn = nil
    cast(nullify(view))
    arm(.retry, configuration.timing.retry)
  }

  /// S10.
  private mutating func repeatNullify() {
    guard safety.said(in: view).nullified else { return }
    let entrance = rounds[view - 1]
    if let certificate = entrance?.finalization ?? entrance?.nullification
      ?? entrance?.notarization
    {
      effects.append(.broadcastCertificate(certificate))
    }
    cast(nullify(view))
    arm(.retry, configuration.timing.retry)
  }

  /// Asks for certificates, unless this view has asked for them before: what is lost on the way is
  /// made good by giving up on the view.
  /// - Returns: whether it asked.
  @discardableResult
  mutating func ask(_ views: ClosedRange<UInt64>, from validator: Int?) -> Bool {
    if let asked = viewsAsked, asked.contains(views.lowerBound), asked.contains(views.upperBound) {
      return false
    }
    viewsAsked = views
    effects.append(.requestMissing(.certificates(views: views), from: validator))
    return true
  }

  /// There is no way to this validator, or others were heard of and this one was not.
  private func isInactive(_ validator: Int) -> Bool {
    let committee = configuration.committee
    if unreachable.contains(validator), committee.count - unreachable.count >= committee.quorum {
      return true
    }
    let patience = configuration.timing.inactiveViews
    guard view > firstView + patience, lastActive[validator] < view - patience else { return false }
    let others = lastActive.indices.filter { other in
      other == configuration.me || lastActive[other] >= view - patience
    }
    return others.count >= configuration.committee.quorum
  }

  private func nullify(_ view: UInt64) -> VoteSubject {
    VoteSubject(epoch: configuration.epoch, view: view, statement: .nullify)
  }
}
