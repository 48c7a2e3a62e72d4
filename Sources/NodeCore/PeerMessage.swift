public import Cryptography
public import LedgerModel

/// What nodes tell each other.
///
/// - Source: docs/spec/17-peers.md.
public enum PeerMessage: Sendable {
  /// How far the sender is.
  case status(PeerStatus)
  /// A leader's block with its notarize vote.
  case proposal(BlockHeader, batches: [Digest], Vote)
  case vote(Vote)
  case certificate(Certificate)
  /// Encoded `PeerBatch`: its content is judged by `BatchCheck`, away from the machine.
  case batch([UInt8])
  /// Asks for batches by digest.
  case batchRequest([Digest])
  /// Asks for a block that is not final yet, by header hash.
  case blockRequest(Digest)
  /// Answers `blockRequest`.
  case block(BlockHeader, batches: [Digest])
  /// Asks for the certificates of some views.
  case certificateRequest(epoch: UInt64, views: ClosedRange<UInt64>)
  /// Asks for final blocks from a height on.
  case catchUpRequest(from: UInt64)
  /// Encoded `CatchUpResponse`: judged by `CatchUpCheck`, away from the machine.
  case catchUp([UInt8])
}

/// How far a node is.
public struct PeerStatus: Hashable, Sendable {
  public let epoch: UInt64
  public let view: UInt64
  /// Height of the newest final block.
  public let height: UInt64
  /// Height of the newest executed block.
  public let executedHeight: UInt64
  /// Records of the operation log.
  public let logSize: UInt64

  public init(
    epoch: UInt64, view: UInt64, height: UInt64, executedHeight: UInt64, logSize: UInt64
  ) {
    self.epoch = epoch
    self.view = view
    self.height = height
    self.executedHeight = executedHeight
    self.logSize = logSize
  }
}

extension PeerMessage {
  /// The first byte of a message on a link.
  public enum Kind: UInt8, CaseIterable, Sendable {
    case status = 1
    case proposal = 2
    case vote = 3
    case certificate = 4
    case batch = 5
    case batchRequest = 6
    case blockRequest = 7
    case block = 8
    case certificateRequest = 9
    case catchUpRequest = 10
    case catchUp = 11

    /// Most bytes of a message of this kind.
    public var byteLimit: Int {
      switch self {
      case .status, .vote, .blockRequest, .certificateRequest, .catchUpRequest: 256
      // 31 signatures of 66 bytes each.
      case .certificate: 4 * 1_024
      // A header and 64 digests.
      case .proposal, .block, .batchRequest: 8 * 1_024
      // One transaction of the largest size, or many small ones.
      case .batch: Limits.transactionBytes + 64 * 1_024
      case .catchUp: CatchUpCheck.responseBytesMax
      }
    }

    /// Whether the message overtakes bulk data: what finality waits for.
    public var isUrgent: Bool {
      switch self {
      case .batch, .catchUp: false
      default: true
      }
    }
  }

  public var kind: Kind {
    switch self {
    case .status: .status
    case .proposal: .proposal
    case .vote: .vote
    case .certificate: .certificate
    case .batch: .batch
    case .batchRequest: .batchRequest
    case .blockRequest: .blockRequest
    case .block: .block
    case .certificateRequest: .certificateRequest
    case .catchUpRequest: .catchUpRequest
    case .catchUp: .catchUp
    }
  }
}

/// Why a peer's message is refused; the link stays up.
public enum PeerFault: Error, Hashable, Sendable {
  /// No message has this kind.
  case unknownKind(UInt8)
  case malformed(ModelFault)
  /// A field has a value that no honest node sends.
  case invalid(field: String, value: String)
}
