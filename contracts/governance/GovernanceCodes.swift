public import LedgerModel

extension GovernanceContract {
  /// Every code of this contract. A code is never reused with another meaning.
  public static let codes: [Refusal.Code] =
    Refusal.Code.registryChanges + [
      duplicateProposal, notFound, closed, expired, deadline, otherChanges, alreadyVoted,
      notProposer, pendingFull, noContradiction, otherEpoch, voteNotSigned, alreadyReported,
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
  static let noContradiction = Refusal.Code(
    "governance.no_contradiction",
    "an honest validator may sign both: report two votes of one signer that exclude each other")
  static let otherEpoch = Refusal.Code(
    "governance.other_epoch",
    "the ledger has the keys of the running epoch only: nothing is kept of votes of another")
  static let voteNotSigned = Refusal.Code(
    "governance.vote_not_signed",
    "both votes must carry the validator's signature for this chain: this proves nothing")
  static let alreadyReported = Refusal.Code(
    "governance.already_reported",
    "nothing to do: a lie of this validator in this epoch is in governance.evidence/current")
}
