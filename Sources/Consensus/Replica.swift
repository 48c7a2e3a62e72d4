internal import Cryptography
public import LedgerModel

/// One validator's part in Simplex consensus: events in, effects out.
///
/// `v` is a view, `Q` the quorum, `Δ` the network delay. A proposal is the leader's notarize vote.
/// A view is *justified as parent* of `v` if its block is finalized, or notarized and certified,
/// and every view between it and `v` is nullified.
///
/// - S1 On start: sign again what was said about unsettled views; go on in the highest view that
///   certificates allow.
/// - S2 On entering `v`, if leader: ask for a block on the highest justified parent; if
///   certificates between are missing: fetch them, for 2Δ at most. On the block: notarize it.
/// - S3 On entering `v`, if not leader: wait for a proposal 2Δ, and the heartbeat if no work waits;
///   if the leader is inactive: give up on `v` at once.
/// - S4 On the first proposal for `v` from its leader, if `v` is the current view: wait 2Δ for its
///   certificate; if its parent is justified: verify the block, and if valid: notarize it.
/// - S5 On another proposal from that leader: report both; never finalize in `v`.
/// - S6 On `Q` notarize for one block in `v`: journal and broadcast the notarization, verify the
///   block if that was not done. If valid, it is certified: finalize, unless nullified or S5; enter
///   `v + 1` if that is higher. If invalid: give up on `v`, and never build on it.
/// - S7 On `Q` nullify in `v`: journal and broadcast the nullification; enter `v + 1` if higher.
/// - S8 On `Q` finalize for one block in `v`: journal and broadcast the finalization; deliver the
///   block after its ancestors; enter `v + 1` if higher; forget settled views.
/// - S9 On giving up on `v` (S3, S6, a wait that ran out, a block that is invalid or could not be
///   built, the leader's own nullify), if `v` is the current view and not finalized: nullify.
/// - S10 Every `t_r` while in a view given up: repeat the nullify and the certificate of `v - 1`
///   through which `v` was entered.
/// - S11 On a justified parent that ends the epoch, in S2 and S4: only that same block is proposed
///   and notarized, never a child of it, until it is final. It is held, so it needs no building and
///   no verifying. It is delivered once, however many views it was proposed in.
/// - S12 On delivering a block that ends the epoch: sign nothing and answer no event any more.
/// - S13 On the driver having caught up to a final block by itself: journal its finalization,
///   deliver on from there, enter the view after it if that is higher.
///
/// Departures from Chan and Pass, "Simplex Consensus" (eprint 2023/463):
/// - a. Nullify is a vote of its own kind, and finalize is barred by it (as in the paper by the
///   vote for the dummy block); certificates that a proposal needs are fetched, not sent along.
/// - b. The wait for a certificate starts with the proposal, not with the view. A leader without
///   work may thus be silent for a heartbeat, while one that has proposed is judged within 2Δ.
/// - c. A leader does not time itself while its driver has the request: with one validator an idle
///   chain stays in its view for ever, and with more, the others judge the leader.
/// - d. A certified block of any view not below the current one moves the replica on, and inactive
///   leaders are not waited for.
///
/// Bounded: votes above `view + Limits.viewsAhead` are refused, rounds below the delivered block
/// are forgotten. In between one round is kept for each view since the last final block; a view
/// passes only by a certificate, so no minority of validators can make them grow.
public struct Replica: Hashable, Sendable {
  /// What the replica was made with.
  public let configuration: Configuration
  /// The current view; the first is 1.
  public internal(set) var view: UInt64
  /// The newest block known to be final.
  public internal(set) var finalizedTip: Tip
  /// The newest block given out by `finalized`.
  public internal(set) var deliveredTip: Tip
  /// Whether the replica stopped because more than `f` validators lied.
  public internal(set) var isHalted = false
  /// Whether the epoch's last block is delivered.
  public internal(set) var hasEnded = false

  var safety: SafetyRules
  var rounds: [UInt64: Round] = [:]
  /// Blocks held that end the epoch if they become final, and the view each was first known in.
  var lastBlocks: [Digest: UInt64] = [:]
  /// The finalization of `finalizedTip` while blocks up to it are not delivered.
  var undelivered: Certificate?
  /// The finalization whose ancestors the driver was asked for.
  var ancestorsAsked: Certificate?
  /// The parent of the block that the driver builds for the current view.
  var buildingOn: Tip?
  /// Certificates asked for in the current view.
  var viewsAsked: ClosedRange<UInt64>?
  /// The highest view in which each validator was heard of.
  var lastActive: [UInt64]
  /// The view of the first event: nobody is inactive before some views have passed.
  let firstView: UInt64
  var workIsWaiting = false
  /// Validators to which there is no way now.
  var unreachable: Set<Int> = []
  /// Only tests of tests set it.
  let broken: BrokenRule?
  /// What the event being handled has brought about so far.
  var effects: [Effect] = []

  /// Continues from what is durable; `start` must be the first event.
  /// - Parameters:
  ///   - configuration: As in earlier lives of this epoch, times excepted.
  ///   - journal: Every record of this epoch in the order of writing; those below `journalFloor`
  ///     may be gone.
  ///   - lastFinalized: The last block of a `finalized` effect that the ledger holds; before the
  ///     first, view 0 and the block before the epoch's first.
  public init(configuration: Configuration, journal: [JournalRecord], lastFinalized: Tip) {
    self.init(
      configuration: configuration, journal: journal, lastFinalized: lastFinalized, breaking: nil)
  }

  /// As the public one, but breaks a rule on purpose: a test that does not notice is no test.
  package init(
    configuration: Configuration, journal: [JournalRecord], lastFinalized: Tip,
    breaking broken: BrokenRule?
  ) {
    self.configuration = configuration
    self.broken = broken
    finalizedTip = lastFinalized
    deliveredTip = lastFinalized
    safety = SafetyRules(
      epoch: configuration.epoch, floor: lastFinalized.view, journal: journal)
    safety.broken = broken
    let recovered = Recovery(configuration: configuration, journal: journal, from: lastFinalized)
    rounds = recovered.rounds
    lastBlocks = recovered.lastBlocks
    view = recovered.view
    firstView = view
    lastActive = Array(repeating: view, count: configuration.committee.count)
    if let newest = recovered.newestFinalization, let tip = newest.subject.proposal {
      finalizedTip = Tip(view: tip.view, block: tip.block)
      undelivered = newest
      safety.raiseFloor(to: tip.view)
    }
  }

  /// Takes one event and tells what must be done, in order.
  public mutating func handle(_ event: Event) -> [Effect] {
    guard !isDone else { return [] }
    switch event {
    case .start: start()
    case .timerFired(let timer, let view): fired(timer, in: view)
    case .proposalBuilt(let view, let block, let endsEpoch):
      propose(block, in: view, endsEpoch: endsEpoch)
    case .couldNotBuild(let view): couldNotBuild(in: view)
    case .blockVerified(let view, let block, let isValid, let endsEpoch):
      judge(block, in: view, isValid: isValid, endsEpoch: endsEpoch)
    case .vote(let vote): count(vote)
    case .certificate(let certificate): accept(certificate)
    case .ancestors(let block, let chain): deliver(chain, upTo: block)
    case .synced(let certificate, let endsEpoch): synced(to: certificate, endsEpoch: endsEpoch)
    case .workWaiting(let isWaiting): expectWork(isWaiting)
    case .unreachable(let validators): lose(validators)
    }
    checkInvariants()
    defer { effects = [] }
    return effects
  }
}

// What a driver may ask at any time.
extension Replica {
  /// The validator that proposes in the current view.
  public var leader: Int { leader(of: view) }

  /// Journal records of views below this one are of no more use.
  public var journalFloor: UInt64 { deliveredTip.view }

  /// The certificates held about a view, for a peer that misses them: none, one or two.
  public func certificates(inView view: UInt64) -> [Certificate] {
    guard let round = rounds[view] else { return [] }
    if let finalization = round.finalization { return [finalization] }
    return [round.notarization, round.nullification].compactMap { $0 }
  }

  /// Whether a vote is worth checking its signature: it counts, accuses, or shows that a validator
  /// we thought inactive is not.
  public func wants(_ vote: Vote) -> Bool {
    guard !isDone, isOurs(vote) else { return false }
    let patience = configuration.timing.inactiveViews / 2
    if vote.subject.view <= view, lastActive[vote.signer] + patience < vote.subject.view {
      return true
    }
    guard vote.subject.view > finalizedTip.view else { return false }
    return rounds[vote.subject.view]?.wants(vote) ?? true
  }

  /// Whether exactly this vote was counted: its signature need not be checked again where it comes
  /// in a certificate.
  public func hasCounted(_ vote: Vote) -> Bool {
    rounds[vote.subject.view]?.has(vote) ?? false
  }

  /// Whether a certificate is worth checking its signatures.
  public func wants(_ certificate: Certificate) -> Bool {
    guard !isDone, isOurs(certificate) else { return false }
    let round = rounds[certificate.subject.view]
    if round?.contradiction(to: certificate) != nil { return true }
    return certificate.subject.view > finalizedTip.view
      && round?.certificate(of: certificate.subject.kind) == nil
  }
}
