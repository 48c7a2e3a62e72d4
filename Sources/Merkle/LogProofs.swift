public import Cryptography

/// Evidence that a leaf is in the log (RFC 9162, section 2.1.3).
public struct InclusionProof: Hashable, Sendable {
  /// Position of the leaf.
  public let leafIndex: UInt64
  /// Leaves in the log for which the proof was made.
  public let treeSize: UInt64
  /// Siblings on the way from the leaf to the root, nearest first; at most 64.
  public let path: [Digest]

  /// Assembles a proof from its parts, which may come from anywhere.
  public init(leafIndex: UInt64, treeSize: UInt64, path: [Digest]) {
    self.leafIndex = leafIndex
    self.treeSize = treeSize
    self.path = path
  }

  /// Whether `leafHash` is leaf number `leafIndex` of the log that `head` names.
  ///
  /// The size is taken from `head` too, because several sizes can share one path.
  /// - Source: RFC 9162, section 2.1.3.2.
  public func verify(leafHash: Digest, head: LogHead, suite: any CryptoSuite) -> Bool {
    guard treeSize == head.size, leafIndex < treeSize else { return false }
    var (leaf, last) = (leafIndex, treeSize - 1)
    var root = leafHash
    for sibling in path {
      if last == 0 { return false }
      if leaf & 1 == 1 || leaf == last {
        root = suite.logNode(sibling, root)
        while leaf & 1 == 0, leaf != 0 { (leaf, last) = (leaf >> 1, last >> 1) }
      } else {
        root = suite.logNode(root, sibling)
      }
      (leaf, last) = (leaf >> 1, last >> 1)
    }
    return last == 0 && root == head.root
  }
}

/// Evidence that one log begins with all of another (RFC 9162, section 2.1.4).
public struct ConsistencyProof: Hashable, Sendable {
  /// Leaves in the older log.
  public let oldSize: UInt64
  /// Leaves in the newer log.
  public let newSize: UInt64
  /// Nodes from which both roots follow, deepest first; empty if a log is empty or both are one.
  public let path: [Digest]

  /// Assembles a proof from its parts, which may come from anywhere.
  public init(oldSize: UInt64, newSize: UInt64, path: [Digest]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.path = path
  }

  /// Whether the log that `new` names begins with all leaves of the one that `old` names.
  ///
  /// RFC 9162 leaves two cases to its users: equal sizes need equal roots, and the empty log
  /// begins every log; both take an empty path.
  /// - Source: RFC 9162, section 2.1.4.2.
  public func verify(from old: LogHead, to new: LogHead, suite: any CryptoSuite) -> Bool {
    guard oldSize == old.size, newSize == new.size, oldSize <= newSize else { return false }
    if oldSize == newSize { return path.isEmpty && old.root == new.root }
    if oldSize == 0 { return path.isEmpty && old.root == suite.emptyLogRoot }
    if path.isEmpty { return false }

    // An old tree that is complete is itself the first node, and the verifier has it already.
    let nodes = oldSize.nonzeroBitCount == 1 ? [old.root] + path : path
    var (oldLast, newLast) = (oldSize - 1, newSize - 1)
    while oldLast & 1 == 1 { (oldLast, newLast) = (oldLast >> 1, newLast >> 1) }
    var (oldRoot, newRoot) = (nodes[0], nodes[0])
    for node in nodes.dropFirst() {
      if newLast == 0 { return false }
      if oldLast & 1 == 1 || oldLast == newLast {
        oldRoot = suite.logNode(node, oldRoot)
        newRoot = suite.logNode(node, newRoot)
        while oldLast & 1 == 0, oldLast != 0 { (oldLast, newLast) = (oldLast >> 1, newLast >> 1) }
      } else {
        newRoot = suite.logNode(newRoot, node)
      }
      (oldLast, newLast) = (oldLast >> 1, newLast >> 1)
    }
    return newLast == 0 && oldRoot == old.root && newRoot == new.root
  }
}

/// Roots and proofs for every size that the log has had, read from its pages. Each level of pages
/// costs at most two pages, which are read and hashed once.
extension MerkleLog {
  /// The root when the log had `size` leaves.
  /// - Throws: `LogFault.outOfRange` if it never had so many; others if a page cannot be read.
  public func root<Source: LogPageSource>(
    atSize size: UInt64, pages: Source
  ) throws(LogFault<Source.Fault>) -> Digest {
    guard size <= self.size else { throw .outOfRange(requested: size, size: self.size) }
    if size == self.size { return root }
    var reader = LogReader(self, pages)
    return try reader.root(of: 0..<size)
  }

  /// The proof that leaf `index` is in the log of `size` leaves.
  /// - Throws: `LogFault.outOfRange` unless `index < size <= self.size`; others if a page cannot
  ///   be read.
  public func inclusionProof<Source: LogPageSource>(
    of index: UInt64, inSize size: UInt64, pages: Source
  ) throws(LogFault<Source.Fault>) -> InclusionProof {
    guard index < size else { throw .outOfRange(requested: index, size: size) }
    return try inclusionProofs(of: index..<index + 1, inSize: size, pages: pages)[0]
  }

  /// The proofs of consecutive leaves, each as it is by itself, for much less than as many times
  /// the work.
  /// - Throws: As for one, of the last leaf.
  public func inclusionProofs<Source: LogPageSource>(
    of leaves: Range<UInt64>, inSize size: UInt64, pages: Source
  ) throws(LogFault<Source.Fault>) -> [InclusionProof] {
    guard size <= self.size else { throw .outOfRange(requested: size, size: self.size) }
    guard leaves.upperBound <= size else {
      throw .outOfRange(requested: leaves.upperBound - 1, size: size)
    }
    var reader = LogReader(self, pages)
    var proofs: [InclusionProof] = []
    for leaf in leaves {
      let path = try reader.inclusionPath(of: leaf, in: 0..<size)
      proofs.append(InclusionProof(leafIndex: leaf, treeSize: size, path: path))
    }
    return proofs
  }

  /// The proof that the log of `newSize` leaves begins with the one of `oldSize`.
  /// - Throws: `LogFault.outOfRange` unless `oldSize <= newSize <= self.size`; others if a page
  ///   cannot be read.
  public func consistencyProof<Source: LogPageSource>(
    from oldSize: UInt64, to newSize: UInt64, pages: Source
  ) throws(LogFault<Source.Fault>) -> ConsistencyProof {
    guard newSize <= size else { throw .outOfRange(requested: newSize, size: size) }
    guard oldSize <= newSize else { throw .outOfRange(requested: oldSize, size: newSize) }
    var reader = LogReader(self, pages)
    let path =
      oldSize == 0
      ? [] : try reader.consistencyPath(from: oldSize, in: 0..<newSize, isOldTree: true)
    return ConsistencyProof(oldSize: oldSize, newSize: newSize, path: path)
  }
}
