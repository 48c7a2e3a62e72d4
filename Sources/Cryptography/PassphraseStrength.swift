internal import CSodium

/// How much work Argon2id (RFC 9106) makes of one guess at a passphrase.
public struct PassphraseStrength: Hashable, Sendable {
  /// The bounds within which a key file is read: a hostile file must not exhaust the reader.
  public static let operationsRange = 1...10
  /// Least and most memory, in bytes: 8 KiB to 1 GiB.
  public static let memoryByteCountRange = 8_192...1_073_741_824

  /// For keys that people unlock: 2 passes over 64 MiB, about a tenth of a second.
  public static let interactive = PassphraseStrength(checked: 2, 67_108_864)
  /// For keys that are seldom unlocked: 4 passes over 1 GiB, some seconds.
  public static let sensitive = PassphraseStrength(checked: 4, 1_073_741_824)

  /// Passes over the memory.
  public let operations: Int
  /// Memory used, in bytes.
  public let memoryByteCount: Int

  /// - Returns: `nil` unless both numbers are within their bounds.
  public init?(operations: Int, memoryByteCount: Int) {
    guard Self.operationsRange.contains(operations),
      Self.memoryByteCountRange.contains(memoryByteCount)
    else { return nil }
    self.init(checked: operations, memoryByteCount)
  }

  private init(checked operations: Int, _ memoryByteCount: Int) {
    self.operations = operations
    self.memoryByteCount = memoryByteCount
  }

  static let saltByteCount = Int(crypto_pwhash_SALTBYTES)

  /// The key that `passphrase` stands for.
  func key(
    _ byteCount: Int, from passphrase: SecretBytes, salt: [UInt8]
  ) throws(CryptographyFault) -> SecretBytes {
    precondition(salt.count == Self.saltByteCount, "the caller has checked the salt")
    return try SecretBytes(count: byteCount) { start throws(CryptographyFault) in
      let status = passphrase.withAddress {
        $0.withMemoryRebound(to: CChar.self, capacity: passphrase.count) {
          crypto_pwhash(
            start, UInt64(byteCount), $0, UInt64(passphrase.count), salt, UInt64(operations),
            memoryByteCount, crypto_pwhash_ALG_ARGON2ID13)
        }
      }
      // The only cause left is that the host has not this much memory.
      guard status == 0 else { throw .libraryFailure(operation: "crypto_pwhash") }
    }
  }
}
