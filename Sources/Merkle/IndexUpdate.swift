public import Cryptography

/// What a version of the index changes in the store.
public struct IndexUpdate: Sendable {
  /// The root hash of the new state; zero if it has no keys.
  public let root: Digest
  /// Where the new state's root node is: the version written, or the base if nothing changed;
  /// `nil` if the state has no keys. Later calls name the state by it.
  public let version: IndexVersion?
  /// Nodes to store, children before their parents.
  public let newNodes: [(key: NodeKey, node: IndexNode)]
  /// Nodes that the base has and the new state has not; they may be deleted once no proof at the
  /// base or before it is wanted.
  public let staleNodes: [NodeKey]
}

/// Computes one update: a walk over the sorted entries and the nodes they touch, each of which is
/// read once and hashed once.
struct IndexWriter<Source: IndexNodeSource> {
  private let tree: IndexTree<Source>
  private let version: IndexVersion
  private(set) var newNodes: [(key: NodeKey, node: IndexNode)] = []
  private(set) var staleNodes: [NodeKey] = []

  init(_ tree: IndexTree<Source>, writing version: IndexVersion) {
    self.tree = tree
    self.version = version
  }

  /// Places `entries` (sorted, keys distinct, not empty) in the tree under `base`.
  /// - Returns: The new root hash, or `nil` if nothing changed.
  mutating func writeRoot(
    _ entries: ArraySlice<IndexLeaf>, base: IndexVersion?
  ) throws(IndexFault<Source.Fault>) -> Digest? {
    guard let base else { return try write(entries, in: IndexNode(), depth: 0) }
    let key = NodeKey(rootOf: base)
    let hash = try write(entries, in: try tree.node(key), depth: 0)
    if hash != nil { staleNodes.append(key) }
    return hash
  }

  /// Places `entries`, which share their first `depth` half-bytes, in the node there.
  /// - Returns: The hash of the new node, or `nil` if the old one already says the same.
  private mutating func write(
    _ entries: ArraySlice<IndexLeaf>, in old: IndexNode, depth: Int
  ) throws(IndexFault<Source.Fault>) -> Digest? {
    var node = old
    var hasChanged = false
    var rest = entries
    while let first = rest.first {
      let nibble = first.key.nibble(depth)
      let group = rest.prefix { $0.key.nibble(depth) == nibble }
      rest = rest.dropFirst(group.count)
      if let child = try child(placing: group, first, on: old[nibble], depth: depth + 1) {
        node[nibble] = child
        hasChanged = true
      }
    }
    guard hasChanged, let first = entries.first else { return nil }
    newNodes.append(
      (NodeKey(version: version, prefixOf: first.key, nibbleCount: depth), node))
    return node.hash(tree.suite)
  }

  /// Places `group`, which begins with `first` and shares `depth` half-bytes, on one child.
  /// - Returns: The new child, or `nil` if the old one already says the same.
  private mutating func child(
    placing group: ArraySlice<IndexLeaf>, _ first: IndexLeaf, on old: IndexNode.Child?, depth: Int
  ) throws(IndexFault<Source.Fault>) -> IndexNode.Child? {
    var node = IndexNode()
    var replaced: NodeKey?
    switch old {
    case nil:
      if group.count == 1 { return .leaf(first) }
    case .leaf(let leaf):
      if group.count == 1, leaf.key == first.key { return leaf == first ? nil : .leaf(first) }
      // Two leaves or more: the old one moves down into a node that they share.
      node[leaf.key.nibble(depth)] = .leaf(leaf)
    case .subtree(let oldVersion, _):
      let key = NodeKey(version: oldVersion, prefixOf: first.key, nibbleCount: depth)
      node = try tree.node(key)
      replaced = key
    }
    guard let hash = try write(group, in: node, depth: depth) else { return nil }
    if let replaced { staleNodes.append(replaced) }
    return .subtree(version: version, hash: hash)
  }
}
