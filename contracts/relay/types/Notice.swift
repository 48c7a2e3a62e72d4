internal import ContractEngine
internal import LedgerModel

/// An opaque sealed document for one member of another chain. It changes nothing there but that it
/// was received; if it was not, the sender sees it as undelivered.
enum NoticeMessage: MessageType {
  static let name = "notice"

  /// Whatever its sender chooses: nothing else says of two notices that they are the same.
  static func businessKey(_ packet: RelayPacket, _ notice: RelayNotice) -> String {
    packet.businessKey
  }

  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.sent", key: packet.businessKey)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.received", key: packet.businessKey)
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func check(_ notice: RelayNotice) throws(Refusal) {
    guard notice.matter.isRelayWord(within: Limits.nameBytes) else {
      throw Refusal(RelayContract.malformed, field: "packet.body.matter", value: notice.matter)
    }
  }

  static func sent(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelaySentNotice?, _ scope: CallScope
  ) throws(Refusal) -> RelaySentNotice {
    var sent = RelaySentNotice()
    sent.channel = packet.channel
    sent.sequence = packet.sequence
    sent.matter = notice.matter
    return sent
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ notice: RelayNotice,
    _ before: RelayReceivedNotice?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayReceivedNotice {
    var received = RelayReceivedNotice()
    received.origin = packet.sourceChain
    received.channel = packet.channel
    received.sequence = packet.sequence
    received.matter = notice.matter
    received.recipient = packet.recipient
    return received
  }

  static func answer(_ delivery: RelayReceivedNotice) -> [UInt8] { [] }

  static func acknowledged(
    _ origin: RelaySentNotice, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> RelaySentNotice {
    var origin = origin
    origin.status = .delivered
    return origin
  }

  static func compensated(
    _ origin: RelaySentNotice, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> RelaySentNotice {
    var origin = origin
    origin.status = .undelivered
    origin.failure = outcome.failure
    return origin
  }
}
