public import Cryptography

/// One key of the index and the digest of what it stands for.
public struct IndexLeaf: Hashable, Sendable {
  /// The key: a hash, so that keys spread evenly.
  public let key: Digest
  /// The digest of the value.
  public let value: Digest

  /// Pairs a key with the digest of its value.
  public init(key: Digest, value: Digest) {
    self.key = key
    self.value = value
  }

  /// `H(0x02 ‖ key ‖ value)`.
  func hash(_ suite: any CryptoSuite) -> Digest {
    suite.hash(domain: 0x02, key, value)
  }
}

extension CryptoSuite {
  /// The parent of two binary nodes of the index: `H(0x03 ‖ left ‖ right)`.
  func indexNode(_ left: Digest, _ right: Digest) -> Digest {
    hash(domain: 0x03, left, right)
  }
}

/// A stored node of the index: four binary levels in one, with up to 16 children.
///
/// A child that is a single leaf is kept in its parent, so only nodes that lead to two or more
/// leaves are stored, and the root.
public struct IndexNode: Hashable, Sendable {
  /// What one half-byte leads to.
  public enum Child: Hashable, Sendable {
    /// A single leaf, wherever in the subtree its key would lead.
    case leaf(IndexLeaf)
    /// The node with two or more leaves that `version` wrote there.
    case subtree(version: IndexVersion, hash: Digest)
  }

  /// Children of a node.
  static let width = 16

  /// Bit `n` is set if half-byte `n` has a child.
  private var occupied: UInt16 = 0
  /// The children that there are, in the order of their half-bytes.
  private var children: [Child] = []

  /// A node without children, which is stored nowhere.
  init() {}

  /// The child of half-byte `nibble`, 0 ..< 16.
  public internal(set) subscript(nibble: Int) -> Child? {
    get { occupied & bit(nibble) == 0 ? nil : children[position(nibble)] }
    set {
      precondition(newValue != nil, "the index only grows")
      guard let newValue else { return }
      if occupied & bit(nibble) == 0 {
        children.insert(newValue, at: position(nibble))
        occupied |= bit(nibble)
      } else {
        children[position(nibble)] = newValue
      }
    }
  }

  /// The hash of the whole node, in at most 15 node hashes and those of its leaves.
  func hash(_ suite: any CryptoSuite) -> Digest {
    hash(of: 0, width: Self.width, suite)
  }

  /// The hash of the binary subtree over half-bytes `first ..< first + width`: zero if it is
  /// empty, the leaf if it has only one.
  func hash(of first: Int, width: Int, _ suite: any CryptoSuite) -> Digest {
    switch content(of: first, width: width) {
    case .empty:
      return .zero
    case .single(.leaf(let leaf)):
      return leaf.hash(suite)
    case .single(.subtree(_, let hash)) where width == 1:
      return hash
    case .single, .several:
      let half = width / 2
      let left = hash(of: first, width: half, suite)
      return suite.indexNode(left, hash(of: first + half, width: half, suite))
    }
  }

  /// What a binary subtree holds.
  enum Content {
    case empty, single(Child), several
  }

  /// What the binary subtree over half-bytes `first ..< first + width` holds.
  func content(of first: Int, width: Int) -> Content {
    let found = occupied & ((UInt16.max >> UInt16(Self.width - width)) << UInt16(first))
    switch found.nonzeroBitCount {
    case 0: return .empty
    case 1: return .single(children[position(found.trailingZeroBitCount)])
    default: return .several
    }
  }

  private func bit(_ nibble: Int) -> UInt16 { 1 << UInt16(nibble) }

  private func position(_ nibble: Int) -> Int { (occupied & (bit(nibble) - 1)).nonzeroBitCount }
}

extension IndexNode {
  /// The stored form, children in the order of their half-bytes:
  ///
  ///     occupied (2 bytes) ‖ leaves (2 bytes) ‖ child ‖ …
  ///     child of a leaf:     key (32) ‖ value (32)
  ///     child of a subtree:  version (varint) ‖ hash (32)
  ///
  /// Bit `n` of `occupied` stands for half-byte `n`, the same bit of `leaves` says of which kind
  /// its child is; both are big-endian.
  public var encoded: [UInt8] {
    var leaves: UInt16 = 0
    var body: [UInt8] = []
    for nibble in 0..<Self.width {
      switch self[nibble] {
      case nil: continue
      case .leaf(let leaf):
        leaves |= bit(nibble)
        body += leaf.key.bytes
        body += leaf.value.bytes
      case .subtree(let version, let hash):
        body.appendVarint(version.rawValue)
        body += hash.bytes
      }
    }
    return occupied.bigEndianBytes + leaves.bigEndianBytes + body
  }

  /// Reads what `encoded` writes.
  /// - Throws: `MerkleDecodingFault` for any other bytes.
  public init(decoding bytes: [UInt8]) throws(MerkleDecodingFault) {
    var reader = ByteReader(bytes)
    occupied = try reader.integer()
    let leaves: UInt16 = try reader.integer()
    guard occupied != 0, leaves & ~occupied == 0 else { throw .malformed(.childMaps) }
    children.reserveCapacity(occupied.nonzeroBitCount)
    for nibble in 0..<Self.width where occupied & bit(nibble) != 0 {
      if leaves & bit(nibble) != 0 {
        let key = try reader.digest()
        children.append(.leaf(IndexLeaf(key: key, value: try reader.digest())))
      } else {
        let version = IndexVersion(try reader.varint())
        children.append(.subtree(version: version, hash: try reader.digest()))
      }
    }
    try reader.finish()
  }
}
