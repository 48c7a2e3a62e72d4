import Cryptography
import Merkle
import Testing

@Suite("Proofs of the operation log")
struct LogProofTests {
  let suite = SuiteID.sm.suite
  let log: MerkleLog
  let leaves: [Digest]

  init() {
    var random = SeededGenerator(seed: 6962)
    leaves = (0..<70).map { _ in random.digest() }
    var log = MerkleLog(suite: suite)
    _ = log.append(leaves)
    self.log = log
  }

  func head(_ size: UInt64) throws -> LogHead {
    LogHead(size: size, root: try log.root(atSize: size, pages: FixedPages(answer: nil)))
  }

  func altered(_ head: LogHead) -> [LogHead] {
    (0..<32).map { LogHead(size: head.size, root: head.root.altered(at: $0)) }
      + [head.size - 1, head.size + 1, 0, .max].map { LogHead(size: $0, root: head.root) }
  }

  @Test("An inclusion proof with anything altered is rejected", arguments: [1, 2, 7, 8, 33, 70])
  func alteredInclusion(size: UInt64) throws {
    let head = try head(size)
    for index in 0..<size {
      let leaf = leaves[Int(index)]
      let proof = try log.inclusionProof(
        of: index, inSize: size, pages: FixedPages(answer: nil))
      #expect(proof.verify(leafHash: leaf, head: head, suite: suite))
      for path in proof.path.mutilations {
        let forged = InclusionProof(leafIndex: index, treeSize: size, path: path)
        #expect(!forged.verify(leafHash: leaf, head: head, suite: suite))
      }
      for other in Array(0...size) + [.max] where other != index {
        let forged = InclusionProof(leafIndex: other, treeSize: size, path: proof.path)
        #expect(!forged.verify(leafHash: leaf, head: head, suite: suite))
      }
      for wrong in altered(head) {
        #expect(!proof.verify(leafHash: leaf, head: wrong, suite: suite))
        guard wrong.size != size else { continue }
        let forged = InclusionProof(leafIndex: index, treeSize: wrong.size, path: proof.path)
        #expect(!forged.verify(leafHash: leaf, head: head, suite: suite))
      }
      #expect(!proof.verify(leafHash: leaf.altered(at: 31), head: head, suite: suite))
    }
  }

  @Test("A consistency proof with anything altered is rejected", arguments: [2, 7, 8, 33, 70])
  func alteredConsistency(size: UInt64) throws {
    let new = try head(size)
    for oldSize in 1..<size {
      let old = try head(oldSize)
      let proof = try log.consistencyProof(
        from: oldSize, to: size, pages: FixedPages(answer: nil))
      #expect(proof.verify(from: old, to: new, suite: suite))
      for path in proof.path.mutilations + [[]] {
        let forged = ConsistencyProof(oldSize: oldSize, newSize: size, path: path)
        #expect(!forged.verify(from: old, to: new, suite: suite))
      }
      for wrong in altered(old) { #expect(!proof.verify(from: wrong, to: new, suite: suite)) }
      for wrong in altered(new) { #expect(!proof.verify(from: old, to: wrong, suite: suite)) }
    }
  }

  @Test("The empty log begins every log, and only with its own root")
  func emptyLog() throws {
    let empty = LogHead(size: 0, root: suite.emptyLogRoot)
    let new = try head(7)
    let proof = try log.consistencyProof(from: 0, to: 7, pages: FixedPages(answer: nil))
    #expect(proof.path.isEmpty)
    #expect(proof.verify(from: empty, to: new, suite: suite))
    #expect(!proof.verify(from: LogHead(size: 0, root: .zero), to: new, suite: suite))
    let longer = ConsistencyProof(oldSize: 0, newSize: 7, path: [.zero])
    #expect(!longer.verify(from: empty, to: new, suite: suite))
    let backwards = ConsistencyProof(oldSize: 7, newSize: 0, path: [])
    #expect(!backwards.verify(from: new, to: empty, suite: suite))
  }

  @Test("Equal sizes are consistent only with equal roots")
  func equalSizes() throws {
    let head = try head(7)
    let proof = ConsistencyProof(oldSize: 7, newSize: 7, path: [])
    #expect(proof.verify(from: head, to: head, suite: suite))
    let other = LogHead(size: 7, root: head.root.altered(at: 0))
    #expect(!proof.verify(from: head, to: other, suite: suite))
    let longer = ConsistencyProof(oldSize: 7, newSize: 7, path: [head.root])
    #expect(!longer.verify(from: head, to: head, suite: suite))
  }
}
