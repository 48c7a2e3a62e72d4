public import Cryptography

/// One end of an exchange: its own keys, and the other end's public ones.
public struct EnvelopeKeys: Sendable {
  /// Name and public keys of this end.
  public let identity: PublicIdentity
  /// Name and public keys of the other end, learned out of band.
  public let peer: PublicIdentity
  let signing: PrivateKey
  let sealing: PrivateKey
  let suite: any CryptoSuite

  /// - Throws: `CryptographyFault.wrongKey` unless all keys are of one suite and their use,
  ///   `malformedKeyFile` for a name out of bounds.
  public init(
    name: String, signing: PrivateKey, sealing: PrivateKey, peer: PublicIdentity
  ) throws(CryptographyFault) {
    identity = try PublicIdentity(
      name: name, signing: signing.publicKey, sealing: sealing.publicKey)
    guard identity.suite == peer.suite else {
      throw .wrongKey(expected: "\(identity.suite.name) key of \(peer.name)")
    }
    self.signing = signing
    self.sealing = sealing
    self.peer = peer
    suite = identity.suite.suite
  }
}
