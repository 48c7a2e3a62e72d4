/// A validated public key, ready for use: parsed once by `CryptoSuite.publicKey`, shared by
/// threads.
public struct PublicKey: Sendable {
  /// How the library that works with the key wants it.
  enum Form {
    /// libsodium reads the encoded bytes.
    case encoded
    /// OpenSSL's parsed key, so that verification does not parse again.
    case elliptic(EllipticKey)
  }

  /// The suite that made the key.
  public let suite: SuiteID
  /// What the key is for.
  public let use: KeyUse
  /// The bytes that identify the key in the ledger; `CryptoSuite.publicKeyByteCount` of them.
  public let encoded: [UInt8]
  let form: Form

  init(suite: SuiteID, use: KeyUse, encoded: [UInt8], form: Form) {
    self.suite = suite
    self.use = use
    self.encoded = encoded
    self.form = form
  }

  /// Refuses a key of another suite or use.
  func require(_ suite: SuiteID, _ use: KeyUse) throws(CryptographyFault) {
    guard self.suite == suite, self.use == use else {
      throw .wrongKey(expected: "\(suite.name) \(use)")
    }
  }

  /// OpenSSL's form of the key, or a refusal if it is of another suite or use.
  func elliptic(_ suite: SuiteID, _ use: KeyUse) throws(CryptographyFault) -> EllipticKey {
    try require(suite, use)
    guard case .elliptic(let key) = form else {
      throw .wrongKey(expected: "\(suite.name) \(use)")
    }
    return key
  }
}

extension PublicKey: Hashable {
  /// Keys are equal if they encode, belong and serve alike.
  public static func == (left: PublicKey, right: PublicKey) -> Bool {
    left.suite == right.suite && left.use == right.use && left.encoded == right.encoded
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(suite)
    hasher.combine(use)
    hasher.combine(encoded)
  }
}

extension PublicKey: CustomStringConvertible {
  /// Suite, use and the encoded key in hexadecimal.
  public var description: String { "\(suite.name) \(use) \(encoded.hex)" }
}
