internal import ContractEngine
internal import LedgerModel
internal import LightVerifier
internal import Wire

extension RelayContract {
  /// R14. What became of a packet at its destination is proven to its source.
  static let acknowledge = Method(
    "acknowledge", roles: [router], arguments: RelayAcknowledge.self,
    touches: { call in
      passing(call.channel, call.header)
        + answered(call.proof.octets).map { packet in sent(packet.channel, packet.sequence) }
    },
    derives: { call, value in
      // What was sent under this name, whatever the answer is about.
      answered(call.proof.octets).compactMap { packet in
        value(sent(packet.channel, packet.sequence))
      }.flatMap { bytes in
        (try? RelaySentPacket(strict: bytes, limit: Limits.valueBytes)).map {
          settling($0.packet)
        } ?? []
      }
    },
    perform: { (call, scope) throws(Refusal) in
      let terms = try scope.terms(call.channel)
      try terms.checkChain()
      let proof = try WireValueProof(relayed: call.proof.octets, field: "proof")
      let answer = try RelayReceivedPacket(relayed: proof.value.octets, field: "proof.value")
      let record = try scope.unsettled(answer.packet, terms)
      let packet = record.packet
      let header = try scope.header(call.header, of: terms)
      try scope.check(proof, of: received(packet.channel, packet.sequence), at: header)
      var outcome = answer.outcome
      // More than this no chain answers by these rules; settling never fails for want of space.
      outcome.result = outcome.result.prefix(Limit.resultBytes).octets.data
      if answer.packet.encoded != packet.encoded {
        // One name has one receipt: this packet has none there and never will.
        outcome = RelayAcknowledgement()
        outcome.failure = .otherPacket
        outcome.height = answer.outcome.height
      }
      guard !outcome.open else {
        throw Refusal(
          undecided, field: "packet", value: "\(packet.channel):\(packet.sequence)")
      }
      guard outcome.failure == .none else {
        return try scope.compensate(record, .failed, outcome)
      }
      try scope.settle(record, .acknowledged, "acknowledge", outcome)
      try messageType(packet.messageType)?.acknowledge(packet, outcome, &scope)
    })

  /// R15. The destination's state after the timeout shows that the packet was never received.
  static let timeOut = Method(
    "timeOut", roles: [router], arguments: RelayTimeOut.self,
    touches: { call in
      var passed = call.header
      passed.height = call.passedHeight
      return passing(call.packet.channel, call.header) + [header(passed)] + settling(call.packet)
    },
    perform: { (call, scope) throws(Refusal) in
      let packet = call.packet
      let terms = try scope.terms(packet.channel)
      try terms.checkChain()
      let record = try scope.unsettled(packet, terms)
      guard record.packet.encoded == packet.encoded else {
        throw Refusal(
          otherPacket, field: "packet", value: "\(packet.channel):\(packet.sequence)")
      }
      let header = try scope.header(call.header, of: terms)
      var name = call.header
      name.height = call.passedHeight
      let passed = try scope.header(name, of: terms)
      guard passed.timeMs >= packet.timeoutMs else {
        throw Refusal(notPassed, field: "passed_height", value: "\(passed.timeMs)")
      }
      guard header.executed.height >= passed.height else {
        throw Refusal(notPassed, field: "header.height", value: "\(header.executed.height)")
      }
      let proof = try WireAbsenceProof(relayed: call.proof.octets, field: "proof")
      do throws(ProofFault) {
        let absent = try header.verify(proof)
        guard absent == received(packet.channel, packet.sequence) else {
          throw ProofFault.otherAnswer(expected: "", found: "")
        }
      } catch {
        throw Refusal(notProven, field: "proof", value: error.word)
      }
      var outcome = RelayAcknowledgement()
      outcome.failure = .timedOut
      outcome.height = header.executed.height
      try scope.compensate(record, .timedOut, outcome)
    })

  /// The assets that settling a packet changes.
  static func settling(_ packet: RelayPacket) -> [AssetID] {
    [sent(packet.channel, packet.sequence), channel(packet.channel), sentKey(packet)]
      + origin(packet)
  }

  /// The packet that an answer is about, if it can be read at all.
  private static func answered(_ proof: [UInt8]) -> [RelayPacket] {
    guard let proof = try? WireValueProof(relayed: proof, field: "proof"),
      let answer = try? RelayReceivedPacket(relayed: proof.value.octets, field: "proof.value")
    else { return [] }
    return [answer.packet]
  }
}

extension RelaySentPacket.State {
  /// Receipts are hashed, so these words stay.
  var word: String {
    switch self {
    case .sent: "sent"
    case .acknowledged: "acknowledged"
    case .failed: "failed"
    case .timedOut: "timed_out"
    case .compensated: "compensated"
    case .UNRECOGNIZED(let number): "\(number)"
    }
  }
}

extension CallScope {
  /// What was sent from here under the packet's name; it must not be settled. Told before anything
  /// is proven.
  fileprivate func unsettled(
    _ packet: RelayPacket, _ terms: WireChannelRecord
  ) throws(Refusal) -> RelaySentPacket {
    guard packet.channel.utf8.elementsEqual(terms.id.utf8) else {
      throw Refusal(RelayContract.otherChannel, field: "packet.channel", value: packet.channel)
    }
    let asset = RelayContract.sent(packet.channel, packet.sequence)
    guard let record = value(of: asset, as: RelaySentPacket.self) else {
      throw Refusal(RelayContract.unknownPacket, field: "packet", value: asset.key)
    }
    guard record.state == .sent else {
      throw Refusal(RelayContract.settled, field: "packet", value: record.state.word)
    }
    return record
  }

  /// The packet's state at its source, and the channel's window.
  mutating func settle(
    _ record: RelaySentPacket, _ state: RelaySentPacket.State, _ operation: String,
    _ outcome: RelayAcknowledgement
  ) throws(Refusal) {
    let packet = record.packet
    var record = record
    record.state = state
    record.outcome = outcome
    try append(
      to: RelayContract.sent(packet.channel, packet.sequence), operation, value: record,
      details: outcome)
    var channel = channelState(packet.channel)
    channel.unsettled -= 1
    try append(
      to: RelayContract.channel(packet.channel), operation, value: channel,
      details: packet.name)
  }

  /// R15. The packet has no effect at its destination and never will: its source takes back what
  /// sending it did. The trail keeps why, and that it was compensated.
  mutating func compensate(
    _ record: RelaySentPacket, _ state: RelaySentPacket.State, _ outcome: RelayAcknowledgement
  ) throws(Refusal) {
    let packet = record.packet
    try settle(record, state, state == .failed ? "fail" : "timeOut", outcome)
    var record = record
    record.state = .compensated
    record.outcome = outcome
    try append(
      to: RelayContract.sent(packet.channel, packet.sequence), "compensate", value: record,
      details: outcome)
    var use = packet.name
    use.released = true
    try append(
      to: RelayContract.sentKey(packet), "release", value: use, details: packet.name)
    try RelayContract.messageType(packet.messageType)?
      .compensate(packet, because: outcome, &self)
  }
}
