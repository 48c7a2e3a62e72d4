internal import NodeCore
internal import Synchronization

/// How the node stands, kept for whoever asks: the ordering thread writes, others read.
final class NodeWatch: Sendable {
  /// What happened since the start.
  struct Counts: Sendable {
    var evidence: UInt64 = 0
    var invalidBlocks: UInt64 = 0
    var epochs: UInt64 = 0
    var catchUps: UInt64 = 0
    var damaged: UInt64 = 0
    var repaired: UInt64 = 0
    /// Refused messages of peers, by reason.
    var refused: [String: UInt64] = [:]
  }

  /// Reasons counted apart; the rest is counted together.
  private static let reasonsKept = 32

  private let state = Mutex<(overview: Overview?, counts: Counts)>((nil, Counts()))

  var overview: Overview? { state.withLock { $0.overview } }
  var counts: Counts { state.withLock { $0.counts } }

  func update(_ overview: Overview) { state.withLock { $0.overview = overview } }

  func count(_ note: NodeCore.Note) {
    state.withLock { state in
      switch note {
      case .evidence: state.counts.evidence += 1
      case .invalidBlock: state.counts.invalidBlocks += 1
      case .epochBegan: state.counts.epochs += 1
      case .catchingUp: state.counts.catchUps += 1
      case .damaged: state.counts.damaged += 1
      case .repaired: state.counts.repaired += 1
      case .beyondRepair, .inspected, .votesAgain: break
      case .refused(_, let reason):
        let word = String(reason.prefix { $0 != "(" && $0 != ":" })
        let isKept =
          state.counts.refused[word] != nil || state.counts.refused.count < Self.reasonsKept
        state.counts.refused[isKept ? word : "other", default: 0] += 1
      }
    }
  }
}
