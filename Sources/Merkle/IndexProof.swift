public import Cryptography

/// Evidence of what one key stands for in a state of the index, or that it stands for nothing.
public struct IndexProof: Hashable, Sendable {
  /// Most siblings that a proof can have: one for each bit of a key.
  public static let siblingsMax = 8 * Digest.byteCount

  /// The only leaf of the subtree to which the siblings lead; `nil` if that subtree is empty.
  public let leaf: IndexLeaf?
  /// Hashes of the parts not taken on the way to the root, nearest first; zero where empty.
  public let siblings: [Digest]

  /// Assembles a proof from its parts, which may come from anywhere.
  public init(leaf: IndexLeaf?, siblings: [Digest]) {
    self.leaf = leaf
    self.siblings = siblings
  }

  /// Whether the state with hash `root` has `key` with `value`.
  public func verifyInclusion(
    key: Digest, value: Digest, root: Digest, suite: any CryptoSuite
  ) -> Bool {
    leaf == IndexLeaf(key: key, value: value) && rootHash(from: key, suite) == root
  }

  /// Whether the state with hash `root` does not have `key`.
  ///
  /// Where `key` would have to be, there is nothing, or one leaf with another key.
  public func verifyAbsence(key: Digest, root: Digest, suite: any CryptoSuite) -> Bool {
    if let leaf, leaf.key == key || !leaf.key.shares(siblings.count, with: key) { return false }
    return rootHash(from: key, suite) == root
  }

  /// The root hash that follows if the leaf is where the first bits of `key` lead.
  private func rootHash(from key: Digest, _ suite: any CryptoSuite) -> Digest? {
    guard siblings.count <= Self.siblingsMax else { return nil }
    var hash = leaf?.hash(suite) ?? .zero
    for (depth, sibling) in zip((0..<siblings.count).reversed(), siblings) {
      hash = key.bit(depth) ? suite.indexNode(sibling, hash) : suite.indexNode(hash, sibling)
    }
    return hash
  }
}

extension Digest {
  /// Whether the first `count` bits are those of `other`. No two keys share more than 256.
  fileprivate func shares(_ count: Int, with other: Digest) -> Bool {
    count <= 8 * Self.byteCount && (0..<count).allSatisfy { bit($0) == other.bit($0) }
  }
}
