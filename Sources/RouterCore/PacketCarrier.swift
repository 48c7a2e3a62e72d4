public import BuiltinContracts
public import Cryptography
internal import LedgerModel
public import Wire

/// What a router does to content at its own chain: opens it with the chain's mechanism, checks the
/// commitment, seals it anew for the next. Pure but for the keys it is given.
///
/// - Source: docs/spec/21-routers.md, rules Q5 and Q6.
public struct PacketCarrier: Sendable {
  /// A data key and a nonce for one sealing, from the system's randomness.
  public typealias Fresh = @Sendable (any CryptoSuite) -> (key: SecretBytes, nonce: [UInt8])

  let keys: RouterKeys
  /// The router's member on its own chain.
  let member: String
  /// By their ids: what was sealed to a former key may be under way.
  let opening: [[UInt8]: PrivateKey]
  let suite: any CryptoSuite
  let fresh: Fresh

  /// - Parameters:
  ///   - member: The router's member on its own chain.
  ///   - opening: That member's sealing keys, the one in force and former ones.
  ///   - suite: The chain's.
  public init(
    keys: RouterKeys, member: String, opening: [PrivateKey], suite: any CryptoSuite,
    fresh: @escaping Fresh
  ) {
    self.keys = keys
    self.member = member
    self.opening = Dictionary(
      opening.map { (Member.keyID(of: $0.publicKey.encoded, suite: suite), $0) },
      uniquingKeysWith: { first, _ in first })
    self.suite = suite
    self.fresh = fresh
  }

  /// Q5. A packet that this chain sent, for a router of its destination.
  /// - Parameter ciphertext: The content as this chain keeps it; `nil` if the node has none for us.
  /// - Returns: With the reason instead of the content, if it cannot be opened here.
  public func carry(
    _ proof: WireValueProof, _ sent: RelaySentPacket, ciphertext: [UInt8]?,
    to router: WireRouterRecord, timeMs: UInt64
  ) throws(CryptographyFault) -> WireCarriedPacket {
    var carried = WireCarriedPacket()
    carried.proof = proof
    guard sent.hasSealed else { return carried }
    // Who needs the proof only, because its time passed there, needs no content.
    guard sent.state == .sent else {
      carried.withheld = "the packet is settled"
      return carried
    }
    guard let ciphertext, let key = sent.sealed.keys.first(where: { $0.recipient == member }) else {
      carried.withheld = "the content is not sealed to \(member)"
      return carried
    }
    guard let opening = opening[key.keyID.octets] else {
      carried.withheld = "the content is sealed to another key of \(member)"
      return carried
    }
    let content: PacketContent
    do {
      content = try PacketContent(
        opening: ciphertext, in: sent.packet, .source,
        key: suite.unwrap(key.wrapped.octets, with: opening), suite: suite)
    } catch {
      carried.withheld = "the content does not open"
      return carried
    }
    guard content.isContent(of: sent.packet, suite: suite) else {
      carried.withheld = "the content is not what its sender committed to"
      return carried
    }
    let sealed = try seal(
      content, of: sent.packet, .between, to: router.sealingKey.octets, keys.suite)
    carried.ciphertext = sealed.ciphertext.data
    carried.wrapped = sealed.wrapped.data
    let body = RelayReencryptionBody(
      sent.packet, router: keys.name, from: (suite, ciphertext),
      to: (keys.suite, sealed.ciphertext, router.sealingKey.octets), timeMs: timeMs)
    carried.record = try RelayReencryption(body, by: keys).encoded.data
    return carried
  }

  /// Q6. Content that a router of another chain brought, for the packet's recipient on this one.
  /// - Parameters:
  ///   - sender: Who brought it.
  ///   - source: The suite of the packet's source.
  ///   - recipientKey: The sealing key of the packet's recipient.
  func localise(
    _ carried: WireCarriedPacket, _ packet: RelayPacket, from sender: WireRouterRecord,
    source: any CryptoSuite, sourceDigest: [UInt8], recipientKey: [UInt8], timeMs: UInt64
  ) throws(RouterFault) -> (sealed: RelaySealed, ciphertext: [UInt8], records: [RelayReencryption])
  {
    func fault(_ fault: RouterFault.ContentFault) -> RouterFault {
      .content(sequence: packet.sequence, fault)
    }
    guard carried.withheld.isEmpty else {
      throw fault(.withheld(reason: String(carried.withheld.prefix(Self.reasonMax))))
    }
    let ciphertext = carried.ciphertext.octets
    let record = try check(
      carried.record.octets, packet, from: sender, source: source, sourceDigest: sourceDigest,
      ciphertext)
    let content: PacketContent
    do {
      content = try PacketContent(
        opening: ciphertext, in: packet, .between,
        key: keys.suite.unwrap(carried.wrapped.octets, with: keys.sealing), suite: keys.suite)
    } catch {
      throw fault(.doesNotOpen)
    }
    guard content.isContent(of: packet, suite: source) else { throw fault(.otherCommitment) }
    do throws(CryptographyFault) {
      let sealed = try seal(content, of: packet, .destination, to: recipientKey, suite)
      var key = RelayWrappedKey()
      key.recipient = packet.recipient
      key.keyID = Member.keyID(of: recipientKey, suite: suite).data
      key.wrapped = sealed.wrapped.data
      var message = RelaySealed()
      message.attachment = suite.hash(.attachment, sealed.ciphertext).bytes.data
      message.keys = [key]
      let own = RelayReencryptionBody(
        packet, router: keys.name, from: (keys.suite, ciphertext),
        to: (suite, sealed.ciphertext, recipientKey), timeMs: timeMs)
      return (message, sealed.ciphertext, [record, try RelayReencryption(own, by: keys)])
    } catch {
      throw .cryptography(error)
    }
  }

  /// Bytes of another router's words that are kept.
  private static let reasonMax = 200

  /// The record is signed by who brought it, and about this packet and these ciphertexts.
  private func check(
    _ bytes: [UInt8], _ packet: RelayPacket, from sender: WireRouterRecord,
    source: any CryptoSuite, sourceDigest: [UInt8], _ ciphertext: [UInt8]
  ) throws(RouterFault) -> RelayReencryption {
    func other(_ field: String) -> RouterFault {
      .content(sequence: packet.sequence, .otherRecord(field: field))
    }
    let record: RelayReencryption
    let body: RelayReencryptionBody
    do {
      record = try RelayReencryption(strict: bytes, limit: Limits.argumentBytes)
      body = try RelayReencryptionBody(strict: record.body.octets, limit: Limits.argumentBytes)
    } catch {
      throw other("form")
    }
    guard record.isSigned(by: sender.signingKey.octets, suite: keys.suite) else {
      throw .content(sequence: packet.sequence, .unsignedRecord)
    }
    guard body.router == sender.name else { throw other("router") }
    guard body.channel == packet.channel, body.sequence == packet.sequence,
      body.sourceChain == packet.sourceChain
    else { throw other("packet") }
    guard body.commitment == packet.commitment else { throw other("commitment") }
    guard body.suiteIn == source.id.name, body.digestIn.octets == sourceDigest else {
      throw other("digest_in")
    }
    guard body.suiteOut == keys.suite.id.name,
      body.digestOut.octets == keys.suite.hash(.attachment, ciphertext).bytes
    else { throw other("digest_out") }
    return record
  }

  private func seal(
    _ content: PacketContent, of packet: RelayPacket, _ leg: PacketContent.Leg,
    to recipient: [UInt8], _ suite: any CryptoSuite
  ) throws(CryptographyFault) -> (ciphertext: [UInt8], wrapped: [UInt8]) {
    let (key, nonce) = fresh(suite)
    let ciphertext = try content.sealed(in: packet, leg, key: key, nonce: nonce, suite: suite)
    return (
      ciphertext, try suite.wrap(key, to: suite.publicKey(recipient, use: .sealing))
    )
  }
}
