public import Cryptography
internal import LedgerModel
internal import Wire

/// What a packet says beside its public part: sealed on the source chain, between routers, and on
/// the destination chain, and under one commitment all the way.
///
///     ciphertext  nonce ‖ AEAD(data key, r 32 ‖ plaintext; associated data)
///     commitment  HMAC(r, "XCOM1" ‖ schema 4 ‖ schema version 4 ‖ plaintext)
///
/// Keys and nonces come from outside.
/// - Source: docs/spec/20-relay.md, rule R9.
public struct PacketContent: Sendable {
  /// Where on its way a ciphertext is, each under the suite of that place.
  public enum Leg: UInt8, Sendable, CaseIterable {
    case source = 1
    case between = 2
    case destination = 3
  }

  /// `r` of the commitment.
  public let blinding: [UInt8]
  public let plaintext: [UInt8]

  /// - Parameter blinding: 32 random bytes; with them the commitment cannot be tested by guesses.
  public init(_ plaintext: [UInt8], blinding: [UInt8]) {
    self.plaintext = plaintext
    self.blinding = blinding
  }

  /// What the packet commits to.
  /// - Parameter suite: The source chain's.
  public func commitment(
    schema: UInt32, version: UInt32, suite: any CryptoSuite
  ) -> Digest {
    let message =
      Array("XCOM1".utf8) + schema.bigEndianBytes + version.bigEndianBytes + plaintext
    return suite.authenticate(message.span, key: SecretBytes(copying: blinding))
  }

  /// Whether this is what the packet commits to.
  /// - Parameter suite: The source chain's.
  public func isContent(of packet: RelayPacket, suite: any CryptoSuite) -> Bool {
    commitment(schema: packet.schema, version: packet.schemaVersion, suite: suite).bytes
      == packet.commitment.octets
  }

  /// Seals for one leg. The ciphertext is bound to the packet as its sender signed it.
  /// - Parameters:
  ///   - key: A fresh data key.
  ///   - nonce: Fresh, of the suite's length.
  public func sealed(
    in packet: RelayPacket, _ leg: Leg, key: SecretBytes, nonce: [UInt8], suite: any CryptoSuite
  ) throws(CryptographyFault) -> [UInt8] {
    let associated = Self.associated(packet, leg)
    return try nonce
      + suite.seal(
        (blinding + plaintext).span, key: key, nonce: nonce, authenticating: associated.span)
  }

  /// Opens the ciphertext of one leg; that it is what the packet commits to is another question.
  /// - Throws: `notAuthentic` if it was made for another packet, leg or key, or altered.
  public init(
    opening ciphertext: [UInt8], in packet: RelayPacket, _ leg: Leg, key: SecretBytes,
    suite: any CryptoSuite
  ) throws(CryptographyFault) {
    guard ciphertext.count > suite.nonceByteCount else { throw .notAuthentic }
    let associated = Self.associated(packet, leg)
    let content = try suite.open(
      Array(ciphertext.dropFirst(suite.nonceByteCount)).span, key: key,
      nonce: Array(ciphertext.prefix(suite.nonceByteCount)), authenticating: associated.span
    ).copyBytes()
    guard content.count >= Digest.byteCount else { throw .notAuthentic }
    self.init(
      Array(content.dropFirst(Digest.byteCount)), blinding: Array(content.prefix(Digest.byteCount)))
  }

  /// Binds a ciphertext to everything that the packet says, and to its leg (P4).
  private static func associated(_ packet: RelayPacket, _ leg: Leg) -> [UInt8] {
    var unnumbered = packet
    unnumbered.sequence = 0
    unnumbered.sentMs = 0
    return [Domain.packetContent.rawValue, leg.rawValue] + unnumbered.encoded
  }
}
