internal import NIOCore

/// Decides when a connection has been too slow, from what happens on it and when.
///
/// A connection waits for a head, or receives a body, or is being answered, and the client has a
/// bounded time for its part of each; the node's own time is not the client's fault.
struct ConnectionPace {
  /// How much time the client has.
  struct Bounds: Sendable {
    let idle: TimeAmount
    let bodyGrace: TimeAmount
    let bodyBytesPerSecond: Int
    let unread: TimeAmount
    let linger: TimeAmount

    init(_ limits: APILimits) {
      idle = TimeAmount(limits.idle)
      bodyGrace = TimeAmount(limits.bodyGrace)
      bodyBytesPerSecond = max(1, limits.bodyBytesPerSecond)
      unread = TimeAmount(limits.unread)
      linger = TimeAmount(limits.linger)
    }

    /// How often to look: a bound is exceeded by a quarter at most.
    var interval: TimeAmount {
      max(.milliseconds(10), .nanoseconds(min(idle, bodyGrace, unread, linger).nanoseconds / 4))
    }
  }

  private let bounds: Bounds
  private var unanswered = 0
  private var quietSince: NIODeadline
  private var body: (since: NIODeadline, bytes: Int)?
  private var unreadSince: NIODeadline?
  private var endedAt: NIODeadline?

  init(bounds: Bounds, now: NIODeadline) {
    self.bounds = bounds
    quietSince = now
  }

  /// Whether a request's body is still to come in full.
  var isReceiving: Bool { body != nil }
  /// Whether a request waits for its answer.
  var isAnswering: Bool { unanswered > 0 }

  mutating func headArrived(now: NIODeadline) {
    unanswered += 1
    body = (now, 0)
  }

  mutating func bodyArrived(bytes: Int) {
    body?.bytes += bytes
  }

  mutating func requestArrived() {
    body = nil
  }

  mutating func answered(now: NIODeadline) {
    unanswered -= 1
    quietSince = now
    // While an earlier request was being answered, the body of the next was not read.
    body?.since = now
  }

  mutating func becameWritable(_ isWritable: Bool, now: NIODeadline) {
    unreadSince = isWritable ? nil : now
  }

  mutating func announcedEnd(now: NIODeadline) {
    endedAt = now
  }

  func isOverdue(now: NIODeadline) -> Bool {
    if let endedAt { return now - endedAt > bounds.linger }
    if let unreadSince, now - unreadSince > bounds.unread { return true }
    if let body, unanswered <= 1 { return now - body.since > allowance(for: body.bytes) }
    return unanswered == 0 && now - quietSince > bounds.idle
  }

  private func allowance(for bytes: Int) -> TimeAmount {
    bounds.bodyGrace + .milliseconds(Int64(bytes) * 1_000 / Int64(bounds.bodyBytesPerSecond))
  }
}
