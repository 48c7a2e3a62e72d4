public import BuiltinContracts
public import Cryptography
public import LedgerModel
internal import Wire

/// Why sealed content cannot be read or trusted.
public enum SealingFault: Error, Hashable, Sendable {
  /// The asset has no key wrapped to this member.
  case noKey(member: String)
  /// The wrapped key does not open with the member's key, or opens to another content's key.
  case wrongKey(member: String, grantor: String)
  /// The ciphertext is not the one that the ledger names.
  case otherContent(expected: Digest)
  /// The content opens but is not what was committed to.
  case otherCommitment
  case cryptography(CryptographyFault)
}

extension SealingFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noKey(let member): "no key of this content is wrapped to \(member): ask the owner"
    case .wrongKey(let member, let grantor):
      "the key that \(grantor) wrapped for \(member) does not open the content: "
        + "ask \(grantor) to revoke and authorise again"
    case .otherContent(let digest): "the node sent something else than content \(digest)"
    case .otherCommitment: "the content is not what was committed to on the ledger"
    case .cryptography(let fault): "\(fault)"
    }
  }
}

/// Content encrypted under a key of its own, with the commitment that stays the same wherever the
/// content is encrypted again (D13).
///
///     attachment  nonce ‖ AEAD(data key, r 32 ‖ plaintext)
///     commitment  HMAC(r, domain ‖ schema 4 ‖ plaintext)
///
/// `r` follows from the sealer's key and the content, so that the sealer's contents can be told
/// equal without being opened; nobody else can compute it.
/// - Source: docs/spec/10-sealing.md, rules C1 to C4.
public struct SealedContent: Sendable {
  /// Schema 1: the original file of an e-invoice.
  public static let invoiceFile: UInt32 = 1

  public let attachment: [UInt8]
  public let attachmentDigest: Digest
  public let commitment: Digest
  public let schema: UInt32
  /// Wrapped to whoever may read.
  public let dataKey: SecretBytes

  /// Seals `plaintext` as content of `asset`.
  public init(
    sealing plaintext: [UInt8], schema: UInt32, of asset: AssetID, chainID: Digest,
    by sealer: Identity, suite: any CryptoSuite
  ) throws(CryptographyFault) {
    let blinding = Self.blinding(plaintext, asset: asset, by: sealer, suite: suite)
    commitment = Self.commitment(plaintext, schema: schema, blinding: blinding, suite: suite)
    dataKey = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
    let nonce = randomBytes(suite.nonceByteCount)
    let associated = Self.associated(asset, chainID: chainID, commitment: commitment)
    let content = blinding + plaintext
    attachment =
      try nonce
      + suite.seal(content.span, key: dataKey, nonce: nonce, authenticating: associated.span)
    attachmentDigest = suite.hash(.attachment, attachment)
    self.schema = schema
  }

  /// The message that a call carries, with the data key wrapped to the owner.
  public func wire(owner: Member, suite: any CryptoSuite) throws(CryptographyFault)
    -> InvoiceSealed
  {
    var sealed = InvoiceSealed()
    sealed.attachment = attachmentDigest.bytes.data
    sealed.commitment = commitment.bytes.data
    sealed.schema = schema
    sealed.ownerKey = try Self.wrap(dataKey, to: owner, suite: suite)
    return sealed
  }

  /// Wraps a data key to a member.
  public static func wrap(
    _ key: SecretBytes, to member: Member, suite: any CryptoSuite
  ) throws(CryptographyFault) -> InvoiceWrappedKey {
    var wrapped = InvoiceWrappedKey()
    wrapped.recipient = member.id
    wrapped.keyID = Member.keyID(of: member.sealingKey, suite: suite).data
    wrapped.wrapped = try suite.wrap(
      key, to: suite.publicKey(member.sealingKey, use: .sealing)
    ).data
    return wrapped
  }

  /// Opens the data key that was wrapped to `reader`.
  public static func dataKey(
    _ wrapped: InvoiceWrappedKey, of reader: Identity, grantor: String, suite: any CryptoSuite
  ) throws(SealingFault) -> SecretBytes {
    do {
      return try suite.unwrap(wrapped.wrapped.octets, with: reader.sealing)
    } catch {
      throw .wrongKey(member: reader.member, grantor: grantor)
    }
  }

  /// Opens content and checks it against what the ledger commits to.
  public static func open(
    _ ciphertext: [UInt8], _ sealed: InvoiceSealed, of asset: AssetID, chainID: Digest,
    key: SecretBytes, reader: String, grantor: String, suite: any CryptoSuite
  ) throws(SealingFault) -> [UInt8] {
    let digest = suite.hash(.attachment, ciphertext)
    guard digest.bytes == sealed.attachment.octets else {
      throw .otherContent(expected: Digest(sealed.attachment.octets) ?? .zero)
    }
    guard let commitment = Digest(sealed.commitment.octets),
      ciphertext.count > suite.nonceByteCount
    else { throw .otherCommitment }
    let nonce = Array(ciphertext.prefix(suite.nonceByteCount))
    let body = Array(ciphertext.dropFirst(suite.nonceByteCount))
    let associated = associated(asset, chainID: chainID, commitment: commitment)
    let content: [UInt8]
    do {
      content = try suite.open(
        body.span, key: key, nonce: nonce, authenticating: associated.span
      ).copyBytes()
    } catch .notAuthentic, .wrongLength {
      throw .wrongKey(member: reader, grantor: grantor)
    } catch {
      throw .cryptography(error)
    }
    let (blinding, plaintext) = (
      Array(content.prefix(Digest.byteCount)), Array(content.dropFirst(Digest.byteCount))
    )
    guard
      Self.commitment(plaintext, schema: sealed.schema, blinding: blinding, suite: suite)
        == commitment
    else { throw .otherCommitment }
    return plaintext
  }

  private static func blinding(
    _ plaintext: [UInt8], asset: AssetID, by sealer: Identity, suite: any CryptoSuite
  ) -> [UInt8] {
    let name = Array("\(asset)".utf8)
    let message =
      [Domain.sealedContent.rawValue, 0] + UInt32(name.count).bigEndianBytes + name + plaintext
    return suite.authenticate(message.span, key: sealer.sealing.secret).bytes
  }

  private static func commitment(
    _ plaintext: [UInt8], schema: UInt32, blinding: [UInt8], suite: any CryptoSuite
  ) -> Digest {
    let message = [Domain.sealedContent.rawValue, 1] + schema.bigEndianBytes + plaintext
    return suite.authenticate(message.span, key: SecretBytes(copying: blinding))
  }

  /// Binds a ciphertext to its chain, asset and commitment.
  private static func associated(
    _ asset: AssetID, chainID: Digest, commitment: Digest
  ) -> [UInt8] {
    let namespace = Array(asset.namespace.utf8)
    return [Domain.sealedContent.rawValue, 2] + chainID.bytes
      + [UInt8(truncatingIfNeeded: namespace.count)] + namespace
      + UInt32(asset.key.utf8.count).bigEndianBytes + Array(asset.key.utf8) + commitment.bytes
  }
}
