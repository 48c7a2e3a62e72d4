internal import ContractEngine
internal import LedgerModel
internal import Wire

extension RelayContract {
  /// R10. A packet gets the next sequence of its channel and waits to be settled.
  static let send = Method(
    "send", roles: [sender], arguments: RelaySend.self,
    touches: { call in
      let packet = call.packet
      return [
        Channel.asset(packet.channel), TrustedChain.asset(packet.destinationChain.octets),
        channel(packet.channel), sentKey(packet),
      ] + call.sealed.keys.prefix(Channel.carriersMax).map { Member.asset($0.recipient) }
        + origin(packet) + besides(packet, .sent)
    },
    derives: { call, value in
      [sent(call.packet.channel, next(call.packet.channel, value))]
        + newestClient(call.packet.destinationChain.octets, value)
    },
    perform: { (call, scope) throws(Refusal) in
      var packet = call.packet
      let terms = try scope.openTerms(packet.channel)
      try packet.checkRoute(terms, .sent)
      guard packet.sequence == 0 else {
        throw Refusal(malformed, field: "packet.sequence", value: "\(packet.sequence)")
      }
      guard packet.sentMs == 0 else {
        throw Refusal(malformed, field: "packet.sent_ms", value: "\(packet.sentMs)")
      }
      try packet.checkForm()
      guard packet.sender.utf8.elementsEqual(scope.caller.id.utf8) else {
        throw Refusal(malformed, field: "packet.sender", value: packet.sender)
      }
      guard let type = messageType(packet.messageType), terms.messageTypes.contains(type.name)
      else {
        throw Refusal(messageType, field: "packet.message_type", value: packet.messageType)
      }
      try scope.checkTimeout(packet, terms)
      var state = scope.channelState(packet.channel)
      guard state.unsettled < terms.window else {
        throw Refusal(windowFull, field: "channel", value: "\(state.unsettled)")
      }
      try scope.checkUnused(packet)
      try scope.check(call.sealed, of: packet, to: terms.carriers)

      state.sent += 1
      state.unsettled += 1
      packet.sequence = state.sent
      packet.sentMs = scope.timeMs
      var record = RelaySentPacket()
      record.packet = packet
      if packet.hasContent { record.sealed = call.sealed }
      try scope.append(
        to: sent(packet.channel, packet.sequence), "send", value: record, details: packet.name)
      try scope.append(to: channel(packet.channel), "send", value: state, details: packet.name)
      try scope.append(to: sentKey(packet), "send", value: packet.name, details: packet.name)
      try type.send(packet, &scope)
    })

  /// The asset of the packet's message type at its source.
  static func origin(_ packet: RelayPacket) -> [AssetID] {
    messageType(packet.messageType).map { [$0.origin(packet)] } ?? []
  }

  /// Other assets that the packet's message type may see or change.
  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    messageType(packet.messageType)?.besides(packet, direction) ?? []
  }

  /// The sequence of the next packet that is sent on the channel.
  private static func next(_ id: String, _ value: (AssetID) -> [UInt8]?) -> UInt64 {
    guard let bytes = value(channel(id)),
      let state = try? RelayChannelState(strict: bytes, limit: Limits.valueBytes)
    else { return 1 }
    return state.sent + 1
  }

  /// How far the chain is followed, if it is trusted.
  private static func newestClient(
    _ chain: [UInt8], _ value: (AssetID) -> [UInt8]?
  ) -> [AssetID] {
    guard let bytes = value(TrustedChain.asset(chain)),
      let record = try? WireChainRecord(strict: bytes, limit: Limits.valueBytes)
    else { return [] }
    return [client(chain, revision: record.revision)]
  }
}

extension CallScope {
  /// R10. The timeout is in the future of both chains, as far as this one knows, and not too far.
  /// A place has no time that this chain knows.
  fileprivate func checkTimeout(
    _ packet: RelayPacket, _ terms: WireChannelRecord
  ) throws(Refusal) {
    var latest = timeMs
    if !terms.leadsToPlace {
      let asset = TrustedChain.asset(packet.destinationChain.octets)
      guard let record = value(of: asset, as: WireChainRecord.self) else {
        throw Refusal(
          RelayContract.unknownChain, field: "packet.destination_chain", value: asset.key)
      }
      latest = max(timeMs, try client(of: record).timeMs)
    }
    guard packet.timeoutMs > latest,
      packet.timeoutMs - timeMs <= terms.maxTimeoutMs
    else {
      throw Refusal(
        RelayContract.timeout, field: "packet.timeout_ms", value: "\(packet.timeoutMs)")
    }
  }

  /// R13. No packet with this business key was sent that had effect or may still have.
  fileprivate func checkUnused(_ packet: RelayPacket) throws(Refusal) {
    let use = value(of: RelayContract.sentKey(packet), as: RelayBusinessKeyUse.self)
    guard let use, !use.released else { return }
    throw Refusal(
      RelayContract.businessKey, field: "packet.business_key",
      value: "\(use.channel):\(use.sequence)")
  }
}
