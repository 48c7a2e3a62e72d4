internal import LedgerModel

/// A notice that its recipient confirms, once it has opened the document. Until then it is under
/// way for its sender.
enum ConfirmedNotice: MessageType {
  static let name = "notice.confirmed"
  static let decides = Decider.recipient

  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.confirmed.sent", key: packet.businessKey)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.confirmed.received", key: packet.businessKey)
  }

  static func check(_ notice: RelayNotice) throws(Refusal) { try NoticeMessage.check(notice) }

  static func sent(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelaySentNotice?
  ) throws(Refusal) -> RelaySentNotice {
    try NoticeMessage.sent(packet, notice, before)
  }

  static func received(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelayReceivedNotice?
  ) throws(RelayFailure) -> RelayReceivedNotice {
    try NoticeMessage.received(packet, notice, before)
  }

  static func settled(
    _ delivery: RelayReceivedNotice, _ packet: RelayPacket
  ) -> RelayReceivedNotice {
    NoticeMessage.settled(delivery, packet)
  }

  static func withdrawn(
    _ delivery: RelayReceivedNotice, _ packet: RelayPacket, because failure: RelayFailure
  ) -> RelayReceivedNotice {
    NoticeMessage.withdrawn(delivery, packet, because: failure)
  }

  static func acknowledged(_ origin: RelaySentNotice, _ packet: RelayPacket) -> RelaySentNotice {
    NoticeMessage.acknowledged(origin, packet)
  }

  static func compensated(
    _ origin: RelaySentNotice, _ packet: RelayPacket, because failure: RelayFailure
  ) -> RelaySentNotice {
    NoticeMessage.compensated(origin, packet, because: failure)
  }
}
