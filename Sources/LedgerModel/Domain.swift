public import Cryptography

/// The first byte of every hashed message, so that no two kinds of message share a digest.
///
/// 0x00 to 0x03 belong to the trees of `Merkle`.
/// - Source: docs/spec/01-encoding.md, rule W4.
public enum Domain: UInt8, CaseIterable, Sendable {
  case assetEvent = 0x10
  case indexLeaf = 0x11
  case assetValue = 0x12
  case receipt = 0x13
  case transaction = 0x20
  case header = 0x21
  case batch = 0x22
  case batches = 0x23
  case genesis = 0x24
  // 0x25 is the validator set's.
  case attachment = 0x26
  case assetKey = 0x27
  case query = 0x28
  case keyID = 0x29
  case sealedContent = 0x2a
  case blindPerson = 0x2b
  case blindElements = 0x2c
  case packetContent = 0x2d
  case reencryption = 0x2e
  case gatewayEnvelope = 0x2f
  case identityStatement = 0x30
  case place = 0x38
  case deposit = 0x39
  case depositBlinding = 0x3a
  case document = 0x3b
}

extension CryptoSuite {
  /// The digest of `message` as a message of `domain`.
  public func hash(_ domain: Domain, _ message: [UInt8]) -> Digest {
    hash(domain: domain.rawValue, message.span)
  }
}
