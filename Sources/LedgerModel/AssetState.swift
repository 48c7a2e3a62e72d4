public import Cryptography
internal import Wire

/// What the index keeps of an asset: enough to prove its value and its whole trail.
///
/// - Source: docs/spec/04-state.md, rule S4.
public struct AssetLeaf: Hashable, Sendable {
  /// Sequence of the newest event.
  public let sequence: UInt64
  /// Digest of the newest event.
  public let head: Digest
  public let valueDigest: Digest
  /// Position of the newest event in the operation log.
  public let position: UInt64

  public init(sequence: UInt64, head: Digest, valueDigest: Digest, position: UInt64) {
    self.sequence = sequence
    self.head = head
    self.valueDigest = valueDigest
    self.position = position
  }

  public var encoded: [UInt8] {
    var wire = WireIndexLeaf()
    wire.sequence = sequence
    wire.head = head.bytes.data
    wire.valueDigest = valueDigest.bytes.data
    wire.position = position
    return wire.encoded
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireIndexLeaf
    do {
      wire = try WireIndexLeaf(strict: bytes, limit: 256)
    } catch {
      throw .wire(error)
    }
    sequence = wire.sequence
    head = try Digest(wire.head, field: "leaf.head")
    valueDigest = try Digest(wire.valueDigest, field: "leaf.value_digest")
    position = wire.position
  }

  /// What the index tree hashes.
  public func digest(_ suite: any CryptoSuite) -> Digest { suite.hash(.indexLeaf, encoded) }
}

/// An asset as it is now: its value and its place in the trail.
public struct AssetState: Hashable, Sendable {
  public let leaf: AssetLeaf
  public let value: [UInt8]

  public init(leaf: AssetLeaf, value: [UInt8]) {
    self.leaf = leaf
    self.value = value
  }
}
