public import Cryptography

/// Where the nodes of an index are kept.
public protocol IndexNodeSource {
  /// What reading can fail with.
  associatedtype Fault: Error
  /// The node stored under `key`, or `nil` if there is none.
  func node(_ key: NodeKey) throws(Fault) -> IndexNode?
}

/// Why the index cannot be read.
public enum IndexFault<Source: Error>: Error {
  /// A node that the state has is not stored: the version was pruned or never written.
  case missingNode(NodeKey)
  /// Reading failed.
  case source(Source)
}

extension IndexFault: Equatable where Source: Equatable {}

/// A map from hashed keys to value digests whose root depends on its content alone: a Jellyfish
/// Merkle tree (Gao, Hu, Wu: Jellyfish Merkle Tree, Diem 2021).
///
/// The hashes are those of a binary tree over the bits of the keys, in which
///
/// - a subtree without keys has the hash zero,
/// - a subtree with one key is that leaf, `H(0x02 ‖ key ‖ value)`, whatever its depth,
/// - any other is `H(0x03 ‖ left ‖ right)`.
///
/// Four binary levels are stored as one node. Nodes are never changed: each version writes the
/// nodes that differ from its base, so that proofs for older versions can be made until their
/// nodes are deleted. The tree itself writes nothing and keeps no state.
///
/// A state is named by the version that wrote its root node (`IndexUpdate.version`), `nil` being
/// the state without keys.
public struct IndexTree<Source: IndexNodeSource> {
  /// The hash functions of the chain.
  public let suite: any CryptoSuite
  /// Where nodes are read from.
  public let source: Source

  /// An index over the nodes of `source`.
  public init(suite: any CryptoSuite, source: Source) {
    self.suite = suite
    self.source = source
  }

  /// Computes the state that follows from setting `entries` in the state of `base`.
  ///
  /// The order of the entries does not matter, except that the last of those with equal keys wins.
  /// - Parameter version: What the new nodes are written as; later than `base`.
  /// - Throws: `IndexFault` if a node of the base cannot be read.
  public func update(
    _ entries: [(key: Digest, value: Digest)], base: IndexVersion?, to version: IndexVersion
  ) throws(IndexFault<Source.Fault>) -> IndexUpdate {
    precondition(base.map { $0 < version } ?? true, "a version is later than its base")
    let leaves = Self.sorted(entries)
    var writer = IndexWriter(self, writing: version)
    if !leaves.isEmpty, let root = try writer.writeRoot(leaves[...], base: base) {
      return IndexUpdate(
        root: root, version: version, newNodes: writer.newNodes, staleNodes: writer.staleNodes)
    }
    return IndexUpdate(root: try root(at: base), version: base, newNodes: [], staleNodes: [])
  }

  /// The root hash of a state.
  /// - Throws: `IndexFault` if its root node cannot be read.
  public func root(at version: IndexVersion?) throws(IndexFault<Source.Fault>) -> Digest {
    guard let version else { return .zero }
    return try node(NodeKey(rootOf: version)).hash(suite)
  }

  /// The proof of what `key` stands for in a state, or that it stands for nothing.
  /// - Throws: `IndexFault` if a node on the way cannot be read.
  public func proof(
    of key: Digest, at version: IndexVersion?
  ) throws(IndexFault<Source.Fault>) -> IndexProof {
    guard let version else { return IndexProof(leaf: nil, siblings: []) }
    var siblings: [Digest] = []
    var nodeKey = NodeKey(rootOf: version)
    while true {
      let child = try node(nodeKey).child(
        on: key.nibble(nodeKey.nibbleCount), suite, collecting: &siblings)
      switch child {
      case nil:
        return IndexProof(leaf: nil, siblings: siblings.reversed())
      case .leaf(let leaf):
        return IndexProof(leaf: leaf, siblings: siblings.reversed())
      case .subtree(let version, _):
        nodeKey = NodeKey(
          version: version, prefixOf: key, nibbleCount: nodeKey.nibbleCount + 1)
      }
    }
  }

  /// The node of a state at `key`, which must be there.
  func node(_ key: NodeKey) throws(IndexFault<Source.Fault>) -> IndexNode {
    let node: IndexNode?
    do { node = try source.node(key) } catch { throw .source(error) }
    guard let node else { throw .missingNode(key) }
    return node
  }

  /// The entries in key order, of equal keys the last.
  private static func sorted(_ entries: [(key: Digest, value: Digest)]) -> [IndexLeaf] {
    var leaves: [IndexLeaf] = []
    leaves.reserveCapacity(entries.count)
    // `sort` is stable: equal keys stay in the order in which they were given.
    for entry in entries.sorted(by: { $0.key < $1.key }) {
      if leaves.last?.key == entry.key { leaves.removeLast() }
      leaves.append(IndexLeaf(key: entry.key, value: entry.value))
    }
    return leaves
  }
}

extension IndexTree: Sendable where Source: Sendable {}

extension IndexNode {
  /// Follows `nibble` bit by bit to what is there, and collects the hash of each part not taken.
  fileprivate func child(
    on nibble: Int, _ suite: any CryptoSuite, collecting siblings: inout [Digest]
  ) -> Child? {
    var (first, width) = (0, Self.width)
    while true {
      switch content(of: first, width: width) {
      case .empty: return nil
      case .single(.leaf(let leaf)): return .leaf(leaf)
      case .single(let child) where width == 1: return child
      case .single, .several: break
      }
      width /= 2
      let (left, right) = (first, first + width)
      first = nibble & width == 0 ? left : right
      siblings.append(hash(of: first == left ? right : left, width: width, suite))
    }
  }
}
