internal import BuiltinContracts

/// How one channel stands with this router.
struct Passage: Sendable {
  /// One thing at a time: what is brought next follows from what was carried out before.
  enum Phase: Sendable {
    /// The own chain is being read.
    case looking(untilMs: UInt64)
    /// The own chain is searched for packets that wait to be settled.
    case recovering(untilMs: UInt64)
    case idle(untilMs: UInt64)
    case asked(number: UInt64, RouterID, untilMs: UInt64)
    case judging(RouterID)
    /// It is another router's turn: it may be quicker.
    case yielding([CarriedCall], RouterID, untilMs: UInt64)
    /// What a router brought, or what time asks for.
    case submitting(RouterID?)
  }

  /// A packet sent from here that is not settled.
  struct Unsettled: Sendable {
    let sinceMs: UInt64
    /// Read when it has waited for a while.
    var packet: RelayPacket?
    var isFetched = false
  }

  /// A router of the other chain, and a packet whose content it brought wrong.
  struct Blamed: Hashable {
    let router: RouterID
    let sequence: UInt64
  }

  var view: ChannelView?
  /// The newest view there was, for operators.
  var shown: ChannelView?
  var phase = Phase.idle(untilMs: 0)
  /// By sequence; at most as many as the channel's window.
  var unsettled: [UInt64: Unsettled] = [:]
  /// Up to which sequence `unsettled` is complete; `nil` until it was recovered.
  var knownSent: UInt64?
  /// Packets received here that nobody decided yet.
  var open = OpenPackets()
  /// Routers that failed, until when they are not asked, and for how long the last time.
  var resting: [RouterID: (untilMs: UInt64, restMs: UInt64)] = [:]
  /// Who was blamed for which packet, so that it is done once.
  var blamed: Set<Blamed> = []
  /// Questions so far: the routers of the other chain are asked in turn.
  var turn = 0
  /// Nothing is asked before, because the last answer led to nothing.
  var pauseMs: UInt64 = 0
  var stalled: String?
}
