internal import Cryptography

/// A node as its peers know it: the signing key that the chain registers for it.
public struct PeerID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The encoded public key.
  public let key: [UInt8]

  public init(key: [UInt8]) {
    self.key = key
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.key.lexicographicallyPrecedes(right.key)
  }

  /// The last bytes of the key, which differ even if keys share a first byte.
  public var description: String { key.suffix(6).hex }
}
