internal import CSodium

/// ChaCha20-Poly1305 in its two forms, computed by libsodium: a key of 32 bytes, a tag of 16.
///
/// - Source: RFC 8439; draft-irtf-cfrg-xchacha-03.
struct ChaChaCipher {
  /// With the 12-byte nonces of the IETF: only for keys that count their nonces, since these are
  /// too short to be drawn at random.
  static let ietf = ChaChaCipher(
    nonceByteCount: Int(crypto_aead_chacha20poly1305_ietf_NPUBBYTES),
    encrypt: crypto_aead_chacha20poly1305_ietf_encrypt,
    decrypt: crypto_aead_chacha20poly1305_ietf_decrypt)

  /// XChaCha20: its nonces are long enough to be drawn at random.
  static let extended = ChaChaCipher(
    nonceByteCount: Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES),
    encrypt: crypto_aead_xchacha20poly1305_ietf_encrypt,
    decrypt: crypto_aead_xchacha20poly1305_ietf_decrypt)

  static let keyByteCount = Int(crypto_aead_chacha20poly1305_ietf_KEYBYTES)
  static let tagByteCount = Int(crypto_aead_chacha20poly1305_ietf_ABYTES)

  let nonceByteCount: Int
  /// libsodium's functions, with its order of arguments.
  private let encrypt:
    @Sendable (
      UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt64>?, UnsafePointer<UInt8>?, UInt64,
      UnsafePointer<UInt8>?, UInt64, UnsafePointer<UInt8>?, UnsafePointer<UInt8>,
      UnsafePointer<UInt8>
    ) -> Int32
  private let decrypt:
    @Sendable (
      UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt64>?, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>, UInt64, UnsafePointer<UInt8>?, UInt64, UnsafePointer<UInt8>,
      UnsafePointer<UInt8>
    ) -> Int32

  /// `ciphertext ‖ tag`. A pair of key and nonce must never seal twice.
  func seal(
    _ plaintext: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> [UInt8] {
    try check(key: key, nonce: nonce)
    var sealed = [UInt8](repeating: 0, count: plaintext.count + Self.tagByteCount)
    let status = key.withAddress { key in
      plaintext.withAddress { plaintext, count in
        associated.withAddress { associated, associatedCount in
          encrypt(
            &sealed, nil, plaintext, UInt64(count), associated, UInt64(associatedCount), nil,
            nonce, key)
        }
      }
    }
    guard status == 0 else { throw .libraryFailure(operation: "chacha20poly1305_encrypt") }
    return sealed
  }

  /// Undoes `seal`.
  func open(
    _ sealed: Span<UInt8>, key: SecretBytes, nonce: [UInt8],
    authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) -> SecretBytes {
    try check(key: key, nonce: nonce)
    guard sealed.count >= Self.tagByteCount else { throw .notAuthentic }
    return try SecretBytes(count: sealed.count - Self.tagByteCount, in: .ordinary) {
      start throws(CryptographyFault) in
      let status = key.withAddress { key in
        sealed.withAddress { sealed, count in
          associated.withAddress { associated, associatedCount in
            decrypt(
              start, nil, nil, sealed, UInt64(count), associated, UInt64(associatedCount), nonce,
              key)
          }
        }
      }
      guard status == 0 else { throw .notAuthentic }
    }
  }

  private func check(key: SecretBytes, nonce: [UInt8]) throws(CryptographyFault) {
    guard key.count == Self.keyByteCount else {
      throw .wrongLength(what: "symmetric key", expected: Self.keyByteCount, found: key.count)
    }
    guard nonce.count == nonceByteCount else {
      throw .wrongLength(what: "nonce", expected: nonceByteCount, found: nonce.count)
    }
  }
}
