internal import CGcrypt

/// A 16-byte block cipher in Galois/counter mode (NIST SP 800-38D), computed by libgcrypt.
struct GaloisCipher: Sendable {
  /// SM4 (GB/T 32907) as RFC 8998 uses it.
  static let sm4 = GaloisCipher(GCRY_CIPHER_SM4, keyByteCount: 16)
  /// AES-256 (FIPS 197).
  static let aes256 = GaloisCipher(GCRY_CIPHER_AES256, keyByteCount: 32)

  static let nonceByteCount = 12
  static let tagByteCount = 16

  let keyByteCount: Int
  private let algorithm: Int32

  private init(_ algorithm: gcry_cipher_algos, keyByteCount: Int) {
    _ = Libraries.gcrypt
    self.algorithm = Int32(bitPattern: algorithm.rawValue)
    self.keyByteCount = keyByteCount
  }

  /// `ciphertext ‖ tag`. A pair of key and nonce must never seal twice.
  func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    let context = try context(key: key, nonce: nonce, authenticating: associated)
    var sealed = [UInt8](repeating: 0, count: plaintext.count + Self.tagByteCount)
    var output = sealed.mutableSpan
    try context.encrypt(plaintext, to: &output)
    return sealed
  }

  /// Undoes `seal`.
  func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    let context = try context(key: key, nonce: nonce, authenticating: associated)
    guard sealed.count >= Self.tagByteCount else { throw .notAuthentic }
    return try context.decrypt(sealed)
  }

  private func context(
    key: SecretBytes, nonce: [UInt8], authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> GaloisContext {
    guard key.count == keyByteCount else {
      throw .wrongLength(what: "symmetric key", expected: keyByteCount, found: key.count)
    }
    guard nonce.count == Self.nonceByteCount else {
      throw .wrongLength(what: "nonce", expected: Self.nonceByteCount, found: nonce.count)
    }
    let context = try GaloisContext(algorithm)
    try context.begin(key: key, nonce: nonce, authenticating: associated)
    return context
  }
}
