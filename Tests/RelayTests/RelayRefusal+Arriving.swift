import BuiltinContracts
import Cryptography
import LedgerModel
import Wire

extension RelayRefusal {
  /// A packet is sent, altered on its way, and brought to its destination.
  private static func altered(
    _ title: String, _ name: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelayReceive, inout WireValueProof) throws -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      try story.givenSent("N1")
      return try story.there.submit(
        "router", story.receive(1, Crossing.sync(story.here, to: story.there), change))
    }
  }

  /// A packet that its source should not have sent, with a good proof.
  private static func forged(
    _ title: String, _ name: String, _ field: String,
    of value: @escaping @Sendable (Crossing) throws -> String, at sequence: UInt64 = 1,
    _ change: @escaping @Sendable (inout RelayPacket, Crossing) -> Void
  ) -> RelayRefusal {
    RelayRefusal(
      title, name, field, of: value,
      when: { story in
        var packet = story.packet("N1")
        packet.sequence = 1
        change(&packet, story)
        try story.here.given("sender", Forge.put(packet, at: sequence))
        try story.here.run()
        return try story.there.submit(
          "router", story.receive(sequence, Crossing.sync(story.here, to: story.there)))
      })
  }

  private static func alter(
    _ proof: inout WireValueProof, _ change: (inout RelayPacket) -> Void
  ) throws {
    var sent = try RelaySentPacket(strict: proof.value.octets, limit: Limits.valueBytes)
    change(&sent.packet)
    proof.value = sent.encoded.data
  }

  /// What is not received.
  static let arriving: [RelayRefusal] = [
    altered("A packet arrives on a channel that was opened", "unknown_channel", "channel", "x") {
      call, _ in call.channel = "x"
    },
    altered("A packet is of the channel that is named", "other_channel", "packet.channel", "x") {
      _, proof in try alter(&proof) { $0.channel = "x" }
    },
    altered("An altered public part is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.body = [UInt8]([1]).data }
    },
    altered("An altered commitment is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.commitment = [UInt8](repeating: 9, count: 32).data }
    },
    altered("An altered recipient is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.recipient = "sender" }
    },
    altered("An altered timeout is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.timeoutMs += 1 }
    },
    altered("An altered purpose is not proven", "not_proven", "proof", "wrong_value") {
      _, proof in try alter(&proof) { $0.purpose = "another" }
    },
    altered("An altered version is refused", "version", "packet.version", "2") {
      _, proof in try alter(&proof) { $0.version = 2 }
    },
    altered("An altered sequence is out of order", "out_of_order", "packet.sequence", "1") {
      _, proof in try alter(&proof) { $0.sequence = 2 }
    },
    altered("A sequence of none was received already", "already_received", "packet.sequence", "0") {
      _, proof in try alter(&proof) { $0.sequence = 0 }
    },
    altered("An altered path is not proven", "not_proven", "proof", "not_in_index") {
      _, proof in proof.path.siblings[0] = [UInt8](repeating: 9, count: 32).data
    },
    altered("An altered leaf is not proven", "not_proven", "proof", "not_in_index") {
      _, proof in proof.leaf = [UInt8]([8, 1]).data
    },
    altered("A malformed path is not proven", "not_proven", "proof", "malformed") {
      _, proof in proof.path.siblings[0] = [UInt8]([9]).data
    },
    altered("A value that is no packet is malformed", "malformed", "proof.value", "1 bytes") {
      _, proof in proof.value = [UInt8]([1]).data
    },
    RelayRefusal(
      "Bytes that are no proof are malformed", "malformed", "proof", "1 bytes",
      when: { story in
        try story.givenSent("N1")
        let evidence = try Crossing.sync(story.here, to: story.there)
        var call = RelayReceive()
        call.channel = Crossing.channel
        call.header = evidence.name
        call.proof = [UInt8]([1]).data
        return try story.there.submit(
          "router", RelayChain.Request(method: "receive", arguments: call.encoded))
      }),
    altered("A header that was not submitted is unknown", "unknown_header", "header.height", "99") {
      call, _ in call.header.height = 99
    },
    RelayRefusal(
      "A proof is judged by the header that it names", "not_proven", "proof", "not_in_index",
      when: { story in
        try story.here.run()
        let old = try Crossing.sync(story.here, to: story.there)
        try story.givenSent("N1")
        let new = try Crossing.sync(story.here, to: story.there)
        return try story.there.submit(
          "router", story.receive(1, new) { call, _ in call.header = old.name })
      }),
    altered(
      "A header of a former trust is not used", "other_revision", "header.revision", "1"
    ) { call, _ in call.header.revision = 2 },
    RelayRefusal(
      "A header is of the chain at the other end", "other_chain", "header.chain_id",
      of: { $0.there.id.hex },
      when: { story in
        try story.givenSent("N1")
        let evidence = try Crossing.sync(story.here, to: story.there)
        return try story.there.submit(
          "router",
          story.receive(1, evidence) { call, _ in call.header.chainID = story.there.id.data })
      }),
    RelayRefusal(
      "A packet received is not received again", "already_received", "packet.sequence", "1",
      when: { story in
        try story.givenSent("N1")
        try story.givenReceived(1)
        return try story.there.submit(
          "router-2", story.receive(1, Crossing.sync(story.here, to: story.there)))
      }),
    RelayRefusal(
      "Packets are received in order", "out_of_order", "packet.sequence", "1",
      when: { story in
        try story.givenSent("N1")
        try story.givenSent("N2")
        return try story.there.submit(
          "router", story.receive(2, Crossing.sync(story.here, to: story.there)))
      }),
    RelayRefusal(
      "A packet is not received at its timeout", "late", "packet.timeout_ms",
      of: { "\(try $0.here.sent(1)?.packet.timeoutMs ?? 0)" },
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        let evidence = try Crossing.sync(story.here, to: story.there)
        return try story.there.submit("router", story.receive(1, evidence), at: timeout)
      }),
    RelayRefusal(
      "A packet in time is not skipped", "not_late", "packet.timeout_ms",
      of: { "\(try $0.here.sent(1)?.packet.timeoutMs ?? 0)" },
      when: { story in
        let timeout = story.there.timeMs + 60_000
        try story.givenSent("N1", timeoutMs: timeout)
        let evidence = try Crossing.sync(story.here, to: story.there)
        return try story.there.submit("router", story.skip(1, evidence), at: timeout - 1)
      }),
    altered(
      "Other content than the call names is refused", "sealed_content", "sealed.attachment", "00"
    ) { call, _ in call.sealed.attachment = [UInt8]([0]).data },
    altered(
      "Content is sealed to the packet's recipient", "sealed_content", "sealed.keys[0].recipient",
      "router"
    ) { call, _ in call.sealed.keys[0].recipient = "router" },
    altered(
      "Content is sealed to nobody but the recipient", "sealed_content", "sealed.keys", "2, not 1"
    ) { call, _ in call.sealed.keys.append(call.sealed.keys[0]) },
    RelayRefusal(
      "Nothing is attached to a packet that has no content", "sealed_content", "sealed",
      "the packet has no content",
      when: { story in
        var send = story.send("N1") {
          Crossing.empty(&$0.packet)
          $0.clearSealed()
        }
        send.contents = []
        try story.here.given("sender", send)
        try story.here.run()
        return try story.there.submit(
          "router", story.receive(1, Crossing.sync(story.here, to: story.there)))
      }),
    RelayRefusal(
      "Nothing arrives on a closed channel", "channel_closed", "channel", Crossing.channel,
      when: { story in
        try story.givenSent("N1")
        var terms = story.terms(from: story.there, to: story.here)
        terms.closed = true
        try story.there.decide([WireChange(.setChannel(terms))])
        return try story.there.submit(
          "router", story.receive(1, Crossing.sync(story.here, to: story.there)))
      }),
    forged(
      "A packet proven of another version is refused", "version", "packet.version", of: { _ in "7" }
    ) { packet, _ in packet.version = 7 },
    forged(
      "A packet proven to come from a third chain is refused", "other_chain",
      "packet.source_chain", of: { $0.there.id.hex }
    ) { packet, story in packet.sourceChain = story.there.id.data },
    forged(
      "A packet proven to go to a third chain is refused", "other_chain",
      "packet.destination_chain", of: { $0.here.id.hex }
    ) { packet, story in packet.destinationChain = story.here.id.data },
    forged(
      "A packet proven under another sequence's name is refused", "not_proven", "proof",
      of: { _ in "other_answer" }, at: 2
    ) { _, _ in },
  ]
}
