public import BuiltinContracts
public import Cryptography
internal import LedgerModel
internal import LightVerifier
internal import Wire

// Packets: what a member sends to another chain, and reads of what came from one.

/// Where packets of one channel go, and who carries them: what a sender needs to seal them.
public struct PacketWay: Sendable {
  let terms: WireChannelRecord
  let carriers: [Member]
}

extension RemoteLedger {
  /// The way over a channel, as it is now.
  public func way(over channel: String) async throws(LedgerClientFault) -> PacketWay {
    guard let terms = try await terms(channel).terms else {
      throw .refused(
        code: "relay.unknown_channel", field: "channel", value: channel,
        remedy: BuiltinContracts.code("relay.unknown_channel")?.remedy ?? "")
    }
    var carriers: [Member] = []
    for carrier in terms.carriers { carriers.append(try await member(carrier)) }
    return PacketWay(terms: terms, carriers: carriers)
  }

  /// Seals content and prepares the call that sends a packet.
  /// - Parameters:
  ///   - packet: As its sender wants it; version, chains, sender and commitment are filled in, and
  ///     the business key if it follows from the public part.
  ///   - content: What the packet says beside its public part; `nil` if nothing.
  public func prepareSend(
    _ packet: RelayPacket, content: [UInt8]?, over way: PacketWay, by identity: Identity
  ) throws(LedgerClientFault) -> PreparedCall {
    let terms = way.terms
    var packet = packet
    packet.version = RelayContract.Limit.packetVersion
    packet.sourceChain = terms.localChain
    packet.destinationChain = terms.remoteChain
    packet.sender = identity.member
    if packet.businessKey.isEmpty {
      packet.businessKey = RelayContract.businessKey(of: packet) ?? ""
    }
    var call = RelaySend()
    var attachments: [[UInt8]] = []
    if let content {
      do {
        let sealed = try seal(content, in: &packet, to: way.carriers)
        call.sealed = sealed.message
        attachments = [sealed.ciphertext]
      } catch {
        throw .cryptography(error)
      }
    }
    call.packet = packet
    let digests = attachments.map { suite.hash(.attachment, $0) }
    return PreparedCall(
      call: Transaction.Call(
        contract: RelayContract.name, method: "send", arguments: call.encoded,
        attachments: digests),
      attachments: attachments)
  }

  /// Looks the way up, seals content and prepares the call that sends a packet.
  public func prepareSend(
    _ packet: RelayPacket, content: [UInt8]?, by identity: Identity
  ) async throws(LedgerClientFault) -> PreparedCall {
    try prepareSend(
      packet, content: content, over: try await way(over: packet.channel), by: identity)
  }

  /// The newest packet that used this business key, or `nil` if none did.
  public func sentPacket(
    of type: String, key: String
  ) async throws(LedgerClientFault) -> RelayBusinessKeyUse? {
    try await message(RelayBusinessKeyUse.self, of: RelayContract.sentKey(type, key)).message
  }

  private func seal(
    _ content: [UInt8], in packet: inout RelayPacket, to carriers: [Member]
  ) throws(CryptographyFault) -> (message: RelaySealed, ciphertext: [UInt8]) {
    let plain = PacketContent(content, blinding: randomBytes(Digest.byteCount))
    packet.commitment =
      plain.commitment(
        schema: packet.schema, version: packet.schemaVersion, suite: suite
      ).bytes.data
    let key = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
    let ciphertext = try plain.sealed(
      in: packet, .source, key: key, nonce: randomBytes(suite.nonceByteCount), suite: suite)
    var message = RelaySealed()
    message.attachment = suite.hash(.attachment, ciphertext).bytes.data
    for carrier in carriers {
      var wrapped = RelayWrappedKey()
      wrapped.recipient = carrier.id
      wrapped.keyID = Member.keyID(of: carrier.sealingKey, suite: suite).data
      wrapped.wrapped = try suite.wrap(
        key, to: suite.publicKey(carrier.sealingKey, use: .sealing)
      ).data
      message.keys.append(wrapped)
    }
    return (message, ciphertext)
  }

  /// The content of a packet that came here, opened with its recipient's own key.
  /// - Parameter source: The suite of the chain that it comes from.
  /// - Returns: `nil` if no packet of this sequence is here, or it has no content.
  public func content(
    ofPacket sequence: UInt64, received channel: String, source: any CryptoSuite,
    by identity: Identity, timeMs: UInt64
  ) async throws(LedgerClientFault) -> [UInt8]? {
    let asset = RelayContract.received(channel, sequence)
    guard let received = try await message(RelayReceivedPacket.self, of: asset).message else {
      return nil
    }
    guard let wrapped = received.sealed.keys.first(where: { $0.recipient == identity.member })
    else { return nil }
    let contents = try await packetContents(
      channel: channel, received: true, sequences: [sequence], by: identity, timeMs: timeMs)
    guard let ciphertext = contents.first?.ciphertext,
      suite.hash(.attachment, ciphertext).bytes == received.sealed.attachment.octets
    else {
      throw .sealing(
        .otherContent(expected: Digest(received.sealed.attachment.octets) ?? .zero))
    }
    let content: PacketContent
    do {
      content = try PacketContent(
        opening: ciphertext, in: received.packet, .destination,
        key: suite.unwrap(wrapped.wrapped.octets, with: identity.sealing), suite: suite)
    } catch {
      throw .sealing(.wrongKey(member: identity.member, grantor: "the router that brought it"))
    }
    guard content.isContent(of: received.packet, suite: source) else {
      throw .sealing(.otherCommitment)
    }
    return content.plaintext
  }
}
