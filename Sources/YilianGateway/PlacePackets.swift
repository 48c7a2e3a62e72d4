internal import BuiltinContracts
internal import Cryptography
internal import GatewayKit
internal import LedgerModel
internal import Wire

/// Documents as packets of a channel to a place, and packets as documents.
struct PlacePackets: Sendable {
  /// What a packet is to a place.
  enum Reading: Sendable {
    case document(GatewayDocument)
    /// It can be none, by its sender's fault: it is settled so.
    case failure(RelayFailure, GatewayCode?)
    /// Sealed to a member, or a key, that is not ours.
    case sealedToOther(member: String)
    /// The ciphertext is not the one that was sent.
    case otherBytes
  }

  let chain: Digest
  let suite: any CryptoSuite
  let channel: String
  /// The gateway member, with the key that opens what is sealed to it.
  let member: String
  let sealing: PrivateKey

  // MARK: From the place

  /// A22. The call that deposits a document: the same document is always the same packet.
  /// - Parameter recipient: `nil` if there is no such member: the chain says so.
  func deposit(
    _ document: GatewayDocument, over terms: WireChannelRecord, to recipient: WireMemberRecord?
  ) throws(CryptographyFault) -> (call: Transaction.Call, attachments: [[UInt8]]) {
    var packet = RelayPacket()
    packet.version = RelayContract.Limit.packetVersion
    packet.sourceChain = terms.remoteChain
    packet.destinationChain = terms.localChain
    packet.channel = channel
    packet.messageType = document.heading.messageType
    packet.sender = document.heading.sender
    packet.recipient = document.heading.recipient
    packet.timeoutMs = document.heading.timeoutMs
    packet.policy = document.heading.policy
    packet.purpose = document.heading.purpose
    packet.businessKey = document.heading.businessKey
    packet.body = document.body.data
    var call = RelayDeposit()
    call.origin = document.id.origin
    call.key = document.id.key
    call.document =
      RelayContract.documentHash(channel, call.origin, call.key, suite: suite).bytes.data
    var attachments: [[UInt8]] = []
    if let content = document.content {
      let plain = PacketContent(content.bytes, blinding: blinding(of: document))
      packet.schema = content.schema
      packet.schemaVersion = content.schemaVersion
      packet.commitment =
        plain.commitment(
          schema: content.schema, version: content.schemaVersion, suite: suite
        ).bytes.data
      if let recipient {
        let (sealed, ciphertext) = try seal(plain, in: packet, to: recipient)
        call.sealed = sealed
        attachments = [ciphertext]
      }
    }
    call.packet = packet
    return (
      Transaction.Call(
        contract: RelayContract.name, method: "deposit", arguments: call.encoded,
        attachments: attachments.map { suite.hash(.attachment, $0) }),
      attachments
    )
  }

  /// A22. Secret, and the same for the same document: so is its commitment.
  private func blinding(of document: GatewayDocument) -> [UInt8] {
    let message =
      [Domain.depositBlinding.rawValue] + chain.bytes + Array(channel.utf8) + [0]
      + document.encoded
    return suite.authenticate(message.span, key: sealing.secret).bytes
  }

  private func seal(
    _ content: PacketContent, in packet: RelayPacket, to recipient: WireMemberRecord
  ) throws(CryptographyFault) -> (sealed: RelaySealed, ciphertext: [UInt8]) {
    let key = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
    let ciphertext = try content.sealed(
      in: packet, .destination, key: key, nonce: randomBytes(suite.nonceByteCount), suite: suite)
    var wrapped = RelayWrappedKey()
    wrapped.recipient = recipient.id
    wrapped.keyID = Member.keyID(of: recipient.sealingKey.octets, suite: suite).data
    wrapped.wrapped = try suite.wrap(
      key, to: suite.publicKey(recipient.sealingKey.octets, use: .sealing)
    ).data
    var sealed = RelaySealed()
    sealed.attachment = suite.hash(.attachment, ciphertext).bytes.data
    sealed.keys = [wrapped]
    return (sealed, ciphertext)
  }

  // MARK: To the place

  /// Whether its content is sealed to our key.
  func canOpen(_ sent: RelaySentPacket) -> Bool { key(of: sent) != nil }

  private func key(of sent: RelaySentPacket) -> RelayWrappedKey? {
    let ours = Member.keyID(of: sealing.publicKey.encoded, suite: suite)
    return sent.sealed.keys.first { $0.recipient == member && $0.keyID.octets == ours }
  }

  /// A21. The document that a packet is.
  func read(_ sent: RelaySentPacket, _ ciphertext: [UInt8]?) throws(GatewayFault) -> Reading {
    let packet = sent.packet
    var content: GatewayDocument.Content?
    if packet.schema > 0 {
      guard let key = key(of: sent), let ciphertext else {
        return .sealedToOther(member: sent.sealed.keys.first?.recipient ?? "nobody")
      }
      guard suite.hash(.attachment, ciphertext).bytes == sent.sealed.attachment.octets else {
        return .otherBytes
      }
      guard
        let opened = try? PacketContent(
          opening: ciphertext, in: packet, .source,
          key: suite.unwrap(key.wrapped.octets, with: sealing), suite: suite),
        opened.isContent(of: packet, suite: suite)
      else { return .failure(.content, nil) }
      guard opened.plaintext.count <= GatewayLimits.contentBytes else {
        return .failure(.effect, .tooLarge)
      }
      content = GatewayDocument.Content(
        schema: packet.schema, schemaVersion: packet.schemaVersion, bytes: opened.plaintext)
    }
    do {
      return .document(
        try GatewayDocument(
          id: DocumentID(
            origin: packet.sourceChain.octets.hex, key: "\(channel):\(packet.sequence)"),
          heading: GatewayDocument.Heading(
            messageType: packet.messageType, sender: packet.sender, recipient: packet.recipient,
            policy: packet.policy, purpose: packet.purpose, timeoutMs: packet.timeoutMs,
            businessKey: packet.businessKey),
          body: packet.body.octets, content: content))
    } catch {
      throw .violation(reason: "packet \(channel):\(packet.sequence) is no document: \(error)")
    }
  }

  /// The packet that a document of ours is; `nil` if it did not come from here.
  func sequence(of id: DocumentID) -> UInt64? {
    guard id.origin == chain.hex else { return nil }
    return sequence(in: id.key)
  }

  /// A21. A cursor is the name of the last packet before what follows.
  func cursor(at sequence: UInt64) -> GatewayCursor? {
    GatewayCursor(Array("\(channel):\(sequence)".utf8))
  }

  /// The sequence that comes after a cursor; `nil` for one that is not ours.
  func first(after cursor: GatewayCursor?) -> UInt64? {
    guard let cursor else { return 1 }
    let last = sequence(in: String(decoding: cursor.bytes, as: UTF8.self))
    return last.flatMap { $0 < .max ? $0 + 1 : nil }
  }

  private func sequence(in name: String) -> UInt64? {
    guard name.utf8.starts(with: "\(channel):".utf8) else { return nil }
    let digits = name.utf8.dropFirst(channel.utf8.count + 1)
    guard let sequence = UInt64(String(Substring(digits))), sequence > 0,
      "\(sequence)".utf8.elementsEqual(digits)
    else { return nil }
    return sequence
  }
}
