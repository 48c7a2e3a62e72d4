package import Consensus

extension NodeCore {
  /// A rule that a node leaves out on purpose, to show that a checker would notice.
  package enum Sabotage: Hashable, Sendable {
    case consensus(BrokenRule)
    /// N1: nothing is journaled.
    case skipJournal
    /// N3: notarizes a block whose batches are not held.
    case voteWithoutData
    /// N8: votes although it has forgotten its votes.
    case forgetVotes
    /// N9: lies are not reported.
    case concealLies
  }
}

extension NodeCore.Settings {
  var brokenRule: BrokenRule? {
    if case .consensus(let rule) = sabotage { rule } else { nil }
  }
}
