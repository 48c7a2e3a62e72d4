internal import CSodium

/// ChaCha20-Poly1305 with the 12-byte nonces of the IETF, computed by libsodium.
///
/// Only for keys that count their nonces: these are too short to be drawn at random.
/// - Source: RFC 8439.
enum ChaChaCipher {
  static let keyByteCount = Int(crypto_aead_chacha20poly1305_ietf_KEYBYTES)
  static let nonceByteCount = Int(crypto_aead_chacha20poly1305_ietf_NPUBBYTES)
  static let tagByteCount = Int(crypto_aead_chacha20poly1305_ietf_ABYTES)

  /// `ciphertext ‖ tag`. A pair of key and nonce must never seal twice.
  static func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    try check(key: key, nonce: nonce)
    var sealed = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
    let status = key.withAddress { key in
      plaintext.withAddress { plaintext, count in
        associated.withAddress { associated, associatedCount in
          crypto_aead_chacha20poly1305_ietf_encrypt(
            &sealed, nil, plaintext, UInt64(count), associated, UInt64(associatedCount), nil,
            nonce, key)
        }
      }
    }
    guard status == 0 else { throw .libraryFailure(operation: "chacha20poly1305_encrypt") }
    return sealed
  }

  /// Undoes `seal`.
  static func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try check(key: key, nonce: nonce)
    guard sealed.count >= tagByteCount else { throw .notAuthentic }
    return try SecretBytes(count: sealed.count - tagByteCount, in: .ordinary) {
      start throws(CryptographyFault) in
      let status = key.withAddress { key in
        sealed.withAddress { sealed, count in
          associated.withAddress { associated, associatedCount in
            crypto_aead_chacha20poly1305_ietf_decrypt(
              start, nil, nil, sealed, UInt64(count), associated, UInt64(associatedCount), nonce,
              key)
          }
        }
      }
      guard status == 0 else { throw .notAuthentic }
    }
  }

  private static func check(key: SecretBytes, nonce: [UInt8]) throws(CryptographyFault) {
    guard key.count == keyByteCount else {
      throw .wrongLength(what: "symmetric key", expected: keyByteCount, found: key.count)
    }
    guard nonce.count == nonceByteCount else {
      throw .wrongLength(what: "nonce", expected: nonceByteCount, found: nonce.count)
    }
  }
}
