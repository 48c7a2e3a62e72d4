internal import BuiltinContracts

/// Packets that a chain received and that wait for their recipients, as far as a router knows them:
/// they lapse once their time has passed (R18).
struct OpenPackets: Sendable {
  private struct Waiting {
    let timeoutMs: UInt64
    /// When the chain said that it is too early: its clock is behind the router's.
    var refusedMs: UInt64?
  }

  /// What to read.
  enum Search: Hashable, Sendable {
    /// Those received after one and up to another, until so many open ones are found.
    case received(after: UInt64, newest: UInt64, count: UInt32)
    /// Those that were open: some were decided, and which ones is not known.
    case known([UInt64])
  }

  private var waiting: [UInt64: Waiting] = [:]
  /// Up to which sequence `waiting` has all that were open.
  private var known: UInt64 = 0
  private var isSearching = false
  private var nextSearchMs: UInt64 = 0

  /// What has to be read now, if anything; `found`, `decided` or `notFound` ends it.
  mutating func search(_ state: RelayChannelState, now: RouterMoment) -> Search? {
    guard state.open > 0 else {
      waiting = [:]
      known = max(known, state.received)
      return nil
    }
    guard !isSearching, now.steadyMs >= nextSearchMs else { return nil }
    if waiting.count > Int(state.open) {
      isSearching = true
      return .known(waiting.keys.sorted())
    }
    guard state.received > known else { return nil }
    isSearching = true
    return .received(after: known, newest: state.received, count: state.open)
  }

  mutating func found(
    _ packets: [RelayPacket], upTo newest: UInt64, now: RouterMoment,
    _ settings: RouterCore.Settings
  ) {
    for packet in packets { waiting[packet.sequence] = Waiting(timeoutMs: packet.timeoutMs) }
    known = max(known, newest)
    endSearch(untilMs: now.steadyMs + settings.unsettledMs)
  }

  mutating func decided(
    _ sequences: [UInt64], now: RouterMoment, _ settings: RouterCore.Settings
  ) {
    for sequence in sequences { waiting[sequence] = nil }
    endSearch(untilMs: now.steadyMs + settings.unsettledMs)
  }

  mutating func notFound(now: RouterMoment, _ settings: RouterCore.Settings) {
    endSearch(untilMs: now.steadyMs + settings.restMs.upperBound)
  }

  private mutating func endSearch(untilMs: UInt64) {
    isSearching = false
    nextSearchMs = untilMs
  }

  /// Those whose time has passed, as far as a router can know, the first first.
  /// - Parameters:
  ///   - chainMs: Time of the chain's newest block, which may have been made long ago.
  ///   - graceMs: How long to leave a packet to the router whose turn it is.
  func due(chainMs: UInt64, now: RouterMoment, graceMs: (UInt64) -> UInt64) -> [UInt64] {
    waiting.filter { sequence, packet in
      // The timeout is another chain's word.
      let (sum, overflow) = packet.timeoutMs.addingReportingOverflow(graceMs(sequence))
      let dueMs = overflow ? .max : sum
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
