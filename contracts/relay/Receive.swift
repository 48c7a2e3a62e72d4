internal import ContractEngine
internal import LedgerModel
internal import Wire

extension RelayContract {
  /// R11. A packet that is proven to be sent is received once, in order and in time; whether it has
  /// effect or not is what its source is told.
  static let receive = Method(
    "receive", roles: [router], arguments: RelayReceive.self,
    touches: { call in
      passing(call.channel, call.header)
        + arriving(call.proof.octets).flatMap { packet in
          [
            received(packet.channel, packet.sequence), receivedKey(packet),
            Member.asset(packet.recipient),
          ] + (messageType(packet.messageType).map { [$0.delivery(packet)] } ?? [])
            + besides(packet, .received)
        }
    },
    perform: { (call, scope) throws(Refusal) in
      let (terms, sent) = try scope.next(call.channel, call.header, call.proof.octets)
      let packet = sent.packet
      guard scope.timeMs < packet.timeoutMs else {
        throw Refusal(late, field: "packet.timeout_ms", value: "\(packet.timeoutMs)")
      }
      var record = RelayReceivedPacket()
      record.packet = packet
      record.outcome.height = scope.height
      // A source that seals nothing into a packet with content, or something into one without.
      let isWhole = sent.hasSealed == packet.hasContent
      let (failure, result) = try scope.deliver(packet, call.sealed, terms, isWhole: isWhole)
      if failure == .none { try scope.check(call.records, from: sent, to: call.sealed, terms) }
      record.outcome.failure = failure
      record.outcome.result = result.data
      if failure == .none {
        record.outcome.open = messageType(packet.messageType) is any OpenMessage.Type
        if packet.hasContent { record.sealed = call.sealed }
        record.records = call.records
      }
      try scope.append(
        to: received(packet.channel, packet.sequence), "receive", value: record,
        details: call.header)
      try scope.pass(packet, "receive", isOpen: record.outcome.open)
    })

  /// R12. A packet whose time has passed makes way for the next.
  static let skip = Method(
    "skip", roles: [router], arguments: RelaySkip.self,
    touches: { call in passing(call.channel, call.header) },
    perform: { (call, scope) throws(Refusal) in
      let packet = try scope.next(call.channel, call.header, call.proof.octets).sent.packet
      guard scope.timeMs >= packet.timeoutMs else {
        throw Refusal(notLate, field: "packet.timeout_ms", value: "\(packet.timeoutMs)")
      }
      try scope.pass(packet, "skip")
    })

  /// The assets of a call that builds on a header of the other chain.
  static func passing(_ id: String, _ header: RelayHeaderName) -> [AssetID] {
    [
      Channel.asset(id), TrustedChain.asset(header.chainID.octets), channel(id), client(header),
      Self.header(header),
    ]
  }

  /// The packet that a proof is about, if it can be read at all.
  private static func arriving(_ proof: [UInt8]) -> [RelayPacket] {
    guard let proof = try? WireValueProof(relayed: proof, field: "proof"),
      let sent = try? RelaySentPacket(relayed: proof.value.octets, field: "proof.value")
    else { return [] }
    return [sent.packet]
  }
}

extension CallScope {
  /// The packet that its source proves to have sent, which must be the channel's next.
  ///
  /// Repetitions are told before anything is proven.
  fileprivate func next(
    _ channel: String, _ name: RelayHeaderName, _ bytes: [UInt8]
  ) throws(Refusal) -> (terms: WireChannelRecord, sent: RelaySentPacket) {
    let terms = try openTerms(channel)
    try terms.checkChain()
    let proof = try WireValueProof(relayed: bytes, field: "proof")
    let sent = try RelaySentPacket(relayed: proof.value.octets, field: "proof.value")
    let packet = sent.packet
    try packet.checkRoute(terms, .received)
    let next = channelState(channel).received + 1
    guard packet.sequence >= next else {
      throw Refusal(
        RelayContract.alreadyReceived, field: "packet.sequence", value: "\(packet.sequence)")
    }
    guard packet.sequence == next else {
      throw Refusal(RelayContract.outOfOrder, field: "packet.sequence", value: "\(next)")
    }
    let header = try header(name, of: terms)
    try check(proof, of: RelayContract.sent(channel, packet.sequence), at: header)
    return (terms, sent)
  }

  /// Gives the packet its effect on this chain, if it can have one.
  ///
  /// What only the packet is to blame for is a failure and told to the source: refusing it would
  /// hold up all that follow. What the router is to blame for is refused: another may do better.
  mutating func deliver(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ terms: WireChannelRecord, isWhole: Bool
  ) throws(Refusal) -> (failure: RelayFailure, result: [UInt8]) {
    guard let type = RelayContract.messageType(packet.messageType),
      terms.messageTypes.contains(type.name)
    else { return (.messageType, []) }
    // Before anything is kept under a name that the packet chose.
    do { try packet.checkForm() } catch { return (.body, []) }
    guard isWhole else { return (.body, []) }
    guard bytes(of: Member.asset(packet.recipient)) != nil else {
      return (.unknownRecipient, [])
    }
    let use = value(of: RelayContract.receivedKey(packet), as: RelayBusinessKeyUse.self)
    guard use?.released ?? true else { return (.businessKey, []) }
    let outcome = type.receive(packet, sealed, &self)
    guard outcome.failure == .none else { return outcome }
    try check(sealed, of: packet, to: [packet.recipient])
    try append(
      to: RelayContract.receivedKey(packet), "receive", value: packet.name, details: packet.name)
    return outcome
  }

  /// The channel waits for the packet after this one.
  mutating func pass(
    _ packet: RelayPacket, _ operation: String, isOpen: Bool = false
  ) throws(Refusal) {
    var state = channelState(packet.channel)
    state.received = packet.sequence
    if isOpen { state.open += 1 }
    try append(
      to: RelayContract.channel(packet.channel), operation, value: state, details: packet.name)
  }
}
