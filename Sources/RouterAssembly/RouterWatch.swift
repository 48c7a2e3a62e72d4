internal import RouterCore
internal import Synchronization

/// How the router stands and what it counted, for whoever asks.
final class RouterWatch: Sendable {
  struct Counts: Sendable {
    /// Calls that were carried out, by method.
    var done: [String: UInt64] = [:]
    /// Refused calls, by code.
    var refused: [String: UInt64] = [:]
    var blamed: UInt64 = 0
    var silent: UInt64 = 0
    /// Invoices that were shared because they were asked for, and those that could not be, by
    /// channel.
    var shared: [String: UInt64] = [:]
    var skipped: [String: UInt64] = [:]
  }

  private struct State {
    var overview: [ChannelOverview] = []
    var counts = Counts()
    var stalled: Set<String> = []
  }

  private let state = Mutex(State())

  var overview: [ChannelOverview] { state.withLock { $0.overview } }
  var counts: Counts { state.withLock { $0.counts } }
  /// Channels that stand.
  var stalled: Set<String> { state.withLock { $0.stalled } }

  func update(_ overview: [ChannelOverview]) { state.withLock { $0.overview = overview } }

  func count(_ note: RouterCore.Note) {
    state.withLock { state in
      switch note {
      case .blamed: state.counts.blamed += 1
      case .silent: state.counts.silent += 1
      case .refused: break
      case .stalled(let channel, nil): state.stalled.remove(channel)
      case .stalled(let channel, _?): state.stalled.insert(channel)
      case .carried(_, let outcome):
        // Codes are the chain's own, so they are few.
        if let refusal = outcome.refusal {
          state.counts.refused[refusal.code, default: 0] += 1
        } else {
          state.counts.done[outcome.kind.method, default: 0] += 1
        }
      }
    }
  }
}

extension RouterWatch {
  func count(_ note: SharingCore.Note) {
    state.withLock { state in
      switch note {
      case .shared(let channel): state.counts.shared[channel, default: 0] += 1
      case .skipped(let channel, _, _): state.counts.skipped[channel, default: 0] += 1
      case .begun, .ended, .stalled: break
      }
    }
  }
}

extension CarriedCall.Kind {
  var method: String {
    switch self {
    case .update: "update"
    case .receive: "receive"
    case .skip: "skip"
    case .acknowledge: "acknowledge"
    case .timeOut: "timeOut"
    case .lapse: "lapse"
    case .blame: "blame"
    }
  }
}
