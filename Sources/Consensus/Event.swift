public import Cryptography
public import LedgerModel

extension Replica {
  /// What a replica is told. Everything in it is already authentic: the driver checks signatures.
  public enum Event: Hashable, Sendable {
    /// The first event, once the replica was made from its journal.
    case start
    /// A timer that was armed has run out. Late ones and repeated ones are harmless.
    case timerFired(Timer, view: UInt64)
    /// Answers `requestProposal`: the block is built on the requested parent, valid, and stored
    /// with all it names. `endsEpoch` tells whether it is the epoch's last block if it becomes
    /// final; that is a fact of the block, and the same for all.
    case proposalBuilt(view: UInt64, block: Digest, endsEpoch: Bool)
    /// Answers `requestProposal`: this validator cannot build. Having no work is not a reason;
    /// a driver without work waits for some, or for the heartbeat.
    case couldNotBuild(view: UInt64)
    /// Answers `verifyBlock`. True only if the block is valid and stored with every batch it names.
    /// All honest validators come to the same answer for a block in the end. `endsEpoch` as above;
    /// it means nothing for a block that is not valid.
    case blockVerified(view: UInt64, block: Digest, isValid: Bool, endsEpoch: Bool)
    /// A verified vote; a leader's notarize vote is its proposal. Own votes come back this way too.
    case vote(Vote)
    /// A verified certificate.
    case certificate(Certificate)
    /// Answers `requestMissing(.ancestors)`: the blocks above the `after` of the request up to and
    /// including `block`, oldest first, found by following parent hashes.
    case ancestors(of: Digest, chain: [Digest])
    /// The driver itself has taken into the ledger every block up to the one that this verified
    /// certificate finalizes: it caught up by height, or it found only now that the last block of
    /// a `finalized` effect ends the epoch. Harmless if it comes late or twice.
    case synced(Certificate, endsEpoch: Bool)
    /// Whether transactions wait to be proposed: the leader is then given less time.
    case workWaiting(Bool)
    /// The validators that cannot be reached now. While a quorum can, views that they lead are not
    /// waited for. Wrong or late news costs time, never safety.
    case unreachable(Set<Int>)
  }

  /// The three waits of a view.
  public enum Timer: UInt8, CaseIterable, Hashable, Sendable {
    /// t_l: for the leader's proposal.
    case leader
    /// t_a: for the certificate of the proposal.
    case advance
    /// t_r: between repetitions once the view was given up.
    case retry
  }
}
