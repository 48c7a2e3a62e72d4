public import Cryptography

/// A full page of the operation log: 256 digests that will never change.
///
/// Page `(0, i)` holds the leaf hashes `256 i ..< 256 (i + 1)`. The root over a full page of one
/// level is one entry of a page of the next level, so an entry of level `l` stands for `256^l`
/// leaves.
public struct LogPage: Hashable, Sendable {
  /// Digests in a full page. A power of two, so that each page is a complete subtree.
  public static let digestCount = 256
  /// Binary levels of the tree that one page spans.
  static let height = 8
  /// Length of a stored page: its key and its digests.
  public static let byteCount = keyByteCount + digestCount * Digest.byteCount
  private static let keyByteCount = 9

  /// 0 for leaf hashes; never more than 7, because sizes have 64 bits.
  public let level: UInt8
  /// Position among the pages of its level.
  public let index: UInt64
  /// Exactly `digestCount` digests.
  public let digests: [Digest]

  init(level: UInt8, index: UInt64, digests: [Digest]) {
    precondition(digests.count == Self.digestCount, "only full pages are final")
    self.level = level
    self.index = index
    self.digests = digests
  }

  /// The storage key of a page: `level ‖ index` (8 bytes, big-endian), which keeps the pages of a
  /// level in order.
  public static func key(level: UInt8, index: UInt64) -> [UInt8] {
    [level] + index.bigEndianBytes
  }

  /// The stored form: `key ‖ digests`. The key is repeated so that a page found under another
  /// page's key is noticed.
  public var encoded: [UInt8] {
    var bytes = Self.key(level: level, index: index)
    bytes.reserveCapacity(Self.byteCount)
    for digest in digests { bytes.append(contentsOf: digest.bytes) }
    return bytes
  }

  /// Reads what `encoded` writes.
  /// - Throws: `MerkleDecodingFault` if a byte is missing or left over, or the level cannot exist.
  public init(decoding bytes: [UInt8]) throws(MerkleDecodingFault) {
    var reader = ByteReader(bytes)
    level = try reader.byte()
    guard level < 8 else { throw .malformed(.pageLevel) }
    index = try reader.integer()
    var digests: [Digest] = []
    digests.reserveCapacity(Self.digestCount)
    for _ in 0..<Self.digestCount { digests.append(try reader.digest()) }
    self.digests = digests
    try reader.finish()
  }
}

/// Where the full pages of a log are kept.
public protocol LogPageSource {
  /// What reading can fail with.
  associatedtype Fault: Error
  /// The digests of a full page, or `nil` if the page is not there.
  func digests(level: UInt8, index: UInt64) throws(Fault) -> [Digest]?
}

/// Why a root or proof of the log cannot be had.
public enum LogFault<Source: Error>: Error {
  /// The log has no such leaf, or was never so large.
  case outOfRange(requested: UInt64, size: UInt64)
  /// A page that must be full is not stored.
  case missingPage(level: UInt8, index: UInt64)
  /// A stored page does not hold 256 digests.
  case malformedPage(level: UInt8, index: UInt64)
  /// The unfinished page of a level does not have as many digests as the size asks for.
  case wrongOpenPage(level: Int, expected: Int, found: Int)
  /// Reading failed.
  case source(Source)
}

extension LogFault: Equatable where Source: Equatable {}
