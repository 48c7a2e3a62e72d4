internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import LightVerifier
internal import Wire

// Checks of packets, in the words of docs/spec/20-relay.md.

/// Which way a packet passes this chain.
enum Direction { case sent, received }

extension RelayPacket {
  /// What events in trails call the packet.
  var name: RelayBusinessKeyUse {
    var name = RelayBusinessKeyUse()
    name.channel = channel
    name.sequence = sequence
    return name
  }

  /// R8. Whether sealed content belongs to the packet.
  var hasContent: Bool { schema > 0 || schemaVersion > 0 || !commitment.isEmpty }

  /// R7. The packet is of this version and channel, and passes this chain in this direction.
  func checkRoute(_ terms: WireChannelRecord, _ direction: Direction) throws(Refusal) {
    guard version == RelayContract.Limit.packetVersion else {
      throw Refusal(RelayContract.version, field: "packet.version", value: "\(version)")
    }
    guard channel.utf8.elementsEqual(terms.id.utf8) else {
      throw Refusal(RelayContract.otherChannel, field: "packet.channel", value: channel)
    }
    let (source, destination) =
      switch direction {
      case .sent: (terms.localChain, terms.remoteChain)
      case .received: (terms.remoteChain, terms.localChain)
      }
    guard sourceChain == source else {
      throw Refusal(
        RelayContract.otherChain, field: "packet.source_chain", value: sourceChain.octets.hex)
    }
    guard destinationChain == destination else {
      throw Refusal(
        RelayContract.otherChain, field: "packet.destination_chain",
        value: destinationChain.octets.hex)
    }
  }

  /// R8. Every field that a sender fills is of its form. Both chains check it.
  func checkForm() throws(Refusal) {
    func malformed(_ field: String, _ value: String) -> Refusal {
      Refusal(RelayContract.malformed, field: "packet.\(field)", value: value)
    }
    if hasContent {
      guard commitment.count == Digest.byteCount else {
        throw malformed("commitment", "\(commitment.count) bytes")
      }
      guard schema > 0 else { throw malformed("schema", "\(schema)") }
      guard schemaVersion > 0 else { throw malformed("schema_version", "\(schemaVersion)") }
    }
    guard sender.isRelayWord(within: Limits.nameBytes) else { throw malformed("sender", sender) }
    guard recipient.isRelayWord(within: Limits.nameBytes) else {
      throw malformed("recipient", recipient)
    }
    guard policy.isRelayWord(within: Limits.nameBytes) else { throw malformed("policy", policy) }
    let isPlain = purpose.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)
    }
    guard isPlain, 1...RelayContract.Limit.purposeBytes ~= purpose.utf8.count else {
      throw malformed("purpose", "\(purpose.utf8.count) bytes")
    }
    guard businessKey.isRelayWord(within: RelayContract.Limit.businessKeyBytes) else {
      throw malformed("business_key", businessKey)
    }
    guard body.count <= RelayContract.Limit.bodyBytes else {
      throw malformed("body", "\(body.count) bytes")
    }
  }
}

extension String {
  /// Printable ASCII characters without blanks.
  func isRelayWord(within limit: Int) -> Bool {
    1...limit ~= utf8.count && utf8.allSatisfy { 0x21...0x7e ~= $0 }
  }
}

extension CallScope {
  /// The terms of a channel.
  func terms(_ channel: String) throws(Refusal) -> WireChannelRecord {
    let asset = Channel.asset(channel)
    guard let terms = value(of: asset, as: WireChannelRecord.self) else {
      throw Refusal(RelayContract.unknownChannel, field: "channel", value: channel)
    }
    return terms
  }

  /// The terms of a channel that is open.
  func openTerms(_ channel: String) throws(Refusal) -> WireChannelRecord {
    let terms = try terms(channel)
    guard !terms.closed else {
      throw Refusal(RelayContract.channelClosed, field: "channel", value: channel)
    }
    return terms
  }

  /// Where a channel stands.
  func channelState(_ id: String) -> RelayChannelState {
    value(of: RelayContract.channel(id), as: RelayChannelState.self) ?? RelayChannelState()
  }

  /// R9. The content is attached, and its key wrapped to these members of this chain, in order.
  /// A packet without content brings neither.
  func check(
    _ sealed: RelaySealed, of packet: RelayPacket, to recipients: [String]
  ) throws(Refusal) {
    guard packet.hasContent else {
      guard sealed == RelaySealed(), attachments.isEmpty else {
        throw unsuited("", "the packet has no content")
      }
      return
    }
    guard let digest = Digest(sealed.attachment.octets), attachments == [digest] else {
      throw unsuited(".attachment", sealed.attachment.octets.prefix(40).hex)
    }
    guard sealed.keys.count == recipients.count else {
      throw unsuited(".keys", "\(sealed.keys.count), not \(recipients.count)")
    }
    for (index, recipient) in recipients.enumerated() {
      try check(sealed.keys[index], ".keys[\(index)]", to: recipient)
    }
  }

  /// R9. The key is wrapped to the sealing key of this member, who is named.
  private func check(
    _ key: RelayWrappedKey, _ field: String, to recipient: String
  ) throws(Refusal) {
    guard key.recipient.utf8.elementsEqual(recipient.utf8) else {
      throw unsuited("\(field).recipient", key.recipient)
    }
    let member = try member(recipient, field: "sealed\(field).recipient")
    guard key.keyID.octets == Member.keyID(of: member.sealingKey, suite: suite) else {
      throw unsuited("\(field).key_id", key.keyID.octets.prefix(40).hex)
    }
    let expected = suite.symmetricKeyByteCount + suite.wrapOverheadByteCount
    guard key.wrapped.count == expected else {
      throw unsuited(
        "\(field).wrapped", "\(key.wrapped.count) bytes, \(suite.id.name) has \(expected)")
    }
  }

  private func unsuited(_ field: String, _ value: String) -> Refusal {
    Refusal(RelayContract.sealedContent, field: "sealed\(field)", value: value)
  }

  /// The header proves that the other chain has this value of this asset.
  func check(
    _ proof: WireValueProof, of asset: AssetID, at header: BlockHeader
  ) throws(Refusal) {
    do throws(ProofFault) {
      let found = try header.verify(proof).asset
      guard found == asset else { throw ProofFault.otherAnswer(expected: "", found: "") }
    } catch {
      throw Refusal(RelayContract.notProven, field: "proof", value: error.word)
    }
  }
}
