import BuiltinContracts
import Cryptography
import LedgerModel
import Wire

extension RelayRefusal {
  private static func sending(
    _ title: String, _ name: String, _ field: String, _ value: String,
    _ change: @escaping @Sendable (inout RelaySend) -> Void
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) {
      try $0.here.submit("sender", $0.send("N1", change))
    }
  }

  /// What cannot be sent.
  static let sending: [RelayRefusal] = [
    sending("A packet is sent on a channel that was opened", "unknown_channel", "channel", "x") {
      $0.packet.channel = "x"
    },
    sending("A packet has this version", "version", "packet.version", "2") {
      $0.packet.version = 2
    },
    RelayRefusal(
      "A packet leaves from this chain", "other_chain", "packet.source_chain",
      of: { $0.there.id.hex },
      when: { story in
        try story.here.submit(
          "sender", story.send("N1") { $0.packet.sourceChain = story.there.id.data })
      }),
    sending(
      "A packet goes to the chain of its channel", "other_chain", "packet.destination_chain",
      "0101"
    ) { $0.packet.destinationChain = [UInt8]([1, 1]).data },
    sending("A sender gives no sequence", "malformed", "packet.sequence", "1") {
      $0.packet.sequence = 1
    },
    sending("A sender gives no time", "malformed", "packet.sent_ms", "1") {
      $0.packet.sentMs = 1
    },
    sending("A sender is who signs", "malformed", "packet.sender", "clerk") {
      $0.packet.sender = "clerk"
    },
    RelayRefusal(
      "A sender is who signs, by the bytes of the id", "malformed", "packet.sender", "\u{212a}-1",
      when: { story in
        try story.here.submit("K-1", story.send("N1") { $0.packet.sender = "\u{212a}-1" })
      }),
    sending("A commitment has 32 bytes", "malformed", "packet.commitment", "31 bytes") {
      $0.packet.commitment = [UInt8](repeating: 1, count: 31).data
    },
    sending("A content has a schema", "malformed", "packet.schema", "0") { $0.packet.schema = 0 },
    sending("A schema has a version", "malformed", "packet.schema_version", "0") {
      $0.packet.schemaVersion = 0
    },
    sending("A recipient is a name", "malformed", "packet.recipient", "a b") {
      $0.packet.recipient = "a b"
    },
    sending("A policy is named", "malformed", "packet.policy", "") { $0.packet.policy = "" },
    sending("A purpose is given", "malformed", "packet.purpose", "0 bytes") {
      $0.packet.purpose = ""
    },
    sending("A purpose is a sentence at most", "malformed", "packet.purpose", "201 bytes") {
      $0.packet.purpose = String(repeating: "a", count: 201)
    },
    sending("A purpose has no control characters", "malformed", "packet.purpose", "3 bytes") {
      $0.packet.purpose = "a\nb"
    },
    sending("A business key is given", "malformed", "packet.business_key", "") {
      $0.packet.businessKey = ""
    },
    sending(
      "A business key fits its asset", "malformed", "packet.business_key",
      String(repeating: "k", count: 96)
    ) { $0.packet.businessKey = String(repeating: "k", count: 96) },
    sending("A public part is bounded", "malformed", "packet.body", "4097 bytes") {
      $0.packet.body = [UInt8](repeating: 1, count: 4_097).data
    },
    sending("A public part is its type's message", "malformed", "packet.body", "1 bytes") {
      $0.packet.body = [UInt8]([1]).data
    },
    sending("A notice says what it is about", "malformed", "packet.body.matter", "") {
      $0.packet.body = [UInt8]().data
    },
    sending("A type is one of the channel's", "message_type", "packet.message_type", "order") {
      $0.packet.messageType = "order"
    },
    RelayRefusal(
      "A timeout is after the other chain's newest known time", "timeout", "packet.timeout_ms",
      of: { "\($0.there.timeMs)" },
      when: { story in
        try story.there.run(at: story.here.timeMs + 300_000)
        try Crossing.sync(story.there, to: story.here)
        return try story.here.submit(
          "sender", story.send("N1", timeoutMs: story.there.timeMs))
      }),
    RelayRefusal(
      "A timeout is not beyond what the channel allows", "timeout", "packet.timeout_ms",
      of: { "\($0.here.timeMs + Crossing.maxTimeoutMs + 1)" },
      when: { story in
        let block = story.here.timeMs + 1_000
        return try story.here.submit(
          "sender", story.send("N1", timeoutMs: block + Crossing.maxTimeoutMs + 1), at: block)
      }),
    RelayRefusal(
      "A channel's window bounds what is not settled", "window_full", "channel", "8",
      when: { story in
        try story.here.run([
          story.here.transaction("sender", (1...8).map { story.send("N\($0)") })
        ])
        return try story.here.submit("sender", story.send("N9"))
      }),
    RelayRefusal(
      "A business key is used once", "business_key_used", "packet.business_key",
      "\(Crossing.channel):1",
      when: { story in
        try story.givenSent("N1")
        return try story.here.submit("sender", story.send("N1"))
      }),
    sending("A content has a commitment", "malformed", "packet.commitment", "0 bytes") {
      $0.packet.commitment = [UInt8]().data
    },
    sending(
      "A packet without content has nothing sealed", "sealed_content", "sealed",
      "the packet has no content"
    ) { Crossing.empty(&$0.packet) },
    sending("A content is attached", "sealed_content", "sealed.attachment", "00") {
      $0.sealed.attachment = [UInt8]([0]).data
    },
    sending("A content is sealed to every carrier", "sealed_content", "sealed.keys", "1, not 2") {
      $0.sealed.keys.removeLast()
    },
    sending("A content is sealed to carriers at most", "sealed_content", "sealed.keys", "9, not 2")
    {
      $0.sealed.keys = (0..<9).map { _ in RelayWrappedKey() }
    },
    sending(
      "Carriers have the order of the terms", "sealed_content", "sealed.keys[0].recipient",
      "router-2"
    ) { $0.sealed.keys.reverse() },
    sending(
      "A key is wrapped to the carrier's key", "sealed_content", "sealed.keys[1].key_id", "00"
    ) { $0.sealed.keys[1].keyID = [UInt8]([0]).data },
    sending(
      "A wrapped key has its suite's size", "sealed_content", "sealed.keys[0].wrapped",
      "1 bytes, sm has 113"
    ) { $0.sealed.keys[0].wrapped = [UInt8]([0]).data },
  ]
}
