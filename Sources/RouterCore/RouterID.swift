internal import Cryptography

/// A router as those of another chain know it: its signing key in a channel's terms.
public struct RouterID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The encoded public key, of the channel's mechanism.
  public let key: [UInt8]

  public init(key: [UInt8]) {
    self.key = key
  }

  public static func < (left: Self, right: Self) -> Bool {
    left.key.lexicographicallyPrecedes(right.key)
  }

  /// The first 16 bytes in hexadecimal digits, as in the log lines of links.
  public var description: String { key.prefix(16).hex }
}
