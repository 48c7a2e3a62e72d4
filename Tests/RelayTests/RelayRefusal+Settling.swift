import BuiltinContracts
import LedgerModel
import LedgerStore
import Wire

extension RelayRefusal {
  private static func acknowledging(
    _ title: String, _ name: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayAcknowledge, inout WireValueProof) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      try story.givenSent("N1")
      try story.givenSent("N2")
      try story.givenReceived(1)
      let answer = try Crossing.sync(story.there, to: story.here)
      return try story.here.submit("router", story.acknowledge(1, answer, change))
    }
  }

  private static func alter(
    _ proof: inout WireValueProof, _ change: (inout RelayReceivedPacket) -> Void
  ) throws {
    var received = try RelayReceivedPacket(strict: proof.value.octets, limit: Limits.valueBytes)
    change(&received)
    proof.value = received.encoded.data
  }

  private static func timingOut(
    _ title: String, _ name: String, _ field: String,
    of value: @escaping @Sendable (Crossing) throws -> String,
    _ change: @escaping @Sendable (inout RelayTimeOut, inout WireAbsenceProof) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(
      title, name, field, of: value,
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        try Crossing.sync(story.there, to: story.here)
        let (passed, evidence) = try story.givenPassed(timeout)
        return try story.here.submit(
          "router", story.timeOut(1, passed: passed, evidence, change))
      })
  }

  /// What settles nothing.
  static let settling: [RelayRefusal] = [
    acknowledging("An answer is of a known channel", "unknown_channel", "channel", "x") {
      call, _ in call.channel = "x"
    },
    acknowledging("An altered outcome is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.outcome.failure = .unknownRecipient }
    },
    acknowledging("An altered result is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.outcome.result = [UInt8]([1]).data }
    },
    acknowledging(
      "An answer with an altered packet is not proven", "not_proven", "proof", "wrong_value"
    ) { _, proof in try alter(&proof) { $0.packet.commitment = $0.packet.sourceChain } },
    acknowledging(
      "An answer about one packet is none about the next", "not_proven", "proof", "wrong_value"
    ) { _, proof in try alter(&proof) { $0.packet.sequence = 2 } },
    acknowledging(
      "An answer about a packet that was not sent is refused", "unknown_packet", "packet",
      "\(Crossing.channel):3"
    ) { _, proof in try alter(&proof) { $0.packet.sequence = 3 } },
    acknowledging(
      "An answer is of the channel that is named", "other_channel", "packet.channel", "x"
    ) { _, proof in try alter(&proof) { $0.packet.channel = "x" } },
    acknowledging("An answer that is none is malformed", "malformed", "proof.value", "1 bytes") {
      _, proof in proof.value = [UInt8]([1]).data
    },
    acknowledging(
      "An answer is proven by a known header", "unknown_header", "header.height", "99"
    ) { call, _ in call.header.height = 99 },
    RelayRefusal(
      "A packet is acknowledged once", "settled", "packet", "acknowledged",
      when: { story in
        try story.givenSent("N1")
        try story.givenReceived(1)
        let answer = try Crossing.sync(story.there, to: story.here)
        try story.here.given("router", story.acknowledge(1, answer))
        return try story.here.submit("router-2", story.acknowledge(1, answer))
      }),
    RelayRefusal(
      "A packet is compensated once", "settled", "packet", "compensated",
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        let (passed, evidence) = try story.givenPassed(timeout)
        try story.here.given("router", story.timeOut(1, passed: passed, evidence))
        return try story.here.submit("router-2", story.timeOut(1, passed: passed, evidence))
      }),
    RelayRefusal(
      "A packet that was received is not timed out", "not_proven", "proof", "absence_not_shown",
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        let before = try Crossing.sync(story.there, to: story.here)
        let absence = try story.there.ledger.prove(
          RelayContract.received(Crossing.channel, 1), at: before.anchor
        ).absence
        try story.givenReceived(1)
        let (passed, evidence) = try story.givenPassed(timeout)
        return try story.here.submit(
          "router", story.timeOut(1, passed: passed, evidence) { $1 = absence })
      }),
    RelayRefusal(
      "The absence of another packet's receipt is no timeout", "not_proven", "proof",
      "other_answer",
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        let (passed, evidence) = try story.givenPassed(timeout)
        let other = try story.there.ledger.prove(
          RelayContract.received(Crossing.channel, 2), at: evidence.anchor
        ).absence
        return try story.here.submit(
          "router", story.timeOut(1, passed: passed, evidence) { $1 = other })
      }),
    timingOut(
      "A header before the timeout shows no timeout", "not_passed", "passed_height",
      of: { story in
        let first = try story.there.ledger.block(at: 3)
        return "\(first?.header.timeMs ?? 0)"
      }
    ) { call, _ in call.passedHeight = 3 },
    timingOut(
      "Another packet than was sent is not timed out", "other_packet", "packet",
      of: { _ in "\(Crossing.channel):1" }
    ) { call, _ in call.packet.timeoutMs = 1 },
    timingOut(
      "What proves absence must be a proof", "not_proven", "proof", of: { _ in "malformed" }
    ) { _, proof in proof.path.siblings = [[UInt8]([1]).data] },
  ]
}
