import BuiltinContracts
import LedgerModel
import LedgerStore
import Wire

extension RelayRefusal {
  /// A call on a channel to a place.
  private static func atPlace(
    _ title: String, _ name: String, _ field: String, _ value: String,
    by member: String = Place.gateway, at timeMs: UInt64? = nil,
    _ request: @escaping @Sendable (Place) throws -> RelayChain.Request
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      let place = try Place(on: story.here)
      return try story.here.submit(member, request(place), at: timeMs)
    }
  }

  /// A call that brings a proof from the chain of `Crossing` for the channel of a place.
  private static func proven(
    _ title: String, _ request: @escaping @Sendable (Crossing) throws -> RelayChain.Request
  ) -> RelayRefusal {
    RelayRefusal(title, "leads_to_place", "channel", Place.channel) { story in
      _ = try Place(on: story.there)
      try story.givenSent("N1")
      return try story.there.submit("router", request(story))
    }
  }

  /// What a place and its gateway member cannot do, and what routers cannot do there.
  static let places: [RelayRefusal] = [
    proven("Nothing is received from a place by proof") { story in
      try story.receive(1, Crossing.sync(story.here, to: story.there)) { call, _ in
        call.channel = Place.channel
      }
    },
    proven("Nothing of a place is skipped") { story in
      var call = RelaySkip()
      call.channel = Place.channel
      let evidence = try Crossing.sync(story.here, to: story.there)
      call.header = evidence.name
      call.proof = try story.here.ledger.prove(
        RelayContract.sent(Crossing.channel, 1), at: evidence.anchor
      ).value.encoded.data
      return RelayChain.Request(method: "skip", arguments: call.encoded)
    },
    proven("No proof acknowledges a packet to a place") { _ in
      var call = RelayAcknowledge()
      call.channel = Place.channel
      return RelayChain.Request(method: "acknowledge", arguments: call.encoded)
    },
    proven("A packet to a place is not timed out by proof") { _ in
      var call = RelayTimeOut()
      call.packet.channel = Place.channel
      return RelayChain.Request(method: "timeOut", arguments: call.encoded)
    },
    RelayRefusal(
      "Nobody's word settles a packet to a chain", "leads_to_chain", "channel", Crossing.channel,
      when: { story in
        try story.givenSent("N1")
        return try story.here.submit(
          Place.gateway, Place.settle(1, channel: Crossing.channel))
      }),
    RelayRefusal(
      "Nobody's word brings a packet from a chain", "leads_to_chain", "channel", Crossing.channel,
      when: { story in
        let place = try Place(on: story.here)
        return try story.here.submit(
          Place.gateway, place.deposit("N1") { $0.packet.channel = Crossing.channel })
      }),
    atPlace(
      "Only the gateway member deposits", "not_gateway", "channel.gateway", Place.gateway,
      by: "router"
    ) { $0.deposit("N1") },
    atPlace(
      "Only the gateway member settles", "not_gateway", "channel.gateway", Place.gateway,
      by: "sender"
    ) { place in
      try place.chain.given("sender", place.send("N1"))
      return Place.settle(1)
    },
    atPlace("A document is deposited once", "already_received", "packet", "1") { place in
      let request = place.deposit("N1")
      try place.chain.given(Place.gateway, request)
      return request
    },
    atPlace("Another document of an id is told apart", "other_document", "packet", "1") { place in
      try place.chain.given(Place.gateway, place.deposit("N1", id: "1"))
      return place.deposit("N2", id: "1")
    },
    atPlace(
      "A document with another content is another one", "other_document", "packet", "1"
    ) { place in
      let timeout = place.chain.timeMs + 3_600_000
      try place.chain.given(Place.gateway, place.deposit("N1", timeoutMs: timeout))
      return place.deposit("N1", timeoutMs: timeout) {
        $0.packet.commitment = [UInt8](repeating: 0x45, count: 32).data
      }
    },
    atPlace(
      "A document is not deposited at its timeout", "late", "packet.timeout_ms",
      "\(RelayChain.start + 60_000)", at: RelayChain.start + 60_000
    ) { $0.deposit("N1", timeoutMs: RelayChain.start + 60_000) },
    atPlace(
      "A document comes from the place of the channel", "other_chain", "packet.source_chain",
      String(repeating: "07", count: 32)
    ) { $0.deposit("N1") { $0.packet.sourceChain = [UInt8](repeating: 7, count: 32).data } },
    atPlace("A document has no sequence of its own", "malformed", "packet.sequence", "1") {
      $0.deposit("N1") { $0.packet.sequence = 1 }
    },
    atPlace("An origin has no slash", "malformed", "origin", "a/b") {
      $0.deposit("N1") { $0.origin = "a/b" }
    },
    atPlace("A document has a key", "malformed", "key", "") {
      $0.deposit("N1") { $0.key = "" }
    },
    atPlace("A document is named by its id", "malformed", "document", "0707") {
      $0.deposit("N1") { $0.document = [UInt8]([7, 7]).data }
    },
    atPlace(
      "A document's content is sealed to its recipient", "sealed_content",
      "sealed.keys[0].recipient", "sender"
    ) { place in
      place.deposit("N1") { $0.sealed.keys[0].recipient = "sender" }
    },
    atPlace(
      "A packet that was not sent is not settled", "unknown_packet", "packet",
      "\(Place.channel):1"
    ) { _ in Place.settle(1) },
    atPlace("A packet is settled alike again", "settled", "packet", "compensated") { place in
      try place.chain.given("sender", place.send("N1"))
      try place.chain.given(Place.gateway, Place.settle(1, .effect, "no"))
      return Place.settle(1, .effect, "no")
    },
    atPlace(
      "A packet is not settled otherwise", "settled_otherwise", "packet", "acknowledged"
    ) { place in
      try place.chain.given("sender", place.send("N1"))
      try place.chain.given(Place.gateway, Place.settle(1))
      return Place.settle(1, .effect, "no")
    },
    atPlace(
      "A packet is not settled with another code", "settled_otherwise", "packet", "compensated"
    ) { place in
      try place.chain.given("sender", place.send("N1"))
      try place.chain.given(Place.gateway, Place.settle(1, .effect, "no"))
      return Place.settle(1, .effect, "late")
    },
    atPlace("A place does not say what only chains find", "malformed", "failure", "1") { _ in
      Place.settle(1, .timedOut)
    },
    atPlace("A reason is a code", "malformed", "result", "4e6f21") { _ in
      Place.settle(1, .effect, "No!")
    },
    atPlace("A refusal has a reason", "malformed", "result", "") { _ in
      Place.settle(1, .effect)
    },
    atPlace("Content that does not open has no other reason", "malformed", "result", "6e6f") { _ in
      Place.settle(1, .content, "no")
    },
  ]
}
