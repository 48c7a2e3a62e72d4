internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
public import Wire

/// One call that an answer leads to, or time.
public struct CarriedCall: Sendable {
  public enum Kind: Hashable, Sendable {
    case update(height: UInt64)
    case receive(UInt64)
    case skip(UInt64)
    case acknowledge(UInt64)
    case timeOut(UInt64)
    case lapse(UInt64)
    case blame(UInt64)

    /// Of the packet that it brings on.
    var sequence: UInt64? {
      switch self {
      case .update, .blame: nil
      case .receive(let sequence), .skip(let sequence), .acknowledge(let sequence),
        .timeOut(let sequence), .lapse(let sequence):
        sequence
      }
    }
  }

  public let kind: Kind
  public let method: String
  public let arguments: [UInt8]
  public let attachment: [UInt8]?
}

/// What an answer is worth.
public struct Judgement: Sendable {
  /// In the order in which they must be carried out.
  public let calls: [CarriedCall]
  /// What is wrong with it. Whatever stands before in the answer is in `calls`.
  public let fault: RouterFault?
  /// Says so on chain, after `calls`, with what the other router signed.
  public let blame: CarriedCall?

  public init(calls: [CarriedCall], fault: RouterFault?, blame: CarriedCall? = nil) {
    self.calls = calls
    self.fault = fault
    self.blame = blame
  }
}

/// Makes calls of what another router brought. Content is opened, checked and sealed anew here;
/// proofs are the contract's to check.
///
/// - Source: docs/spec/21-routers.md, rules Q6 and Q7.
public struct AnswerJudge: Sendable {
  let view: ChannelView
  private let carrier: PacketCarrier
  private let sender: WireRouterRecord
  /// Sealing keys of members of this chain, by id; those that are not there are no members.
  private let recipients: [String: [UInt8]]
  /// Packets of this chain that wait to be settled.
  private let unsettled: RouterCore.Unsettled
  private let timeMs: UInt64

  /// - Parameters:
  ///   - timeMs: The router's clock, for its records.
  public init(
    _ view: ChannelView, _ carrier: PacketCarrier, from sender: WireRouterRecord,
    recipients: [String: [UInt8]], unsettled: RouterCore.Unsettled, timeMs: UInt64
  ) {
    self.view = view
    self.carrier = carrier
    self.sender = sender
    self.recipients = recipients
    self.unsettled = unsettled
    self.timeMs = timeMs
  }

  /// Members whose sealing keys are needed to judge the answer.
  public static func recipients(_ answer: WireRouterAnswer) -> Set<String> {
    Set(
      answer.packets.prefix(Serving.Limit.packets).compactMap { carried in
        try? RelaySentPacket(strict: carried.proof.value.octets, limit: Limits.valueBytes)
          .packet.recipient
      }
      .filter { 1...Limits.nameBytes ~= $0.utf8.count })
  }

  public func judge(_ answer: WireRouterAnswer) -> Judgement {
    var calls: [CarriedCall] = []
    do throws(RouterFault) {
      let header = try header(answer.header, "header")
      let packets = try packets(answer)
      let proofs = packets.count + answer.outcomes.count + answer.absences.count
      let isNews = proofs > 0 || view.isClientOld && header.height > view.knownHeight
      guard isNews else { return Judgement(calls: [], fault: nil) }
      var isLinked = header.height == view.knownHeight || !header.endsEpoch
      for link in answer.links.prefix(Serving.Limit.links) {
        let last = try self.header(link.last, "links")
        isLinked = isLinked || last.height == header.height
        if last.epoch >= view.knownEpoch { calls.append(try update(link, last)) }
      }
      // The newest header ends its epoch, and what comes next is not told yet.
      guard isLinked else { return Judgement(calls: [], fault: nil) }
      if answer.hasPassed {
        var link = WireEpochLink()
        link.last = answer.passed
        let passed = try self.header(answer.passed, "passed")
        if passed.height != view.knownHeight, passed.epoch == header.epoch {
          calls.append(try update(link, passed))
        }
      }
      if header.height != view.knownHeight, !header.endsEpoch {
        var link = WireEpochLink()
        link.last = answer.header
        calls.append(try update(link, header))
      }
      let name = name(header)
      for proof in answer.outcomes.prefix(Serving.Limit.answeredOutcomes) {
        if let call = try acknowledge(proof, name) { calls.append(call) }
      }
      if answer.hasPassed {
        let passed = try self.header(answer.passed, "passed")
        for proof in answer.absences.prefix(Serving.Limit.absences) {
          calls.append(try timeOut(proof, name, passed))
        }
      }
      for (carried, sent) in packets {
        do throws(RouterFault) {
          calls.append(try receive(carried, sent, name))
        } catch {
          return Judgement(calls: calls, fault: error, blame: blame(carried, name, for: error))
        }
      }
    } catch {
      return Judgement(calls: calls, fault: error)
    }
    return Judgement(calls: calls, fault: nil)
  }
}

extension AnswerJudge {
  private func header(
    _ proven: WireProvenHeader, _ field: String
  ) throws(RouterFault) -> BlockHeader {
    let header: BlockHeader
    do {
      header = try BlockHeader(decoding: proven.header.octets, suite: view.remoteSuite)
    } catch let fault as RouterFault {
      throw fault
    } catch {
      throw .malformed(field: field, value: "\(error)")
    }
    guard header.chainID.bytes == view.chain.chainID.octets else {
      throw .otherAnswer(field: "\(field).chain_id", value: header.chainID.hex)
    }
    return header
  }

  private func name(_ header: BlockHeader) -> RelayHeaderName {
    var name = RelayHeaderName()
    name.chainID = view.chain.chainID
    name.revision = view.chain.revision
    name.height = header.height
    return name
  }

  /// A call that no node refuses for its size: it would take all others with it.
  private func checked(_ call: CarriedCall) throws(RouterFault) -> CarriedCall {
    guard call.arguments.count <= Limits.argumentBytes else {
      throw .malformed(field: call.method, value: "\(call.arguments.count) bytes")
    }
    return call
  }

  private func update(
    _ link: WireEpochLink, _ header: BlockHeader
  ) throws(RouterFault) -> CarriedCall {
    var call = RelayUpdate()
    call.header = name(header)
    call.epoch = header.epoch
    call.link = link.encoded.data
    return try checked(
      CarriedCall(
        kind: .update(height: header.height), method: "update", arguments: call.encoded,
        attachment: nil))
  }

  /// The packets of an answer, which must be the next of the channel, one after the other.
  private func packets(
    _ answer: WireRouterAnswer
  ) throws(RouterFault) -> [(WireCarriedPacket, RelaySentPacket)] {
    var packets: [(WireCarriedPacket, RelaySentPacket)] = []
    guard !view.terms.closed else { return [] }
    for carried in answer.packets.prefix(Serving.Limit.packets) {
      let sent: RelaySentPacket
      do {
        sent = try RelaySentPacket(strict: carried.proof.value.octets, limit: Limits.valueBytes)
      } catch {
        throw .malformed(field: "packets.proof.value", value: "\(error)")
      }
      let next = view.state.received + UInt64(packets.count) + 1
      guard sent.packet.channel == view.id else {
        throw .otherAnswer(
          field: "packets.channel", value: String(sent.packet.channel.prefix(Limits.nameBytes)))
      }
      // Another router may have brought the first of them in the meantime.
      if sent.packet.sequence < next, packets.isEmpty { continue }
      guard sent.packet.sequence == next else {
        throw .otherAnswer(field: "packets.sequence", value: "\(sent.packet.sequence)")
      }
      packets.append((carried, sent))
    }
    return packets
  }

  private func receive(
    _ carried: WireCarriedPacket, _ sent: RelaySentPacket, _ header: RelayHeaderName
  ) throws(RouterFault) -> CarriedCall {
    let packet = sent.packet
    guard packet.timeoutMs > view.timeMs else {
      var call = RelaySkip()
      call.channel = view.id
      call.header = header
      call.proof = carried.proof.encoded.data
      return try checked(
        CarriedCall(
          kind: .skip(packet.sequence), method: "skip", arguments: call.encoded, attachment: nil))
    }
    var call = RelayReceive()
    call.channel = view.id
    call.header = header
    call.proof = carried.proof.encoded.data
    var attachment: [UInt8]?
    // Without a recipient the packet fails, and its content is nobody's here.
    if sent.hasSealed, let key = recipients[packet.recipient] {
      let (sealed, ciphertext, records) = try carrier.localise(
        carried, packet, from: sender, source: view.remoteSuite,
        sourceDigest: sent.sealed.attachment.octets, recipientKey: key, timeMs: timeMs)
      guard ciphertext.count <= Limits.attachmentBytes else {
        throw .content(sequence: packet.sequence, .tooLarge(bytes: ciphertext.count))
      }
      call.sealed = sealed
      call.records = records
      attachment = ciphertext
    }
    return try checked(
      CarriedCall(
        kind: .receive(packet.sequence), method: "receive", arguments: call.encoded,
        attachment: attachment))
  }

  /// - Returns: `nil` if the packet waits for nothing here.
  private func acknowledge(
    _ proof: WireValueProof, _ header: RelayHeaderName
  ) throws(RouterFault) -> CarriedCall? {
    let sequence = try sequence(proof.key)
    let received: RelayReceivedPacket
    do {
      received = try RelayReceivedPacket(strict: proof.value.octets, limit: Limits.valueBytes)
    } catch {
      throw .malformed(field: "outcomes.value", value: "\(proof.value.count) bytes")
    }
    guard received.packet.channel == view.id, received.packet.sequence == sequence else {
      throw .otherAnswer(field: "outcomes.sequence", value: "\(received.packet.sequence)")
    }
    guard !received.outcome.open else {
      throw .otherAnswer(field: "outcomes.open", value: "\(sequence)")
    }
    guard unsettled[sequence] != nil else { return nil }
    var call = RelayAcknowledge()
    call.channel = view.id
    call.header = header
    call.proof = proof.encoded.data
    return try checked(
      CarriedCall(
        kind: .acknowledge(sequence), method: "acknowledge", arguments: call.encoded,
        attachment: nil))
  }

  private func timeOut(
    _ proof: WireAbsenceProof, _ header: RelayHeaderName, _ passed: BlockHeader
  ) throws(RouterFault) -> CarriedCall {
    let sequence = try sequence(proof.key)
    guard case .some(.some(let packet)) = unsettled[sequence] else {
      throw .otherAnswer(field: "absences.sequence", value: "\(sequence)")
    }
    var call = RelayTimeOut()
    call.packet = packet
    call.header = header
    call.passedHeight = passed.height
    call.proof = proof.encoded.data
    return CarriedCall(
      kind: .timeOut(sequence), method: "timeOut", arguments: call.encoded,
      attachment: nil)
  }

  /// The sequence in an asset's key, `channel:sequence`; a channel's id may have colons itself.
  private func sequence(_ key: String) throws(RouterFault) -> UInt64 {
    guard let colon = key.lastIndex(of: ":"), key[..<colon] == view.id,
      let sequence = UInt64(key[key.index(after: colon)...])
    else {
      throw .otherAnswer(field: "key", value: String(key.prefix(AssetID.byteLimit)))
    }
    return sequence
  }
}
