internal import ContractEngine
internal import LedgerModel
internal import Wire

// R18. What becomes of a packet that its recipient has to look at.

/// A type of message whose packets take effect once their recipient says so, until the timeout.
///
/// `settled` and `withdrawn` are total functions as well: they take back what `received` did.
protocol OpenMessage: MessageType {
  /// The destination's asset once the recipient took the packet.
  static func settled(_ delivery: Delivery, _ packet: RelayPacket) -> Delivery
  /// The destination's asset once it is certain that the packet takes no effect there: what
  /// `received` did is taken back.
  static func withdrawn(
    _ delivery: Delivery, _ packet: RelayPacket, because failure: RelayFailure
  ) -> Delivery
}

extension RelayContract {
  /// R18. The recipient of an open packet says whether it takes effect.
  static let decide = Method(
    "decide", arguments: RelayDecide.self,
    touches: { call in [received(call.channel, call.sequence), channel(call.channel)] },
    derives: { call, value in closing(call.channel, call.sequence, value) },
    perform: { (call, scope) throws(Refusal) in
      let record = try scope.open(call.channel, call.sequence)
      let packet = record.packet
      guard packet.recipient.utf8.elementsEqual(scope.caller.id.utf8) else {
        throw Refusal(notRecipient, field: "packet.recipient", value: packet.recipient)
      }
      guard [.none, .content, .refused].contains(call.failure) else {
        throw Refusal(malformed, field: "failure", value: "\(call.failure.rawValue)")
      }
      guard scope.timeMs < packet.timeoutMs else {
        throw Refusal(late, field: "packet.timeout_ms", value: "\(packet.timeoutMs)")
      }
      try scope.close(record, call.failure, "decide")
    })

  /// R18. An open packet whose time has passed takes no effect.
  static let lapse = Method(
    "lapse", roles: [router], arguments: RelayLapse.self,
    touches: { call in [received(call.channel, call.sequence), channel(call.channel)] },
    derives: { call, value in closing(call.channel, call.sequence, value) },
    perform: { (call, scope) throws(Refusal) in
      let record = try scope.open(call.channel, call.sequence)
      let timeoutMs = record.packet.timeoutMs
      guard scope.timeMs >= timeoutMs else {
        throw Refusal(notLate, field: "packet.timeout_ms", value: "\(timeoutMs)")
      }
      try scope.close(record, .undecided, "lapse")
    })

  /// The assets beside its record that closing a packet changes.
  private static func closing(
    _ id: String, _ sequence: UInt64, _ value: (AssetID) -> [UInt8]?
  ) -> [AssetID] {
    guard let bytes = value(received(id, sequence)),
      let packet = try? RelayReceivedPacket(strict: bytes, limit: Limits.valueBytes).packet,
      let type = messageType(packet.messageType)
    else { return [] }
    return [receivedKey(packet), type.delivery(packet)]
  }
}

extension CallScope {
  /// A packet that was received and waits for its recipient.
  fileprivate func open(
    _ channel: String, _ sequence: UInt64
  ) throws(Refusal) -> RelayReceivedPacket {
    let asset = RelayContract.received(channel, sequence)
    guard let record = value(of: asset, as: RelayReceivedPacket.self) else {
      throw Refusal(RelayContract.unknownPacket, field: "packet", value: asset.key)
    }
    guard record.outcome.open else {
      throw Refusal(RelayContract.decided, field: "packet", value: asset.key)
    }
    return record
  }

  /// The packet's outcome is final from here on. Without effect, its business key is free again.
  fileprivate mutating func close(
    _ record: RelayReceivedPacket, _ failure: RelayFailure, _ operation: String
  ) throws(Refusal) {
    let packet = record.packet
    var record = record
    record.outcome.open = false
    record.outcome.failure = failure
    record.outcome.height = height
    try append(
      to: RelayContract.received(packet.channel, packet.sequence), operation, value: record,
      details: record.outcome)
    var channel = channelState(packet.channel)
    channel.open -= 1
    try append(
      to: RelayContract.channel(packet.channel), operation, value: channel,
      details: packet.name)
    if failure != .none {
      var use = packet.name
      use.released = true
      try append(
        to: RelayContract.receivedKey(packet), "release", value: use, details: packet.name)
    }
    let type = RelayContract.messageType(packet.messageType) as? any OpenMessage.Type
    try type?.close(packet, record.outcome, &self)
  }
}

extension OpenMessage {
  /// R18. The destination's asset, once its packet's outcome is final.
  static func close(
    _ packet: RelayPacket, _ outcome: RelayAcknowledgement, _ scope: inout CallScope
  ) throws(Refusal) {
    let asset = delivery(packet)
    guard let before = scope.value(of: asset, as: Delivery.self) else { return }
    let step = packet.step(ending: outcome)
    if outcome.failure == .none {
      try scope.append(to: asset, "settle", value: settled(before, packet), details: step)
    } else {
      let after = withdrawn(before, packet, because: outcome.failure)
      try scope.append(to: asset, "withdraw", value: after, details: step)
    }
  }
}
