import Cryptography
import Merkle

/// An index of 100,000 keys and an update of 2,048, of which half are there already.
struct IndexSample {
  private static let size = 100_000

  let suite: any CryptoSuite
  let keys: [Digest]
  let values: [Digest]
  let tree: IndexTree<Nodes>
  let base: IndexVersion?
  let next = IndexVersion(2)
  let root: Digest
  let newEntries: [(key: Digest, value: Digest)]
  let proof: IndexProof

  init(suite: any CryptoSuite) throws {
    let keys = (0..<Self.size).map { suite.number($0) }
    let values = (0..<Self.size).map { suite.number(-$0) }
    let first = try IndexTree(suite: suite, source: Nodes()).update(
      zip(keys, values).map { (key: $0, value: $1) }, base: nil, to: IndexVersion(1))
    var nodes = Nodes()
    for (key, node) in first.newNodes { nodes.stored[key] = node }
    self.suite = suite
    self.keys = keys
    self.values = values
    tree = IndexTree(suite: suite, source: nodes)
    base = first.version
    root = first.root
    newEntries = (Self.size - 1_024..<Self.size + 1_024).map {
      (key: suite.number($0), value: suite.number($0 + 1))
    }
    proof = try tree.proof(of: keys[0], at: first.version)
  }

  func proof(of key: Digest) throws -> IndexProof {
    try tree.proof(of: key, at: base)
  }

  /// The nodes of the tree, decoded.
  struct Nodes: IndexNodeSource {
    var stored: [NodeKey: IndexNode] = [:]

    func node(_ key: NodeKey) throws(Never) -> IndexNode? { stored[key] }
  }
}
