import Consensus
import Cryptography
import LedgerModel
import Testing

/// A digest that is easy to recognise in a failure: `byte` 32 times.
func digest(_ byte: UInt8) throws -> Digest {
  try #require(Digest([UInt8](repeating: byte, count: Digest.byteCount)))
}

/// A signature that no key made; replicas never look at one.
func unchecked(_ signer: Int) throws -> Signature {
  try #require(Signature([UInt8](repeating: UInt8(truncatingIfNeeded: signer), count: 64)))
}

func vote(_ subject: VoteSubject, by signer: Int) throws -> Vote {
  Vote(subject: subject, signer: signer, signature: try unchecked(signer))
}

func certificate(_ subject: VoteSubject, by signers: [Int]) throws -> Certificate {
  try Certificate(subject: subject, signers: signers, signatures: signers.map(unchecked))
}

func proposal(_ view: UInt64, on parentView: UInt64, _ block: UInt8) throws -> Proposal {
  Proposal(epoch: 0, view: view, parentView: parentView, block: try digest(block))
}

func nullify(_ view: UInt64) -> VoteSubject {
  VoteSubject(epoch: 0, view: view, statement: .nullify)
}

func verdict(
  on proposal: Proposal, isValid: Bool = true, endsEpoch: Bool = false
) -> Replica.Event {
  .blockVerified(
    view: proposal.view, block: proposal.block, isValid: isValid, endsEpoch: endsEpoch)
}

/// Δ is 100 ms, the heartbeat 1 s, repetitions every 150 ms.
let timing = Replica.Timing(networkDelay: 100, heartbeat: 1_000, retry: 150)

func configuration(_ count: Int, me: Int) throws -> Replica.Configuration {
  Replica.Configuration(
    committee: try #require(Committee(count: count)), me: me, epoch: 0, timing: timing)
}

/// A replica of `count` whose chain is empty; the block before the first is `digest(0xff)`.
func replica(_ count: Int, me: Int) throws -> Replica {
  Replica(
    configuration: try configuration(count, me: me), journal: [],
    lastFinalized: Tip(view: 0, block: try digest(0xff)))
}

extension [Replica.Effect] {
  /// The statements to be signed.
  var subjects: [VoteSubject] {
    compactMap {
      switch $0 {
      case .vote(let permitted), .broadcastProposal(let permitted): permitted.subject
      default: nil
      }
    }
  }

  /// The records to be written.
  var records: [JournalRecord] {
    compactMap { if case .journal(let record) = $0 { record } else { nil } }
  }

  /// Everything but timers.
  var withoutTimers: [Replica.Effect] {
    filter { if case .armTimer = $0 { false } else { true } }
  }

  func contains(timer: Replica.Timer) -> Bool {
    contains { if case .armTimer(timer, _, _) = $0 { true } else { false } }
  }
}
