/// The NIST suite: ECDSA and ECDH over P-256, SHA-256 and AES-256-GCM.
///
/// - Source: FIPS 186-5, FIPS 180-4, NIST SP 800-38D, NIST SP 800-56A, RFC 5869.
public struct NISTSuite: CryptoSuite {
  /// Separates the keys of `wrap` from every other use of the same secrets.
  private static let wrapLabel = Array("yilian-wrap-v1".utf8)

  public var id: SuiteID { .nist }
  public var symmetricKeyByteCount: Int { GaloisCipher.aes256.keyByteCount }
  public var nonceByteCount: Int { GaloisCipher.nonceByteCount }
  public var publicKeyByteCount: Int { EllipticCurve.pointByteCount }
  public var wrapOverheadByteCount: Int {
    EllipticCurve.pointByteCount + GaloisCipher.tagByteCount
  }

  /// Makes the suite, which holds no state.
  public init() {}

  public func hash(_ message: Span<UInt8>) -> Digest { HashFunction.sha256.hash(message) }

  public func hash(domain: UInt8, _ message: Span<UInt8>) -> Digest {
    HashFunction.sha256.hash(domain: domain, message)
  }

  public func hash(domain: UInt8, _ left: Digest, _ right: Digest) -> Digest {
    HashFunction.sha256.hash(domain: domain, left, right)
  }

  public func authenticate(_ message: Span<UInt8>, key: SecretBytes) -> Digest {
    HashFunction.sha256.authenticate(message, key: key)
  }

  public func generateSigningKey() throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.p256.generateKey(id, .signing)
  }

  public func generateSealingKey() throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.p256.generateKey(id, .sealing)
  }

  public func privateKey(
    _ secret: SecretBytes, use: KeyUse
  ) throws(CryptographyFault) -> PrivateKey {
    try EllipticCurve.p256.privateKey(secret, id, use)
  }

  public func publicKey(_ encoded: [UInt8], use: KeyUse) throws(CryptographyFault) -> PublicKey {
    try EllipticCurve.p256.publicKey(encoded, id, use)
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
    try GaloisCipher.aes256.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
  }

  public func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try GaloisCipher.aes256.open(sealed, key: key, nonce: nonce, authenticating: associated)
  }

  public func agree(
    _ key: PrivateKey, with peer: PublicKey
  ) throws(CryptographyFault) -> SecretBytes {
    try key.publicKey.require(id, .sealing)
    try peer.require(id, .sealing)
    return try EllipticCurve.p256.agree(key.secret, with: peer.encoded)
  }

  /// The result is an ephemeral public key and, under a key agreed with it, ciphertext ‖ tag.
  public func wrap(
    _ secret: SecretBytes, to recipient: PublicKey
  ) throws(CryptographyFault) -> [UInt8] {
    try WrapLimits.check(secret)
    let ephemeral = try generateSealingKey()
    let point = ephemeral.publicKey.encoded
    let key = try wrapKey(agree(ephemeral, with: recipient), ephemeral: point, recipient.encoded)
    let sealed = try secret.withBytes { bytes throws(CryptographyFault) in
      try seal(bytes, key: key, nonce: wrapNonce, authenticating: Span())
    }
    return point + sealed
  }

  public func unwrap(
    _ wrapped: [UInt8], with key: PrivateKey
  ) throws(CryptographyFault) -> SecretBytes {
    try key.publicKey.require(id, .sealing)
    _ = try WrapLimits.secretByteCount(of: wrapped, overhead: wrapOverheadByteCount)
    let point = Array(wrapped[..<EllipticCurve.pointByteCount])
    let sealed = wrapped[EllipticCurve.pointByteCount...]
    guard let ephemeral = try? publicKey(point, use: .sealing) else { throw .notAuthentic }
    let key = try wrapKey(
      agree(key, with: ephemeral), ephemeral: point, key.publicKey.encoded)
    let opened = try open(sealed.span, key: key, nonce: wrapNonce, authenticating: Span())
    // What was wrapped is a key: back into guarded memory.
    return opened.withBytes(SecretBytes.init(copying:))
  }

  /// Every wrapping has a key of its own, so one nonce serves all.
  private var wrapNonce: [UInt8] { [UInt8](repeating: 0, count: nonceByteCount) }

  private func wrapKey(
    _ agreed: SecretBytes, ephemeral: [UInt8], _ recipient: [UInt8]
  ) throws(CryptographyFault) -> SecretBytes {
    try KeyDerivation().derive(
      symmetricKeyByteCount, from: agreed, info: Self.wrapLabel + ephemeral + recipient)
  }
}
