public import BuiltinContracts
public import LedgerModel

/// Shares the invoices that other chains ask for, as a member who owns them or may read them. Pure:
/// events in, effects out.
///
/// It keeps nothing that the chain does not have: the newest request says what is to be shared, and
/// business keys which of it is shared already.
/// - Source: docs/spec/21-routers.md, rule Q10.
public struct SharingCore: Sendable {
  /// A request as its chain has it, and what the channel lets through.
  public struct View: Hashable, Sendable {
    public let request: RelayRequestedInvoices
    /// Of the block in which it arrived: what was recorded later is not asked for.
    public let height: UInt64
    /// Packets that may be sent now.
    public let room: Int
    /// Why none can be; `nil` if the channel is open.
    public let obstacle: String?
    /// Of the newest block.
    public let timeMs: UInt64
    /// Longest time until a packet's timeout.
    public let maxTimeoutMs: UInt64

    public init(
      request: RelayRequestedInvoices, height: UInt64, room: Int, obstacle: String?,
      timeMs: UInt64, maxTimeoutMs: UInt64
    ) {
      self.request = request
      self.height = height
      self.room = room
      self.obstacle = obstacle
      self.timeMs = timeMs
      self.maxTimeoutMs = maxTimeoutMs
    }

    /// When a packet times out that is sent now: half of the longest time from now on.
    ///
    /// A clock that is ahead does not lead beyond what the terms allow. The newest block may be
    /// old; if it is too old for this, the refused call makes a newer one.
    public func timeoutMs(wallMs: UInt64) -> UInt64 {
      let half = maxTimeoutMs / 2
      return min(max(wallMs, timeMs), timeMs + half) + half
    }
  }

  /// An invoice that the chain recorded, and whether it was shared over the channel before.
  public struct Candidate: Hashable, Sendable {
    public let invoice: AssetID
    public let isShared: Bool

    public init(_ invoice: AssetID, isShared: Bool) {
      self.invoice = invoice
      self.isShared = isShared
    }
  }

  /// What became of one invoice.
  public enum Outcome: Hashable, Sendable {
    case shared
    /// It cannot be read, or the contract does not take it: the next one is more use.
    case skipped(reason: String)
    /// The channel does not take it now.
    case later(reason: String)
  }

  public enum Event: Sendable {
    /// Something happened on a channel.
    case changed(channel: String)
    /// After `look`; `nil`: nobody asked for anything.
    case looked(channel: String, View?)
    /// After `find`, in the order of the log, and where to go on; `nil`: that was all.
    case found(channel: String, [Candidate], next: UInt64?)
    /// After `share`, in the order of its invoices.
    case shared(channel: String, [Outcome])
    case failed(channel: String, reason: String)
    case tick
  }

  public enum Effect: Hashable, Sendable {
    case look(channel: String)
    /// Find so many invoices that the chain recorded from a position of its log on, not above a
    /// height.
    case find(channel: String, from: UInt64, height: UInt64, most: Int)
    /// Send the share of each to a member of the other chain.
    case share(channel: String, [AssetID], View)
    case note(Note)
  }

  /// What operators should hear of.
  public enum Note: Hashable, Sendable {
    case begun(channel: String, request: UInt64)
    case shared(channel: String)
    case skipped(channel: String, invoice: AssetID, reason: String)
    case ended(channel: String, request: UInt64, shared: UInt32)
    /// Nothing can be shared now, or it goes on (`nil`).
    case stalled(channel: String, reason: String?)
  }

  /// Waits and bounds.
  public struct Settings: Sendable {
    /// Invoices that are looked for at once.
    public var found = 64
    /// Invoices that are sent at once: under one signature.
    public var shared = 16
    /// How long to wait after a failure, at first and at most.
    public var restMs: ClosedRange<UInt64> = 200...10_000
    /// After which the chain is looked at although nothing was heard of it.
    public var lookMs: UInt64 = 30_000

    public init() {}
  }

  private let settings: Settings
  private var answers: [String: Answer] = [:]
  private var effects: [Effect] = []

  /// - Parameter channels: Ids of the channels whose requests are answered.
  public init(channels: [String], settings: Settings = Settings()) {
    self.settings = settings
    for channel in channels { answers[channel] = Answer() }
  }

  public mutating func handle(_ event: Event, now: RouterMoment) -> [Effect] {
    let settings = settings
    switch event {
    case .changed(let channel): answers[channel]?.hasChanged = true
    case .looked(let channel, let view): update(channel) { $0.looked(view, settings, now) }
    case .found(let channel, let candidates, let next):
      update(channel) { $0.found(candidates, next) }
    case .shared(let channel, let outcomes):
      update(channel) { $0.shared(outcomes, channel, settings, now) }
    case .failed(let channel, let reason):
      update(channel) { $0.rest(reason, channel, settings, now) }
    case .tick: break
    }
    for channel in answers.keys.sorted() {
      update(channel) { $0.advance(channel, settings, now) }
    }
    defer { effects = [] }
    return effects
  }

  private mutating func update(_ channel: String, _ body: (inout Answer) -> [Effect]) {
    guard var answer = answers[channel] else { return }
    effects += body(&answer)
    answers[channel] = answer
  }
}

extension SharingCore {
  /// Whether a refusal is about the invoice that is read or shared. Others are about the member,
  /// the channel or the chain, and so about every invoice.
  public static func isAboutInvoice(_ code: String) -> Bool {
    ["query.unknown_attachment", "relay.malformed", "contract.too_large"].contains(code)
      || ["invoice.", "message."].contains { code.hasPrefix($0) }
  }
}

extension SharingCore.Outcome {
  /// What became of the call that shares an invoice.
  public init(_ receipt: Receipt) {
    guard case .refused(let refused) = receipt.outcome else {
      self = .shared
      return
    }
    let reason = "\(refused.code) \(refused.field) \(refused.value)"
    switch refused.code {
    // Another router, or the member by hand, was quicker.
    case "relay.business_key_used": self = .shared
    case let code where SharingCore.isAboutInvoice(code): self = .skipped(reason: reason)
    default: self = .later(reason: reason)
    }
  }
}
