internal import BuiltinContracts

/// Packets that a chain received and that wait for their recipients, as far as a router knows them:
/// they lapse once their time has passed (R18).
struct OpenPackets: Sendable {
  private struct Waiting {
    let timeoutMs: UInt64
    /// When the chain said that it is too early: its clock is behind the router's.
    var refusedMs: UInt64?
  }

  /// Which packets to look through for open ones: those after one, up to another, until so many
  /// are found.
  struct Search: Hashable, Sendable {
    let after: UInt64
    let newest: UInt64
    let count: UInt32
  }

  private var waiting: [UInt64: Waiting] = [:]
  /// Up to which sequence `waiting` has all that were open.
  private var known: UInt64 = 0
  private var nextSearchMs: UInt64 = 0

  /// What has to be looked through now, if anything; `found` or `notFound` ends it.
  mutating func search(
    _ state: RelayChannelState, now: RouterMoment, _ settings: RouterCore.Settings
  ) -> Search? {
    guard state.open > 0 else {
      waiting = [:]
      known = max(known, state.received)
      return nil
    }
    if waiting.count > Int(state.open) {
      // Some were decided, and which ones is not known.
      waiting = [:]
      known = 0
    }
    guard state.received > known, now.steadyMs >= nextSearchMs else { return nil }
    nextSearchMs = now.steadyMs + settings.answerMs
    return Search(after: known, newest: state.received, count: state.open)
  }

  mutating func found(
    _ packets: [RelayPacket], upTo newest: UInt64, now: RouterMoment,
    _ settings: RouterCore.Settings
  ) {
    for packet in packets { waiting[packet.sequence] = Waiting(timeoutMs: packet.timeoutMs) }
    known = max(known, newest)
    nextSearchMs = now.steadyMs + settings.unsettledMs
  }

  mutating func notFound(now: RouterMoment, _ settings: RouterCore.Settings) {
    nextSearchMs = now.steadyMs + settings.restMs.upperBound
  }

  /// Those whose time has passed, as far as a router can know, the first first.
  /// - Parameters:
  ///   - chainMs: Time of the chain's newest block, which may have been made long ago.
  ///   - graceMs: How long to leave a packet to the router whose turn it is.
  func due(chainMs: UInt64, now: RouterMoment, graceMs: (UInt64) -> UInt64) -> [UInt64] {
    waiting.filter { sequence, packet in
      let dueMs = packet.timeoutMs + graceMs(sequence)
      if dueMs <= chainMs { return true }
      guard let refusedMs = packet.refusedMs else { return dueMs <= now.wallMs }
      return now.steadyMs - refusedMs >= dueMs - chainMs
    }.keys.sorted()
  }

  mutating func ended(_ sequence: UInt64) { waiting[sequence] = nil }

  /// The chain's own time decides from here on.
  mutating func isEarly(_ sequence: UInt64, now: RouterMoment) {
    waiting[sequence]?.refusedMs = now.steadyMs
  }
}
