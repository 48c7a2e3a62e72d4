internal import BuiltinContracts
internal import Wire

/// How a channel stands, for operators. What is of the chain is `nil` before the channel was read.
public struct ChannelOverview: Hashable, Sendable {
  public let channel: String
  /// The other chain's name.
  public let chain: String?
  public let sent: UInt64?
  public let unsettled: Int?
  public let received: UInt64?
  /// Routers of the other chain that are linked, of those that the terms name.
  public let linked: Int?
  public let routers: Int?
  /// What it is doing, or why it stands, in a few words.
  public let why: String
}

extension RouterCore {
  /// How every channel stands.
  public var overview: [ChannelOverview] {
    passages.sorted { $0.key < $1.key }.map { channel, passage in
      let view = passage.shown
      return ChannelOverview(
        channel: channel, chain: view?.chain.name, sent: view?.state.sent,
        unsettled: view.map { _ in passage.unsettled.count }, received: view?.state.received,
        linked: view.map { view in view.routers.count { linked.contains($0) } },
        routers: view?.routers.count,
        why: passage.stalled ?? passage.phase.words)
    }
  }
}

extension Passage.Phase {
  fileprivate var words: String {
    switch self {
    case .looking: "reads the channel"
    case .recovering: "finds packets that wait to be settled"
    case .idle: "about to ask"
    case .asked: "waits for news"
    case .judging: "judges an answer"
    case .yielding: "lets another router go first"
    case .submitting: "submits to its chain"
    }
  }
}

extension RouterCore {
  /// Why a channel stands although routers of the other chain answer: its own chain's time is past
  /// the timeouts of packets, and the other has not shown what became of them.
  func overdue(_ passage: Passage, _ view: ChannelView) -> String? {
    let count = passage.unsettled.values.count { unsettled in
      guard let packet = unsettled.packet else { return false }
      return packet.timeoutMs <= view.timeMs
        && view.timeMs - packet.timeoutMs >= settings.overdueMs
    }
    guard count > 0 else { return nil }
    return "packets timed out, and \(view.chain.name) has shown nothing since that time"
  }
}

extension RouterCore {
  /// How long an answer may take. A router that was late gets more time: large answers take long
  /// over slow links, and to ask for the same again and again makes it worse. But it gets no more
  /// while another one can be asked, nor more than the one that was late least: one that withholds
  /// holds up no channel.
  func patience(_ router: RouterID, _ passage: Passage, _ view: ChannelView) -> UInt64 {
    guard candidates(passage, view) == [router] else { return settings.answerMs }
    let rests = view.routers.filter { linked.contains($0) }
      .map { passage.resting[$0]?.restMs ?? 0 }
    return settings.answerMs + settings.patience * (rests.min() ?? 0)
  }
}
