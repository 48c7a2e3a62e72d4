/// What a finished handshake leaves: a cipher for each direction and what was agreed.
public struct NoiseSession: Sendable {
  /// Seals what this side says.
  public var outgoing: NoiseCipher
  /// Opens what the other side says.
  public var incoming: NoiseCipher
  /// The other side's static key, proven to be held by it.
  public let peer: PublicKey
  /// Binds the whole handshake; the same on both sides of one session and of no other.
  public let handshakeHash: Digest
}
