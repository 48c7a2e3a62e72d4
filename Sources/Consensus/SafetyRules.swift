public import LedgerModel

/// Alone decides what this validator may sign, from what it has signed before.
///
/// - P1: nothing of another epoch, nor at or below the floor.
/// - P2: at most one notarize in a view (I1).
/// - P3: no notarize after nullify in a view.
/// - P4: never both nullify and finalize in a view (I2).
/// - P5: finalize only the block that is certified in that view (I3), hence at most one.
/// - P6: a statement signed before may be signed again, unless the floor has passed it.
///
/// What is permitted is remembered at once; the journal makes that last.
public struct SafetyRules: Hashable, Sendable {
  /// What this validator said about one view.
  struct Said: Hashable, Sendable {
    var notarized: Proposal?
    var nullified = false
    var finalized: Proposal?
    var certified: Proposal?
  }

  /// The validator set's period of office.
  public let epoch: UInt64
  /// Views up to this one are settled: nothing is signed about them.
  public private(set) var floor: UInt64
  private var said: [UInt64: Said] = [:]
  /// Only tests of tests set it.
  var broken: BrokenRule?

  /// Remembers everything of `epoch` above `floor` that the journal tells.
  public init(epoch: UInt64, floor: UInt64, journal: [JournalRecord]) {
    self.epoch = epoch
    self.floor = floor
    for record in journal where record.epoch == epoch && record.view > floor {
      switch record {
      case .vote(let subject): remember(subject)
      case .certified(let proposal): recordCertified(proposal)
      case .certificate, .lastBlock: break
      }
    }
  }

  /// What this validator said about `view`.
  func said(in view: UInt64) -> Said { said[view] ?? Said() }

  /// The views above the floor about which something was said, ascending.
  var views: [UInt64] { said.keys.sorted() }

  /// Permits a signature, or tells which rule forbids it.
  public mutating func permit(
    _ subject: VoteSubject
  ) throws(SafetyRefusal) -> PermittedVote {
    let isRepeat = try check(subject)
    remember(subject)
    return PermittedVote(subject: subject, isRepeat: isRepeat)
  }

  /// Notes that a block is notarized, valid and held: it may be finalized.
  public mutating func recordCertified(_ proposal: Proposal) {
    guard proposal.epoch == epoch, proposal.view > floor else { return }
    said[proposal.view, default: Said()].certified = proposal
  }

  /// Closes every view up to `view`, because a block of that view is final.
  public mutating func raiseFloor(to view: UInt64) {
    guard view > floor else { return }
    floor = view
    said = said.filter { $0.key > view }
  }

  /// - Returns: whether the same statement was signed before.
  private func check(_ subject: VoteSubject) throws(SafetyRefusal) -> Bool {
    guard subject.epoch == epoch else { throw .otherEpoch(subject.epoch) }
    guard subject.view > floor else { throw .settled(view: subject.view, floor: floor) }
    let said = said(in: subject.view)
    switch subject.statement {
    case .notarize:
      if let earlier = said.notarized {
        if earlier == subject.proposal { return true }
        guard broken == .voteTwice else { throw .alreadyNotarized(earlier) }
        return false
      }
      guard !said.nullified else { throw .alreadyNullified(view: subject.view) }
      return false
    case .nullify:
      if let earlier = said.finalized { throw .alreadyFinalized(earlier) }
      return said.nullified
    case .finalize:
      guard !said.nullified || broken == .nullifyAndFinalize else {
        throw .alreadyNullified(view: subject.view)
      }
      guard said.certified == subject.proposal || broken == .finalizeUncertified else {
        throw .notCertified(subject)
      }
      return said.finalized != nil
    }
  }

  private mutating func remember(_ subject: VoteSubject) {
    switch subject.statement {
    case .notarize: said[subject.view, default: Said()].notarized = subject.proposal
    case .nullify: said[subject.view, default: Said()].nullified = true
    case .finalize: said[subject.view, default: Said()].finalized = subject.proposal
    }
  }
}

/// A statement that `SafetyRules` permits to sign. Nothing else can make one, so a driver that
/// signs only these cannot sign what the rules forbid.
public struct PermittedVote: Hashable, Sendable {
  /// What may be signed.
  public let subject: VoteSubject
  /// Whether the journal holds it already.
  public let isRepeat: Bool

  fileprivate init(subject: VoteSubject, isRepeat: Bool) {
    self.subject = subject
    self.isRepeat = isRepeat
  }
}

/// Which earlier statement forbids a new one.
public enum SafetyRefusal: Error, Hashable, Sendable {
  case otherEpoch(UInt64)
  case settled(view: UInt64, floor: UInt64)
  case alreadyNotarized(Proposal)
  case alreadyNullified(view: UInt64)
  case alreadyFinalized(Proposal)
  case notCertified(VoteSubject)
}
