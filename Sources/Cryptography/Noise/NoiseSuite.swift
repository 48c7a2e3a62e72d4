/// The algorithms of a Noise protocol: one for each suite of a chain.
///
/// Key agreement, hash and HMAC are the chain's own; only the cipher counts its nonces, which the
/// chain's does not.
/// - Source: The Noise Protocol Framework, revision 34; docs/spec/15-links.md, rule N1.
public struct NoiseSuite: Sendable {
  /// `Noise_XX_SM2_SM4GCM_SM3`: the agreed secret is the x-coordinate, and SM4's key the first 16
  /// of the 32 bytes that Noise derives.
  public static let sm = NoiseSuite(.sm, name: "Noise_XX_SM2_SM4GCM_SM3", cipher: .galois(.sm4))
  /// `Noise_XX_25519_ChaChaPoly_SHA256`, as the framework defines it.
  public static let intl = NoiseSuite(
    .intl, name: "Noise_XX_25519_ChaChaPoly_SHA256", cipher: .chaCha)
  /// `Noise_XX_P256_AESGCM_SHA256`: the agreed secret is the x-coordinate.
  public static let nist = NoiseSuite(
    .nist, name: "Noise_XX_P256_AESGCM_SHA256", cipher: .galois(.aes256))

  /// Most bytes of a Noise message of any kind.
  public static let messageByteCountMax = 65_535
  /// Bytes that encryption adds to a message.
  public static let tagByteCount = 16

  /// How the cipher is computed; they differ in how they write the nonce.
  enum Cipher {
    case galois(GaloisCipher)
    case chaCha
  }

  /// The protocol's full name, which both sides hash first.
  public let name: String
  /// The suite that agrees on keys and hashes.
  let base: any CryptoSuite
  private let cipher: Cipher

  private init(_ id: SuiteID, name: String, cipher: Cipher) {
    self.name = name
    base = id.suite
    self.cipher = cipher
  }

  /// Bytes of an encoded public key for key agreement: DHLEN.
  public var publicKeyByteCount: Int { base.publicKeyByteCount }

  /// Makes a static or ephemeral key pair from the operating system's randomness.
  public func generateKey() throws(CryptographyFault) -> PrivateKey {
    try base.generateSealingKey()
  }

  /// ENCRYPT(k, n, ad, plaintext).
  func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: UInt64,
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    switch cipher {
    case .galois(let cipher):
      try cipher.seal(
        plaintext, key: key, nonce: Self.bytes(of: nonce.bigEndian), authenticating: associated)
    case .chaCha:
      try ChaChaCipher.ietf.seal(
        plaintext, key: key, nonce: Self.bytes(of: nonce.littleEndian), authenticating: associated)
    }
  }

  /// DECRYPT(k, n, ad, ciphertext).
  func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: UInt64,
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    switch cipher {
    case .galois(let cipher):
      try cipher.open(
        sealed, key: key, nonce: Self.bytes(of: nonce.bigEndian), authenticating: associated
      ).copyBytes()
    case .chaCha:
      try ChaChaCipher.ietf.open(
        sealed, key: key, nonce: Self.bytes(of: nonce.littleEndian), authenticating: associated
      ).copyBytes()
    }
  }

  /// Four zeros, then the counter as it lies in memory.
  private static func bytes(of counter: UInt64) -> [UInt8] {
    [0, 0, 0, 0] + withUnsafeBytes(of: counter) { Array($0) }
  }

  /// HKDF with two outputs.
  func derivePair(
    from input: Span<UInt8>, chainingKey: SecretBytes
  ) -> (SecretBytes, SecretBytes) {
    let key = Self.secret(base.authenticate(input, key: chainingKey))
    let one: [UInt8] = [1]
    let first = base.authenticate(one.span, key: key)
    let firstAndTwo = first.bytes + [2]
    let second = base.authenticate(firstAndTwo.span, key: key)
    return (Self.secret(first), Self.secret(second))
  }

  /// The part of a derived secret that the cipher takes as its key, in guarded memory.
  func cipherKey(_ derived: SecretBytes) -> SecretBytes {
    let byteCount =
      switch cipher {
      case .galois(let cipher): cipher.keyByteCount
      case .chaCha: ChaChaCipher.keyByteCount
      }
    return derived.withBytes { SecretBytes(copying: $0.extracting(..<byteCount)) }
  }

  private static func secret(_ digest: Digest) -> SecretBytes {
    SecretBytes(count: Digest.byteCount, in: .ordinary) {
      digest.write(to: UnsafeMutableRawBufferPointer(start: $0, count: Digest.byteCount))
    }
  }
}

extension SuiteID {
  /// The Noise protocol that links of this suite speak.
  public var noise: NoiseSuite {
    switch self {
    case .sm: .sm
    case .intl: .intl
    case .nist: .nist
    }
  }
}
