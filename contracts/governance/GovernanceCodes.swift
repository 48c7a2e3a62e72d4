public import LedgerModel

extension GovernanceContract {
  /// Every code of this contract. A code is never reused with another meaning.
  public static let codes: [Refusal.Code] =
    Refusal.Code.registryChanges + [
      duplicateProposal, notFound, closed, expired, deadline, otherChanges, alreadyVoted,
      notProposer, pendingFull,
    ]

  static let malformed = Refusal.Code.malformedChange
  static let duplicateProposal = Refusal.Code(
    "governance.duplicate_proposal", "the id is used, now or in the past: choose another")
  static let notFound = Refusal.Code(
    "governance.not_found", "check the proposal's id")
  static let closed = Refusal.Code(
    "governance.closed", "the proposal was decided, rejected or withdrawn: make a new one")
  static let expired = Refusal.Code(
    "governance.expired", "the proposal's deadline has passed: make a new one")
  static let deadline = Refusal.Code(
    "governance.deadline", "choose a deadline after the block's time and within 366 days")
  static let otherChanges = Refusal.Code(
    "governance.other_changes", "repeat exactly the changes of the proposal that the vote is about")
  static let alreadyVoted = Refusal.Code(
    "governance.already_voted", "an organisation votes once: the value names who voted for it")
  static let notProposer = Refusal.Code(
    "governance.not_proposer", "only a governor of the proposing organisation withdraws")
  static let pendingFull = Refusal.Code(
    "governance.pending_full", "vote again once the next epoch has begun: too much waits for it")
}
