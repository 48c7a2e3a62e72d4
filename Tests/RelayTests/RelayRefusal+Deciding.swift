import BuiltinContracts
import LedgerModel
import Wire

extension RelayRefusal {
  private static let first = "\(Crossing.channel):1"

  /// A notice that waits for its recipient, and a call about it.
  private static func deciding(
    _ title: String, _ name: String, _ field: String, _ value: String, by member: String = "clerk",
    _ request: @escaping @Sendable () -> RelayChain.Request
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      try story.givenOpen("N1")
      return try story.there.submit(member, request())
    }
  }

  /// What is not decided.
  static let deciding: [RelayRefusal] = [
    deciding(
      "Only its recipient decides a packet", "not_recipient", "packet.recipient", "clerk",
      by: "sender"
    ) { Crossing.decide(1, .none) },
    deciding(
      "A packet that never came is not decided", "unknown_packet", "packet",
      "\(Crossing.channel):2"
    ) { Crossing.decide(2, .none) },
    deciding(
      "A recipient does not say what only contracts find", "malformed", "failure", "1"
    ) { Crossing.decide(1, .timedOut) },
    deciding(
      "A recipient gives a reason that is known", "malformed", "failure", "99"
    ) { Crossing.decide(1, .UNRECOGNIZED(99)) },
    RelayRefusal(
      "A packet is decided once", "decided", "packet", first,
      when: { story in
        try story.givenOpen("N1")
        try story.there.given("clerk", Crossing.decide(1, .refused))
        return try story.there.submit("clerk", Crossing.decide(1, .none))
      }),
    RelayRefusal(
      "What the contract decided is not decided again", "decided", "packet", first,
      when: { story in
        try story.givenSent("N1")
        try story.givenReceived(1)
        return try story.there.submit("clerk", Crossing.decide(1, .refused))
      }),
    RelayRefusal(
      "A packet is not decided at its timeout", "late", "packet.timeout_ms",
      of: { "\(try $0.here.sent(1)?.packet.timeoutMs ?? 0)" },
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenOpen("N1", timeoutMs: timeout)
        return try story.there.submit("clerk", Crossing.decide(1, .none), at: timeout)
      }),
    RelayRefusal(
      "A packet does not lapse before its timeout", "not_late", "packet.timeout_ms",
      of: { "\(try $0.here.sent(1)?.packet.timeoutMs ?? 0)" },
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenOpen("N1", timeoutMs: timeout)
        return try story.there.submit("router", Crossing.lapse(1), at: timeout - 1)
      }),
    RelayRefusal(
      "What is decided does not lapse", "decided", "packet", first,
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenOpen("N1", timeoutMs: timeout)
        try story.there.given("clerk", Crossing.decide(1, .none))
        return try story.there.submit("router", Crossing.lapse(1), at: timeout)
      }),
    RelayRefusal(
      "What is not decided is not acknowledged", "undecided", "packet", first,
      when: { story in
        try story.givenOpen("N1")
        return try story.here.submit(
          "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))
      }),
  ]
}
