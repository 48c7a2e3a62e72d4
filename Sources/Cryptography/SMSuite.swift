/// The national suite: SM2 with SM3, SM3, SM4-GCM and SM2 public-key encryption.
///
/// - Source: GB/T 32918 (SM2), GB/T 32905 (SM3), GB/T 32907 (SM4), RFC 8998 (SM4-GCM).
public struct SMSuite: CryptoSuite {
  /// Bytes of the masked secret's digest, C3 in GB/T 32918.4.
  private static let checkByteCount = Digest.byteCount

  public var id: SuiteID { .sm }
  public var symmetricKeyByteCount: Int { GaloisCipher.sm4.keyByteCount }
  public var nonceByteCount: Int { GaloisCipher.nonceByteCount }
  public var publicKeyByteCount: Int { EllipticCurve.pointByteCount }
  public var wrapOverheadByteCount: Int { EllipticCurve.pointByteCount + Self.checkByteCount }

  /// Makes the suite, which holds no state.
  public init() {}

  public func hash(_ message: Span<UInt8>) -> Digest { HashFunction.sm3.hash(message) }

  public func hash(domain: UInt8, _ message: Span<UInt8>) -> Digest {
    HashFunction.sm3.hash(domain: domain, message)
  }

  public func hash(domain: UInt8, _ left: Digest, _ right: Digest) -> Digest {
    HashFunction.sm3.hash(domain: domain, left, right)
  }

  public func authenticate(_ message: Span<UInt8>, key: SecretBytes) -> Digest {
    HashFunction.sm3.authenticate(message, key: key)
  }

  public func generateSigningKey() throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.sm2.generateKey(id, .signing)
  }

  public func generateSealingKey() throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.sm2.generateKey(id, .sealing)
  }

  public func privateKey(
    _ secret: SecretBytes, use: KeyUse
  ) throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.sm2.privateKey(secret, id, use)
  }

  public func publicKey(_ encoded: [UInt8], use: KeyUse) throws(CryptographyFault) -> PublicKey {
    try EllipticCurve.sm2.publicKey(encoded, id, use)
  }

  public func sign(
    _ message: Span<UInt8>, with key: PrivateKey
  ) throws(CryptographyFault) -> Signature {
    try key.elliptic(id, .signing).sign(message)
  }

  public func isValid(
    _ signature: Signature, of message: Span<UInt8>, by key: PublicKey
  ) -> Bool {
    guard let elliptic = try? key.elliptic(id, .signing) else { return false }
    return elliptic.isValid(signature, of: message)
  }

  public func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    try GaloisCipher.sm4.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
  }

  public func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try GaloisCipher.sm4.open(sealed, key: key, nonce: nonce, authenticating: associated)
  }

  public func agree(
    _ key: PrivateKey, with peer: PublicKey
  ) throws(CryptographyFault) -> SecretBytes {
    try key.publicKey.require(id, .sealing)
    try peer.require(id, .sealing)
    return try EllipticCurve.sm2.agree(key.secret, with: peer.encoded)
  }

  /// The result is C1 ‖ C3 ‖ C2 of GB/T 32918.4: point, digest, masked secret.
  public func wrap(
    _ secret: SecretBytes, to recipient: PublicKey
  ) throws(CryptographyFault) -> [UInt8] {
    try WrapLimits.check(secret)
    let encrypted = try recipient.elliptic(id, .sealing).encrypt(secret)
    guard var reader = DER.Reader(sequence: encrypted[...]),
      let x = reader.integer(), let y = reader.integer(),
      let check = reader.octets(), let masked = reader.octets(), reader.isAtEnd,
      check.count == Self.checkByteCount, masked.count == secret.count
    else { throw .libraryFailure(operation: "EVP_PKEY_encrypt") }
    return [EllipticCurve.pointPrefix] + x + y + check + masked
  }

  public func unwrap(
    _ wrapped: [UInt8], with key: PrivateKey
  ) throws(CryptographyFault) -> SecretBytes {
    let elliptic = try key.elliptic(id, .sealing)
    let count = try WrapLimits.secretByteCount(of: wrapped, overhead: wrapOverheadByteCount)
    guard wrapped[0] == EllipticCurve.pointPrefix else { throw .notAuthentic }
    let y = 1 + EllipticCurve.coordinateByteCount
    let check = y + EllipticCurve.coordinateByteCount
    let masked = check + Self.checkByteCount
    let encrypted = DER.sequence(
      DER.integer(wrapped[1..<y]) + DER.integer(wrapped[y..<check])
        + DER.octets(wrapped[check..<masked]) + DER.octets(wrapped[masked...]))
    return try elliptic.decrypt(encrypted, count: count)
  }
}
