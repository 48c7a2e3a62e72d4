internal import LedgerModel

/// An opaque sealed document for one member of another chain. It changes nothing there but that it
/// was received; if it was not, the sender sees it as undelivered.
enum NoticeMessage: MessageType {
  static let name = "notice"
  static let decides = Decider.contract

  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.sent", key: packet.businessKey)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.received", key: packet.businessKey)
  }

  static func check(_ notice: RelayNotice) throws(Refusal) {
    guard notice.matter.isRelayWord(within: Limits.nameBytes) else {
      throw Refusal(RelayContract.malformed, field: "packet.body.matter", value: notice.matter)
    }
  }

  static func sent(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelaySentNotice?
  ) throws(Refusal) -> RelaySentNotice {
    var sent = RelaySentNotice()
    sent.channel = packet.channel
    sent.sequence = packet.sequence
    sent.matter = notice.matter
    return sent
  }

  static func received(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelayReceivedNotice?
  ) throws(RelayFailure) -> RelayReceivedNotice {
    var received = RelayReceivedNotice()
    received.origin = packet.sourceChain
    received.channel = packet.channel
    received.sequence = packet.sequence
    received.matter = notice.matter
    received.recipient = packet.recipient
    return received
  }

  static func settled(
    _ delivery: RelayReceivedNotice, _ packet: RelayPacket
  ) -> RelayReceivedNotice {
    delivery
  }

  static func withdrawn(
    _ delivery: RelayReceivedNotice, _ packet: RelayPacket, because failure: RelayFailure
  ) -> RelayReceivedNotice {
    var delivery = delivery
    delivery.failure = failure
    return delivery
  }

  static func acknowledged(_ origin: RelaySentNotice, _ packet: RelayPacket) -> RelaySentNotice {
    var origin = origin
    origin.status = .delivered
    return origin
  }

  static func compensated(
    _ origin: RelaySentNotice, _ packet: RelayPacket, because failure: RelayFailure
  ) -> RelaySentNotice {
    var origin = origin
    origin.status = .undelivered
    origin.failure = failure
    return origin
  }
}
