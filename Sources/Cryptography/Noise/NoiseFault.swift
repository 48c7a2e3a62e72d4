/// Why a Noise machine refuses.
public enum NoiseFault: Error, Hashable, Sendable {
  /// A message was written or read that the pattern does not have at this point.
  case outOfTurn
  /// A message is too short for its place in the pattern, or its length is not what follows.
  case malformed
  /// A message would have, or has, more than `NoiseSuite.messageByteCountMax` bytes.
  case tooLong(byteCount: Int)
  /// A received public key is not on the curve, has small order or is encoded in another way.
  case invalidKey
  /// A message was altered, replayed, reordered, or made under other keys or another prologue.
  case notAuthentic
  /// All 2⁶⁴ - 1 nonces of a direction are used.
  case nonceExhausted
  /// The static or ephemeral key given is of another suite, or a library refused to work.
  case failed(CryptographyFault)
}
