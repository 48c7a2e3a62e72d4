internal import COpenSSL

/// The owner of an OpenSSL big number that may be secret: wiped when freed.
struct BigNumber: ~Copyable {
  let pointer: OpaquePointer

  /// Zero.
  init() throws(CryptographyFault) {
    guard let pointer = BN_secure_new() else { throw .libraryFailure(operation: "BN_secure_new") }
    BN_set_flags(pointer, BN_FLG_CONSTTIME)
    self.pointer = pointer
  }

  /// Reads a secret, most significant byte first.
  static func reading(_ secret: SecretBytes) throws(CryptographyFault) -> BigNumber {
    let number = try BigNumber()
    guard secret.withAddress({ BN_bin2bn($0, Int32(secret.count), number.pointer) }) != nil else {
      throw .libraryFailure(operation: "BN_bin2bn")
    }
    return number
  }

  deinit { BN_clear_free(pointer) }

  /// The number in exactly `byteCount` bytes, most significant first, to be derived from at once.
  func secretBytes(count byteCount: Int) throws(CryptographyFault) -> SecretBytes {
    try SecretBytes(count: byteCount, in: .ordinary) { start throws(CryptographyFault) in
      guard BN_bn2binpad(pointer, start, Int32(byteCount)) == Int32(byteCount) else {
        throw .libraryFailure(operation: "BN_bn2binpad")
      }
    }
  }
}
