internal import Cryptography

/// Which state of the index a node belongs to, usually the height of the block that wrote it.
public struct IndexVersion: Hashable, Comparable, Sendable {
  /// The number; later states have greater ones.
  public let rawValue: UInt64

  /// Names a version.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Orders by age, oldest first.
  public static func < (left: IndexVersion, right: IndexVersion) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// The name of a stored node: the version that wrote it and the half-bytes that lead to it.
public struct NodeKey: Hashable, Sendable {
  /// Most half-bytes in a path: those of a whole key. A node with two leaves has fewer.
  public static let nibblesMax = 2 * Digest.byteCount

  /// The version that wrote the node.
  public let version: IndexVersion
  /// Half-bytes from the root to the node, 0 ... `nibblesMax`.
  public let nibbleCount: Int
  /// The half-bytes, two to a byte, the earlier one high, padded with zero.
  private let packed: [UInt8]

  /// The key of the root of `version`.
  public init(rootOf version: IndexVersion) {
    (self.version, nibbleCount, packed) = (version, 0, [])
  }

  /// The key of the node to which the first `nibbleCount` half-bytes of `key` lead.
  init(version: IndexVersion, prefixOf key: Digest, nibbleCount: Int) {
    precondition((0...Self.nibblesMax).contains(nibbleCount), "no node has such a path")
    self.version = version
    self.nibbleCount = nibbleCount
    packed = stride(from: 0, to: nibbleCount, by: 2).map { index in
      let low = index + 1 < nibbleCount ? key.nibble(index + 1) : 0
      return UInt8(key.nibble(index) << 4 | low)
    }
  }

  /// The storage key: `version` (8 bytes, big-endian) `‖ nibbleCount ‖ packed half-bytes`.
  ///
  /// The version comes first because every block writes new nodes and changes none: in an LSM
  /// store each block then lands behind all earlier ones, and compaction moves files instead of
  /// merging them. Reads are for exact keys, so they need filters and not neighbours; what is read
  /// most, the upper levels, is also what the latest versions rewrote together.
  public var encoded: [UInt8] {
    version.rawValue.bigEndianBytes + [UInt8(nibbleCount)] + packed
  }

  /// Reads what `encoded` writes.
  /// - Throws: `MerkleDecodingFault` for any other bytes.
  public init(decoding bytes: [UInt8]) throws(MerkleDecodingFault) {
    var reader = ByteReader(bytes)
    version = IndexVersion(try reader.integer())
    nibbleCount = Int(try reader.byte())
    guard nibbleCount <= Self.nibblesMax else { throw .malformed(.pathLength) }
    let packed = reader.rest()
    guard packed.count == (nibbleCount + 1) / 2 else { throw .malformed(.pathLength) }
    if nibbleCount % 2 == 1, let last = packed.last, last & 15 != 0 {
      throw .malformed(.pathPadding)
    }
    self.packed = packed
  }
}
