/// A rule that a replica leaves out on purpose, to show that a checker would notice.
package enum BrokenRule: CaseIterable, Hashable, Sendable {
  /// P2: notarizes a leader's second proposal as well.
  case voteTwice
  /// P4: finalizes a view that it gave up.
  case nullifyAndFinalize
  /// S6, S7, S8: a certificate needs one vote less.
  case quorumTooSmall
  /// I4: takes skipped views for nullified.
  case ignoreNullifications
  /// P5: finalizes what it notarizes, before a quorum did.
  case finalizeUncertified
  /// S11: builds on the epoch's last block.
  case outliveEpoch
}
