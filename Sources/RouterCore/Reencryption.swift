public import BuiltinContracts
public import Cryptography
internal import LedgerModel
internal import Wire

// Records of who opened content and sealed it anew (P6). They decide nothing: they name whoever
// passed on something else than was committed to.

extension RelayReencryption {
  /// Signs a record.
  init(_ body: RelayReencryptionBody, by keys: RouterKeys) throws(CryptographyFault) {
    self.init()
    let bytes = body.encoded
    self.body = bytes.data
    signature = try keys.suite.sign(
      keys.suite.hash(.reencryption, bytes).bytes.span, with: keys.signing
    ).bytes.data
  }

  /// Whether the record is signed with this key.
  /// - Parameter suite: The channel's mechanism.
  public func isSigned(by key: [UInt8], suite: any CryptoSuite) -> Bool {
    guard let key = try? suite.publicKey(key, use: .signing),
      let signature = Signature(signature.octets)
    else { return false }
    return suite.isValid(
      signature, of: suite.hash(.reencryption, body.octets).bytes.span, by: key)
  }
}

extension RelayReencryptionBody {
  /// What a router did with a packet's content.
  init(
    _ packet: RelayPacket, router: String, from: (suite: any CryptoSuite, ciphertext: [UInt8]),
    to: (suite: any CryptoSuite, ciphertext: [UInt8], key: [UInt8]), timeMs: UInt64
  ) {
    self.init()
    channel = packet.channel
    sequence = packet.sequence
    sourceChain = packet.sourceChain
    commitment = packet.commitment
    self.router = router
    suiteIn = from.suite.id.name
    digestIn = from.suite.hash(.attachment, from.ciphertext).bytes.data
    suiteOut = to.suite.id.name
    digestOut = to.suite.hash(.attachment, to.ciphertext).bytes.data
    keyIDOut = Member.keyID(of: to.key, suite: to.suite).data
    self.timeMs = timeMs
  }
}
