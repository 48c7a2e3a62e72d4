/// What a key file says without its passphrase: a name and the public keys that go with it.
public struct PublicIdentity: Hashable, Sendable {
  /// Most bytes of a name in UTF-8.
  public static let nameByteCountMax = 128

  /// The member's or node's name: 1 to 128 bytes without control characters.
  public let name: String
  /// The key that checks its signatures.
  public let signing: PublicKey
  /// The key to wrap secrets to.
  public let sealing: PublicKey

  /// The suite of both keys.
  public var suite: SuiteID { signing.suite }

  /// - Throws: `malformedKeyFile` for a name out of bounds, `wrongKey` unless the keys are a
  ///   signing and a sealing key of one suite.
  public init(
    name: String, signing: PublicKey, sealing: PublicKey
  ) throws(CryptographyFault) {
    guard (1...Self.nameByteCountMax).contains(name.utf8.count),
      name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw .malformedKeyFile(
        reason: "a name has 1 to \(Self.nameByteCountMax) bytes and no control characters")
    }
    try signing.require(signing.suite, .signing)
    try sealing.require(signing.suite, .sealing)
    self.name = name
    self.signing = signing
    self.sealing = sealing
  }
}
