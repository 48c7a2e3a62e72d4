public import Cryptography
public import LedgerModel

extension Replica {
  /// What must be done, in the order given.
  ///
  /// The order is the promise: a message leaves the node, and a finalized block is acknowledged to
  /// anyone, only when every `journal` effect before it is durable. One synced write may cover many
  /// of them. A vote may come back as an event before it is durable, since that stays inside.
  public enum Effect: Hashable, Sendable {
    /// Append to the journal. Durable before any later effect, of this event or a following one,
    /// shows outside the node.
    case journal(JournalRecord)
    /// This validator leads `view`. Build a block on `parent`, as soon as there is work or at the
    /// heartbeat, and answer `proposalBuilt` or `couldNotBuild`. Ends unanswered with its view. A
    /// parent that turns out to end the epoch (it was never verified here) gets no child:
    /// `couldNotBuild`.
    case requestProposal(view: UInt64, parentView: UInt64, parent: Digest)
    /// Sign; send the block together with this notarize vote to all; give the vote back. The
    /// vote's record precedes; the block must be as durable as that record.
    case broadcastProposal(PermittedVote)
    /// Sign, send to all, and give the vote back as an event. Its record precedes, in this or an
    /// earlier answer. The block voted for was reported stored before.
    case vote(PermittedVote)
    /// Send to all. Its record precedes.
    case broadcastCertificate(Certificate)
    /// Certify the block: fetch what is missing, check it, and answer `blockVerified`.
    /// With `parent`, the header must name it and the proposal's view, and a child of a block that
    /// ends the epoch is not valid. Without, a quorum has checked that already, and the header of a
    /// block that ends the epoch may name an earlier view (S11).
    case verifyBlock(Proposal, parent: Digest?)
    /// These blocks are final, oldest first; the first one's parent is the last of the call before,
    /// or the replica's starting point. The certificate is for the last and its record precedes.
    /// Some may have to be fetched by hash before they are executed. A last block that was not
    /// verified here may turn out to end the epoch: then answer `synced`.
    case finalized([Digest], Certificate)
    /// The epoch's last block is final, and given out before. The replica signs nothing and answers
    /// no event from now on; only what a driver may ask is still answered.
    case epochEnded(block: Digest, Certificate)
    /// Fire after so many milliseconds. Arming again replaces a timer of the same kind and view.
    case armTimer(Timer, view: UInt64, milliseconds: Int)
    /// One validator signed two statements that exclude each other. Once per view and validator.
    case evidence(Vote, Vote)
    /// Ask others; `from` is the validator most likely to know.
    case requestMissing(Missing, from: Int?)
    /// More than `f` validators lied: nothing can be trusted until people have decided. The replica
    /// answers no further event.
    case halt(SafetyBreach)
  }

  /// What a replica lacks to follow the chain.
  public enum Missing: Hashable, Sendable {
    /// Certificates of these views, as `certificates(inView:)` of a peer gives them. Not repeated:
    /// if it fails, the view is given up.
    case certificates(views: ClosedRange<UInt64>)
    /// The blocks between a delivered one and a finalized one. The driver tries until it can answer
    /// `ancestors`.
    case ancestors(of: Certificate, after: Tip)
  }

  /// What cannot happen while at most `f` validators are faulty.
  public enum SafetyBreach: Hashable, Sendable {
    /// Two certificates of one view that share no honest signer (I5, I6).
    case conflictingCertificates(Certificate, Certificate)
    /// A finalized block that does not descend from the one delivered (I7).
    case abandonedBlock(Tip, by: Certificate)
  }
}
