internal import CGcrypt

/// The owner of a libgcrypt cipher handle, used for one message; closing it wipes the key schedule.
struct GaloisContext: ~Copyable {
  private let handle: gcry_cipher_hd_t

  init(_ algorithm: Int32) throws(CryptographyFault) {
    var opened: gcry_cipher_hd_t?
    let mode = Int32(bitPattern: GCRY_CIPHER_MODE_GCM.rawValue)
    guard gcry_cipher_open(&opened, algorithm, mode, 0) == 0, let handle = opened else {
      throw .libraryFailure(operation: "gcry_cipher_open")
    }
    self.handle = handle
  }

  deinit { gcry_cipher_close(handle) }

  /// Takes in what comes before the message.
  func begin(
    key: SecretBytes, nonce: [UInt8], authenticating associated: Span<UInt8>
  ) throws(CryptographyFault) {
    let isKeySet = key.withAddress { gcry_cipher_setkey(handle, $0, key.count) == 0 }
    guard isKeySet, gcry_cipher_setiv(handle, nonce, nonce.count) == 0 else {
      throw .libraryFailure(operation: "gcry_cipher_setkey")
    }
    let isAssociated = associated.withAddress { gcry_cipher_authenticate(handle, $0, $1) == 0 }
    guard isAssociated else { throw .libraryFailure(operation: "gcry_cipher_authenticate") }
  }

  /// Writes `ciphertext ‖ tag`, which fills `output`.
  func encrypt(
    _ plaintext: Span<UInt8>, to output: inout MutableSpan<UInt8>
  ) throws(CryptographyFault) {
    precondition(output.count == plaintext.count + GaloisCipher.tagByteCount, "room for the tag")
    let isDone = output.withUnsafeMutableBufferPointer { output in
      plaintext.withAddress { input, count in
        guard let start = output.baseAddress else { return false }
        return gcry_cipher_encrypt(handle, start, output.count, input, count) == 0
          && gcry_cipher_gettag(handle, start + count, GaloisCipher.tagByteCount) == 0
      }
    }
    guard isDone else { throw .libraryFailure(operation: "gcry_cipher_encrypt") }
  }

  /// Decrypts `ciphertext ‖ tag`; what a wrong tag came with is wiped unseen.
  func decrypt(_ sealed: Span<UInt8>) throws(CryptographyFault) -> SecretBytes {
    let count = sealed.count - GaloisCipher.tagByteCount
    precondition(count >= 0, "the caller has checked for a tag")
    return try SecretBytes(count: count, in: .ordinary) { start throws(CryptographyFault) in
      let isAuthentic = sealed.withAddress { input, _ in
        gcry_cipher_decrypt(handle, start, count, input, count) == 0
          && gcry_cipher_checktag(handle, input + count, GaloisCipher.tagByteCount) == 0
      }
      guard isAuthentic else { throw .notAuthentic }
    }
  }
}
