internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

/// A type of message that puts nothing aside at its source: it tells or asks. If it has no effect,
/// its source shows it as undelivered, and why; it may then be sent anew.
protocol PlainMessage: MessageType where Origin == RelaySentMessage {
  /// Checks what the sender says against what this chain knows.
  static func checkSent(
    _ packet: RelayPacket, _ body: Body, _ scope: CallScope
  ) throws(Refusal)
}

extension PlainMessage {
  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "message.sent", key: "\(name):\(packet.businessKey)")
  }

  static func sent(
    _ packet: RelayPacket, _ body: Body, _ before: RelaySentMessage?, _ scope: CallScope
  ) throws(Refusal) -> RelaySentMessage {
    try checkSent(packet, body, scope)
    var sent = RelaySentMessage()
    sent.channel = packet.channel
    sent.sequence = packet.sequence
    return sent
  }

  static func acknowledged(
    _ origin: RelaySentMessage, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> RelaySentMessage {
    var origin = origin
    origin.status = .delivered
    origin.result = outcome.result
    return origin
  }

  static func compensated(
    _ origin: RelaySentMessage, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> RelaySentMessage {
    var origin = origin
    origin.status = .undelivered
    origin.failure = outcome.failure
    origin.result = outcome.result
    return origin
  }
}

extension RelayPacket {
  /// R13. A business key of these parts. It names both chains: one thing may be told to several
  /// chains, and by several, but by each to each only once, whatever the channel.
  func key(_ parts: String...) -> String {
    let chains = sourceChain.octets.prefix(4) + destinationChain.octets.prefix(4)
    return "\(parts.joined(separator: ":"))@\(chains.hex)"
  }

  /// Refuses a packet without a document.
  func checkContent() throws(Refusal) {
    guard hasContent else {
      throw Refusal(RelayContract.noContent, field: "packet.schema", value: "\(schema)")
    }
  }
}
