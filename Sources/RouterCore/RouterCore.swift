public import BuiltinContracts
internal import LedgerModel
public import Wire

/// A router beside one chain: what it asks of routers beside other chains, and when it submits what
/// they answer. Pure: events in, effects out.
///
/// It keeps nothing that the chain does not have: after a start everything is found again.
/// - Source: docs/spec/21-routers.md, rules Q1 to Q9.
public struct RouterCore: Sendable {
  /// What happened.
  public enum Event: Sendable {
    /// The newest state of a channel on this chain, after `look` or because something changed.
    case looked(ChannelView)
    /// The packets that wait to be settled, after `recover`.
    case recovered(channel: String, newest: UInt64, unsettled: [UInt64])
    /// Packets sent from here, after `fetch`: those of the asked ones that exist.
    case fetched(channel: String, asked: [UInt64], [RelaySentPacket])
    /// Open packets among those that were looked through, after `findOpen`.
    case foundOpen(channel: String, newest: UInt64, [RelayPacket])
    /// Those of the packets of `checkOpen` that are decided.
    case decided(channel: String, [UInt64])
    /// Some packets sent from here may be settled: by this router or by another one.
    case settled(channel: String, [UInt64])
    case linked(RouterID)
    case unlinked(RouterID)
    case answered(WireRouterAnswer, by: RouterID)
    case refused(WireRouterRefusal, by: RouterID)
    /// An answer was judged.
    case judged(channel: String, Judgement)
    /// What became of the calls, in their order.
    case submitted(channel: String, [CallOutcome])
    /// The own chain's nodes could not be asked, or what they said could not be used.
    case failed(channel: String, Work, reason: String)
    /// Time passed.
    case tick
  }

  /// What a failure ended.
  public enum Work: Sendable {
    case looking, recovering, fetching, findingOpen, judging, submitting
  }

  /// What is to be done.
  public enum Effect: Sendable {
    /// Read the channel's state and tell it as `looked`.
    case look(channel: String)
    /// Find the `count` packets up to `newest` that wait to be settled.
    case recover(channel: String, newest: UInt64, count: UInt32)
    /// Read packets that were sent from here.
    case fetch(channel: String, [UInt64])
    /// Find the open packets among those received after one and up to `newest`, from the newest on,
    /// until `count` are found.
    case findOpen(channel: String, after: UInt64, newest: UInt64, count: UInt32)
    /// Read packets that were received here and open, to tell which of them are decided.
    case checkOpen(channel: String, [UInt64])
    case ask(WireRouterAsk, of: RouterID)
    case judge(WireRouterAnswer, from: RouterID, ChannelView, Unsettled)
    /// Sign the calls as one transaction, each carried out by itself.
    case submit(channel: String, [CarriedCall])
    case note(Note)
  }

  /// Packets sent from here that wait to be settled; of those that waited for a while, all of it.
  public typealias Unsettled = [UInt64: RelayPacket?]

  /// What became of one call.
  public struct CallOutcome: Hashable, Sendable {
    public let kind: CarriedCall.Kind
    /// `nil`: done.
    public let refusal: (Refused)?

    public struct Refused: Hashable, Sendable {
      public let code: String
      public let field: String
      public let value: String

      public init(code: String, field: String, value: String) {
        self.code = code
        self.field = field
        self.value = value
      }
    }

    public init(_ kind: CarriedCall.Kind, refusal: Refused?) {
      self.kind = kind
      self.refusal = refusal
    }
  }

  /// What operators should hear of.
  public enum Note: Hashable, Sendable {
    /// What another router brought is wrong: it lies, or its chain does.
    case blamed(RouterID, channel: String, reason: String)
    /// Another router does not answer.
    case silent(RouterID, channel: String, question: UInt64)
    case refused(RouterID, channel: String, question: UInt64, code: String)
    /// A channel stands, or goes on (`nil`).
    case stalled(channel: String, reason: String?)
    case carried(channel: String, CallOutcome)
  }

  /// Waits and bounds.
  public struct Settings: Sendable {
    /// How long another router may keep a question that it has nothing to answer to.
    public var waitMs: UInt32 = 2_000
    /// After which an answer is late, beyond the wait.
    public var answerMs: UInt64 = 5_000
    /// By how many times its last rest one who failed gets more time for an answer.
    public var patience: UInt64 = 4
    /// How long one who failed is not asked, at first and at most.
    public var restMs: ClosedRange<UInt64> = 200...10_000
    /// How long a router whose turn it is not lets the other one go first.
    public var turnMs: UInt64 = 300
    /// Packets after which it is another router's turn.
    public var turnPackets: UInt64 = 64
    /// After which it is asked when an unsettled packet's time ends.
    public var unsettledMs: UInt64 = 2_000
    /// How long a router whose turn it is not lets the other one have packets lapse: nobody waits.
    public var lapseMs: UInt64 = 10_000
    /// After which it is reported that the other chain shows nothing of packets that timed out.
    public var overdueMs: UInt64 = 30_000
    /// Pause between questions that brought nothing.
    public var pauseMs: UInt64 = 50

    public init() {}
  }

  let member: String
  let settings: Settings
  var passages: [String: Passage] = [:]
  var linked: Set<RouterID> = []
  private var number: UInt64 = 0
  var now = RouterMoment(wallMs: 0, steadyMs: 0)
  var effects: [Effect] = []

  /// - Parameters:
  ///   - member: The router's member on its own chain.
  ///   - channels: Ids of the channels that it serves.
  public init(member: String, channels: [String], settings: Settings = Settings()) {
    self.member = member
    self.settings = settings
    for channel in channels { passages[channel] = Passage() }
  }

  /// The first effects: every channel is looked at.
  public mutating func start(now: RouterMoment) -> [Effect] {
    self.now = now
    for channel in passages.keys.sorted() { look(channel) }
    return take()
  }

  public mutating func handle(_ event: Event, now: RouterMoment) -> [Effect] {
    self.now = now
    switch event {
    case .looked(let view): looked(view)
    case .recovered(let channel, let newest, let unsettled):
      recovered(channel, newest, unsettled)
    case .fetched(let channel, let asked, let packets): fetched(channel, asked, packets)
    case .foundOpen(let channel, let newest, let packets): foundOpen(channel, newest, packets)
    case .decided(let channel, let sequences): decided(channel, sequences)
    case .settled(let channel, let sequences): settled(channel, sequences)
    case .linked(let router): linked.insert(router)
    case .unlinked(let router): unlinked(router)
    case .answered(let answer, let router): answered(answer, router)
    case .refused(let refusal, let router): refused(refusal, router)
    case .judged(let channel, let judgement): judged(channel, judgement)
    case .submitted(let channel, let outcomes): submitted(channel, outcomes)
    case .failed(let channel, let work, let reason): failed(channel, work, reason)
    case .tick: break
    }
    for channel in passages.keys.sorted() { advance(channel) }
    return take()
  }

  /// Whether a question to this router is open: nothing else of it needs to be read.
  public func isAsking(_ router: RouterID) -> Bool {
    passages.values.contains { passage in
      if case .asked(_, router, _) = passage.phase { true } else { false }
    }
  }

  private mutating func take() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  mutating func nextNumber() -> UInt64 {
    number += 1
    return number
  }

  mutating func note(_ note: Note) { effects.append(.note(note)) }

  mutating func look(_ channel: String) {
    passages[channel]?.phase = .looking(untilMs: now.steadyMs + settings.answerMs)
    effects.append(.look(channel: channel))
  }
}

/// What time it is, as the router is told with everything that happens.
public struct RouterMoment: Hashable, Sendable {
  /// Milliseconds since 1970: only a hint when to ask about timeouts, which block times decide.
  public let wallMs: UInt64
  /// Milliseconds since some start: waits are measured with it, since it only grows.
  public let steadyMs: UInt64

  public init(wallMs: UInt64, steadyMs: UInt64) {
    self.wallMs = wallMs
    self.steadyMs = steadyMs
  }
}
