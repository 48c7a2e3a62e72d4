import RouterCore

/// One router's machine, told by hand what happens: every answer takes a tick.
struct CoreStory {
  private(set) var core = RouterCore(member: "router", channels: [Crossing.channel])
  private var nowMs: UInt64 = 0
  private var events: [RouterCore.Event] = []

  private static let tickMs: UInt64 = 50

  mutating func tell(_ event: RouterCore.Event) { events.append(event) }

  /// Runs for so long.
  /// - Parameter answer: What follows from an effect, and when it was asked for; `nil`: nothing.
  mutating func run(
    for ms: UInt64, _ answer: (RouterCore.Effect, _ atMs: UInt64) throws -> RouterCore.Event?
  ) rethrows {
    let end = nowMs + ms
    while nowMs < end {
      let now = RouterMoment(wallMs: RelayChain.start + nowMs, steadyMs: nowMs)
      var effects = nowMs == 0 ? core.start(now: now) : []
      let due = events + [.tick]
      events = []
      for event in due { effects += core.handle(event, now: now) }
      for effect in effects {
        if let event = try answer(effect, nowMs) { events.append(event) }
      }
      nowMs += Self.tickMs
    }
  }
}
