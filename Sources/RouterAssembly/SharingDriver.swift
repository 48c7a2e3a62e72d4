internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import Logging
internal import RouterCore
internal import Wire

/// Performs what the sharing core asks for, as the member that shares, and tells it what became of
/// that.
actor SharingDriver {
  /// Who shares over one channel.
  struct Sharer: Sendable {
    let chain: LocalChain
    /// The policy under which invoices are released.
    let policy: String
  }

  private var core: SharingCore
  /// By channel.
  private let sharers: [String: Sharer]
  private let watch: RouterWatch
  private let logger: Logger
  private let clock: @Sendable () -> RouterMoment

  init(
    sharers: [String: Sharer], watch: RouterWatch, logger: Logger,
    clock: @escaping @Sendable () -> RouterMoment
  ) {
    core = SharingCore(channels: sharers.keys.sorted())
    self.sharers = sharers
    self.watch = watch
    self.logger = logger
    self.clock = clock
  }

  func tick() { handle(.tick) }

  /// Something happened on a channel of the own chain, at this height if it is known.
  func changed(_ channel: String, height: UInt64 = 0) {
    sharers[channel]?.chain.want(height: height)
    handle(.changed(channel: channel))
  }

  private func handle(_ event: SharingCore.Event) {
    for effect in core.handle(event, now: clock()) { perform(effect) }
  }

  private func perform(_ effect: SharingCore.Effect) {
    switch effect {
    case .look(let channel):
      attempt(channel) { sharer, _ in
        .looked(channel: channel, try await sharer.chain.request(channel))
      }
    case .find(let channel, let from, let height, let most):
      attempt(channel) { sharer, _ in
        let found = try await sharer.chain.ledger.recordedInvoices(
          from: from, upTo: height, most: most)
        let candidates = try await sharer.chain.candidates(found.invoices, for: channel)
        return .found(channel: channel, candidates, next: found.next)
      }
    case .share(let channel, let invoices, let view):
      attempt(channel) { sharer, timeMs in
        let outcomes = try await sharer.chain.share(
          invoices, channel, view, policy: sharer.policy, timeMs: timeMs)
        return .shared(channel: channel, outcomes)
      }
    case .note(let note): tell(note)
    }
  }

  /// Does something that the own chain may not be able to answer.
  private func attempt(
    _ channel: String,
    _ body: @escaping @Sendable (Sharer, _ timeMs: UInt64) async throws -> SharingCore.Event
  ) {
    guard let sharer = sharers[channel] else { return }
    let timeMs = clock().wallMs
    Task {
      let event: SharingCore.Event
      do {
        event = try await body(sharer, timeMs)
      } catch {
        sharer.chain.moveOn()
        event = .failed(channel: channel, reason: wordsForOperators(error))
      }
      handle(event)
    }
  }

  private func tell(_ note: SharingCore.Note) {
    watch.count(note)
    switch note {
    case .begun(let channel, let request):
      logger.info(
        "a request is answered", metadata: ["channel": "\(channel)", "request": "\(request)"])
    case .shared: break
    case .skipped(let channel, let invoice, let reason):
      logger.warning(
        "an invoice is not shared",
        metadata: ["channel": "\(channel)", "invoice": "\(invoice.key)", "reason": "\(reason)"])
    case .ended(let channel, let request, let count):
      logger.info(
        "a request is answered in full",
        metadata: ["channel": "\(channel)", "request": "\(request)", "shared": "\(count)"])
    case .stalled(let channel, let reason?):
      logger.warning(
        "nothing can be shared", metadata: ["channel": "\(channel)", "reason": "\(reason)"])
    case .stalled(let channel, nil):
      logger.info("sharing goes on", metadata: ["channel": "\(channel)"])
    }
  }
}
