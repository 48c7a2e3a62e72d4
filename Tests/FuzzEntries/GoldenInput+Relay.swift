internal import BuiltinContracts
internal import TestLedger
internal import Wire

extension GoldenInput {
  /// Arguments of the relay contract's methods: about a packet between chains that nobody trusts.
  static func relayArguments(_ method: String) -> [UInt8] {
    var header = RelayHeaderName()
    header.chainID = [UInt8](repeating: 0xa1, count: 32).data
    header.revision = 1
    header.height = 7
    switch method {
    case "update":
      var link = WireEpochLink()
      link.last.header = [UInt8]([8, 1]).data
      var call = RelayUpdate()
      call.header = header
      call.epoch = 2
      call.link = link.encoded.data
      return call.encoded
    case "send":
      var call = RelaySend()
      call.packet = relayPacket
      call.packet.sequence = 0
      call.sealed = relaySealed
      return call.encoded
    case "receive":
      var call = RelayReceive()
      call.channel = relayPacket.channel
      call.header = header
      call.proof = relayProof.data
      call.sealed = relaySealed
      var record = RelayReencryption()
      record.body = relayRecord.data
      record.signature = [UInt8](repeating: 0xa7, count: 64).data
      call.records = [record, record]
      return call.encoded
    case "skip":
      var call = RelaySkip()
      call.channel = relayPacket.channel
      call.header = header
      call.proof = relayProof.data
      return call.encoded
    case "acknowledge":
      var received = RelayReceivedPacket()
      received.packet = relayPacket
      received.sealed = relaySealed
      received.outcome.height = 9
      var proof = WireValueProof()
      proof.namespace = "relay.received"
      proof.key = "c:3"
      proof.value = received.encoded.data
      var call = RelayAcknowledge()
      call.channel = relayPacket.channel
      call.header = header
      call.proof = proof.encoded.data
      return call.encoded
    case "decide":
      var call = RelayDecide()
      call.channel = relayPacket.channel
      call.sequence = relayPacket.sequence
      call.failure = .refused
      return call.encoded
    case "lapse":
      var call = RelayLapse()
      call.channel = relayPacket.channel
      call.sequence = relayPacket.sequence
      return call.encoded
    case "recognise":
      var statement = RelayIdentityStatement()
      statement.version = 1
      statement.remoteChain = header.chainID
      statement.remoteMember = "clerk"
      statement.remoteKey = [UInt8](repeating: 0xa8, count: 32).data
      statement.localMember = TestWorld.member
      statement.scope = ["invoice.print"]
      statement.validUntilMs = 1_700_000_060_000
      var call = RelayRecognise()
      call.statement = statement.encoded.data
      call.localSignature = [UInt8](repeating: 0xa9, count: 64).data
      call.remoteSignature = [UInt8](repeating: 0xaa, count: 64).data
      call.header = header
      call.proof = relayProof.data
      return call.encoded
    case "blame":
      var call = RelayBlame()
      call.channel = relayPacket.channel
      call.header = header
      call.proof = relayProof.data
      call.record.body = relayRecord.data
      call.record.signature = [UInt8](repeating: 0xa7, count: 64).data
      call.fault = .otherCommitment
      call.brought = [UInt8](repeating: 0xab, count: 32).data
      return call.encoded
    case "deposit":
      var call = RelayDeposit()
      call.origin = "bureau"
      call.key = "voucher-1"
      call.document = [UInt8](repeating: 0xaa, count: 32).data
      call.packet = relayPacket
      call.packet.sequence = 0
      call.sealed = relaySealed
      return call.encoded
    case "settle":
      var call = RelaySettle()
      call.channel = relayPacket.channel
      call.sequence = relayPacket.sequence
      call.failure = .effect
      call.result = Array("bureau.closed_period".utf8).data
      return call.encoded
    default:
      var proof = WireAbsenceProof()
      proof.namespace = "relay.received"
      proof.key = "c:3"
      var call = RelayTimeOut()
      call.packet = relayPacket
      call.header = header
      call.passedHeight = 6
      call.proof = proof.encoded.data
      return call.encoded
    }
  }

  private static var relayPacket: RelayPacket {
    var notice = RelayNotice()
    notice.matter = "archive"
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = [UInt8](repeating: 0xa1, count: 32).data
    packet.destinationChain = [UInt8](repeating: 0xa2, count: 32).data
    packet.channel = "c"
    packet.sequence = 3
    packet.messageType = "notice"
    packet.schema = 1
    packet.schemaVersion = 2
    packet.commitment = [UInt8](repeating: 0xa3, count: 32).data
    packet.sender = TestWorld.member
    packet.recipient = "clerk"
    packet.timeoutMs = 1_700_000_060_000
    packet.policy = "release-1"
    packet.purpose = "relocation"
    packet.businessKey = "N1"
    packet.body = notice.encoded.data
    return packet
  }

  private static var relaySealed: RelaySealed {
    var sealed = RelaySealed()
    sealed.attachment = [UInt8](repeating: 0xa4, count: 32).data
    sealed.keys = [TestWorld.member, "carrier"].map { recipient in
      var key = RelayWrappedKey()
      key.recipient = recipient
      key.keyID = [UInt8](repeating: 0xa5, count: 8).data
      key.wrapped = [UInt8](repeating: 0xa6, count: 80).data
      return key
    }
    return sealed
  }

  private static var relayRecord: [UInt8] {
    var body = RelayReencryptionBody()
    body.channel = relayPacket.channel
    body.sequence = relayPacket.sequence
    body.sourceChain = relayPacket.sourceChain
    body.commitment = relayPacket.commitment
    body.router = "router-1"
    body.suiteIn = "sm"
    body.digestIn = relaySealed.attachment
    body.suiteOut = "intl"
    body.digestOut = [UInt8](repeating: 0xa8, count: 32).data
    body.keyIDOut = [UInt8](repeating: 0xa9, count: 8).data
    body.timeMs = 1_700_000_000_000
    return body.encoded
  }

  private static var relayProof: [UInt8] {
    var sent = RelaySentPacket()
    sent.packet = relayPacket
    sent.sealed = relaySealed
    var proof = WireValueProof()
    proof.namespace = "relay.sent"
    proof.key = "c:3"
    proof.value = sent.encoded.data
    return proof.encoded
  }
}
