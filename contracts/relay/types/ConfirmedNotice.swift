internal import ContractEngine
internal import LedgerModel

/// A notice that its recipient confirms, once it has opened the document. Until then it is under
/// way for its sender.
enum ConfirmedNotice: OpenMessage {
  static let name = "notice.confirmed"

  static func businessKey(_ packet: RelayPacket, _ notice: RelayNotice) -> String {
    packet.businessKey
  }

  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.confirmed.sent", key: packet.businessKey)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "notice.confirmed.received", key: packet.businessKey)
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func check(_ notice: RelayNotice) throws(Refusal) { try NoticeMessage.check(notice) }

  static func sent(
    _ packet: RelayPacket, _ notice: RelayNotice, _ before: RelaySentNotice?, _ scope: CallScope
  ) throws(Refusal) -> RelaySentNotice {
    try NoticeMessage.sent(packet, notice, before, scope)
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ notice: RelayNotice,
    _ before: RelayReceivedNotice?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayReceivedNotice {
    try NoticeMessage.received(packet, sealed, notice, before, &scope)
  }

  static func answer(_ delivery: RelayReceivedNotice) -> [UInt8] { [] }

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

  static func acknowledged(
    _ origin: RelaySentNotice, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> RelaySentNotice {
    NoticeMessage.acknowledged(origin, packet, outcome)
  }

  static func compensated(
    _ origin: RelaySentNotice, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> RelaySentNotice {
    NoticeMessage.compensated(origin, packet, because: outcome)
  }
}
