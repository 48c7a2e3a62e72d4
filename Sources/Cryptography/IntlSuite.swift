internal import CSodium

/// The international suite: Ed25519, SHA-256, XChaCha20-Poly1305 and X25519.
///
/// - Source: RFC 8032, FIPS 180-4, draft-irtf-cfrg-xchacha-03, RFC 7748; libsodium's sealed boxes.
public struct IntlSuite: CryptoSuite {
  public var id: SuiteID { .intl }
  public var symmetricKeyByteCount: Int { ChaChaCipher.keyByteCount }
  public var nonceByteCount: Int { ChaChaCipher.extended.nonceByteCount }
  public var publicKeyByteCount: Int { Int(crypto_sign_PUBLICKEYBYTES) }
  public var wrapOverheadByteCount: Int { crypto_box_sealbytes() }

  /// Makes the suite, which holds no state.
  public init() { _ = Libraries.sodium }

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
    try privateKey(SecretBytes(randomByteCount: PrivateKey.secretByteCount), use: .signing)
  }

  public func generateSealingKey() throws(CryptographyFault) -> PrivateKey {
    try privateKey(SecretBytes(randomByteCount: PrivateKey.secretByteCount), use: .sealing)
  }

  public func privateKey(
    _ secret: SecretBytes, use: KeyUse
  ) throws(CryptographyFault) -> PrivateKey {
    guard secret.count == PrivateKey.secretByteCount else { throw .malformedPrivateKey }
    var encoded = [UInt8](repeating: 0, count: publicKeyByteCount)
    let form: PrivateKey.Form
    switch use {
    case .signing:
      let expanded = try SecretBytes(count: Int(crypto_sign_SECRETKEYBYTES)) {
        start throws(CryptographyFault) in
        let status = secret.withAddress {
          crypto_sign_seed_keypair(&encoded, start, $0)
        }
        guard status == 0 else { throw .libraryFailure(operation: "crypto_sign_seed_keypair") }
      }
      form = .edwards(expanded)
    case .sealing:
      guard secret.withAddress({ crypto_scalarmult_base(&encoded, $0) }) == 0 else {
        throw .malformedPrivateKey
      }
      form = .montgomery
    }
    let key = PublicKey(suite: id, use: use, encoded: encoded, form: .encoded)
    return PrivateKey(publicKey: key, secret: secret, form: form)
  }

  public func publicKey(_ encoded: [UInt8], use: KeyUse) throws(CryptographyFault) -> PublicKey {
    guard encoded.count == publicKeyByteCount else { throw .malformedPublicKey }
    switch use {
    case .signing:
      // Canonical, on the curve and in its large subgroup.
      guard crypto_core_ed25519_is_valid_point(encoded) == 1 else { throw .malformedPublicKey }
    case .sealing:
      guard Self.isCanonicalCoordinate(encoded), !Self.hasSmallOrder(encoded) else {
        throw .malformedPublicKey
      }
    }
    return PublicKey(suite: id, use: use, encoded: encoded, form: .encoded)
  }

  public func sign(
    _ message: Span<UInt8>, with key: PrivateKey
  ) throws(CryptographyFault) -> Signature {
    try key.publicKey.require(id, .signing)
    guard case .edwards(let expanded) = key.form else { throw .wrongKey(expected: "intl signing") }
    var bytes = [UInt8](repeating: 0, count: Signature.byteCount)
    let status = message.withAddress { message, count in
      expanded.withAddress { crypto_sign_detached(&bytes, nil, message, UInt64(count), $0) }
    }
    guard status == 0, let signature = Signature(bytes) else {
      throw .libraryFailure(operation: "crypto_sign_detached")
    }
    return signature
  }

  public func isValid(
    _ signature: Signature, of message: Span<UInt8>, by key: PublicKey
  ) -> Bool {
    guard key.suite == id, key.use == .signing else { return false }
    return message.withAddress {
      crypto_sign_verify_detached(signature.bytes, $0, UInt64($1), key.encoded) == 0
    }
  }

  public func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    try ChaChaCipher.extended.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
  }

  public func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try ChaChaCipher.extended.open(sealed, key: key, nonce: nonce, authenticating: associated)
  }

  public func agree(
    _ key: PrivateKey, with peer: PublicKey
  ) throws(CryptographyFault) -> SecretBytes {
    try key.publicKey.require(id, .sealing)
    try peer.require(id, .sealing)
    return try SecretBytes(count: Int(crypto_scalarmult_BYTES), in: .ordinary) {
      start throws(CryptographyFault) in
      let status = key.secret.withAddress {
        crypto_scalarmult(start, $0, peer.encoded)
      }
      // libsodium refuses points of small order, whose product is zero.
      guard status == 0 else { throw .malformedPublicKey }
    }
  }

  /// The result is a sealed box: an ephemeral public key, then tag ‖ ciphertext.
  public func wrap(
    _ secret: SecretBytes, to recipient: PublicKey
  ) throws(CryptographyFault) -> [UInt8] {
    try WrapLimits.check(secret)
    try recipient.require(id, .sealing)
    var wrapped = [UInt8](repeating: 0, count: secret.count + wrapOverheadByteCount)
    let status = secret.withAddress {
      crypto_box_seal(&wrapped, $0, UInt64(secret.count), recipient.encoded)
    }
    guard status == 0 else { throw .libraryFailure(operation: "crypto_box_seal") }
    return wrapped
  }

  public func unwrap(
    _ wrapped: [UInt8], with key: PrivateKey
  ) throws(CryptographyFault) -> SecretBytes {
    try key.publicKey.require(id, .sealing)
    let count = try WrapLimits.secretByteCount(of: wrapped, overhead: wrapOverheadByteCount)
    return try SecretBytes(count: count) { start throws(CryptographyFault) in
      let status = key.secret.withAddress {
        crypto_box_seal_open(
          start, wrapped, UInt64(wrapped.count), key.publicKey.encoded, $0)
      }
      guard status == 0 else { throw .notAuthentic }
    }
  }

  /// Whether a coordinate, least significant byte first, is below 2²⁵⁵ - 19, so that a key has one
  /// encoding.
  private static func isCanonicalCoordinate(_ encoded: [UInt8]) -> Bool {
    let prime = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    return encoded.reversed().lexicographicallyPrecedes(prime.reversed())
  }

  /// Whether X25519 of any scalar with this point is zero.
  private static func hasSmallOrder(_ encoded: [UInt8]) -> Bool {
    var product = [UInt8](repeating: 0, count: Int(crypto_scalarmult_BYTES))
    let anyScalar = [UInt8](repeating: 1, count: Int(crypto_scalarmult_SCALARBYTES))
    return crypto_scalarmult(&product, anyScalar, encoded) != 0
  }
}
