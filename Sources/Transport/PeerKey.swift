internal import Cryptography

/// A peer's identity: its registered signing key.
///
/// Ordered as the bytes are, so that both ends of a link agree which key is the smaller.
public struct PeerKey: Hashable, Comparable, Sendable {
  /// The encoded public key, as the ledger knows it.
  public let bytes: [UInt8]

  /// Takes the encoded key; that it is a key of the suite is checked when a link is made.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Orders as the bytes do.
  public static func < (left: PeerKey, right: PeerKey) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension PeerKey: CustomStringConvertible {
  /// The first 16 bytes in hexadecimal, for log lines.
  public var description: String { bytes.prefix(16).hex }
}
