import Cryptography
import Merkle
import Testing

@Suite("Proofs of the index")
struct IndexProofTests {
  let suite = SuiteID.intl.suite
  let store = NodeStore()
  let tree: IndexTree<NodeStore>
  /// What each version holds.
  let states: [(version: IndexVersion, root: Digest, naive: NaiveIndex)]

  init() throws {
    let tree = IndexTree(suite: suite, source: store)
    var random = SeededGenerator(seed: 2021)
    var naive = NaiveIndex(suite: suite)
    var states: [(version: IndexVersion, root: Digest, naive: NaiveIndex)] = []
    var near = Digest.filled(0x5a)
    for number in 1...4 {
      var entries = (0..<40).map { _ in (key: random.digest(), value: random.digest()) }
      entries += naive.values.keys.sorted().prefix(10).map { ($0, random.digest()) }
      // Keys that part only late, down to the last bit.
      near = near.altered(at: [8, 30, 31, 24][number - 1])
      entries += [(near, random.digest()), (Digest.filled(0x5a), random.digest())]
      let version = IndexVersion(UInt64(number))
      let update = try tree.update(entries, base: states.last?.version, to: version)
      store.apply(update)
      for (key, value) in entries { naive.values[key] = value }
      states.append((version, update.root, naive))
    }
    self.tree = tree
    self.states = states
  }

  @Test("Every key of every version is proven, as the definition says")
  func inclusion() throws {
    for state in states {
      for (key, value) in state.naive.values {
        let proof = try tree.proof(of: key, at: state.version)
        let expected = state.naive.proof(of: key)
        #expect(proof.leaf == IndexLeaf(key: key, value: value))
        #expect(proof.siblings == expected.siblings)
        #expect(proof.verifyInclusion(key: key, value: value, root: state.root, suite: suite))
        #expect(!proof.verifyAbsence(key: key, root: state.root, suite: suite))
      }
    }
  }

  @Test("A proof of one version is no proof of another that differs there")
  func otherVersions() throws {
    let (old, new) = (states[0], states[3])
    for (key, value) in old.naive.values {
      let proof = try tree.proof(of: key, at: old.version)
      #expect(!proof.verifyInclusion(key: key, value: value, root: new.root, suite: suite))
    }
  }

  @Test("Absent keys are proven absent, by an empty place or by another leaf")
  func absence() throws {
    var random = SeededGenerator(seed: 11)
    let state = states[3]
    let known = state.naive.values.keys.sorted()
    var keys = (0..<300).map { _ in random.digest() }
    for byte in [0, 1, 8, 31] { keys += known.map { $0.altered(at: byte) } }
    var (empty, other) = (0, 0)
    for key in keys where state.naive.values[key] == nil {
      let proof = try tree.proof(of: key, at: state.version)
      let expected = state.naive.proof(of: key)
      #expect(proof.leaf?.key == expected.leaf?.key)
      #expect(proof.siblings == expected.siblings)
      #expect(proof.verifyAbsence(key: key, root: state.root, suite: suite))
      #expect(
        !proof.verifyInclusion(
          key: key, value: proof.leaf?.value ?? .zero, root: state.root, suite: suite))
      if proof.leaf == nil { empty += 1 } else { other += 1 }
    }
    #expect(empty > 50)
    #expect(other > 50)
  }

  @Test("The index without keys proves every key absent")
  func emptyIndex() throws {
    let proof = try tree.proof(of: .filled(1), at: nil)
    #expect(proof == IndexProof(leaf: nil, siblings: []))
    #expect(proof.verifyAbsence(key: .filled(1), root: .zero, suite: suite))
    #expect(!proof.verifyAbsence(key: .filled(1), root: states[0].root, suite: suite))
    #expect(!proof.verifyInclusion(key: .filled(1), value: .zero, root: .zero, suite: suite))
  }

  @Test("A single key is the root, however its key looks")
  func singleKey() throws {
    let leaf = IndexLeaf(key: .filled(0xf0), value: .filled(2))
    let update = try tree.update(
      [(key: leaf.key, value: leaf.value)], base: nil, to: IndexVersion(9))
    store.apply(update)
    #expect(update.newNodes.count == 1)
    let proof = try tree.proof(of: .filled(1), at: IndexVersion(9))
    #expect(proof == IndexProof(leaf: leaf, siblings: []))
    #expect(proof.verifyAbsence(key: .filled(1), root: update.root, suite: suite))
    #expect(
      proof.verifyInclusion(key: leaf.key, value: leaf.value, root: update.root, suite: suite))
  }

  @Test("Two keys that differ in their last bit have 256 siblings, and no proof has more")
  func deepest() throws {
    var bytes = [UInt8](repeating: 0x33, count: 32)
    let left = Digest.of(bytes)
    bytes[31] = 0x32
    let right = Digest.of(bytes)
    let update = try tree.update(
      [(key: left, value: .filled(1)), (key: right, value: .filled(2))], base: nil,
      to: IndexVersion(9))
    store.apply(update)
    #expect(update.newNodes.count == 64)
    let proof = try tree.proof(of: left, at: IndexVersion(9))
    #expect(proof.siblings.count == 256)
    #expect(
      proof.verifyInclusion(key: left, value: .filled(1), root: update.root, suite: suite))
    let absent = try tree.proof(of: .filled(0x34), at: IndexVersion(9))
    #expect(absent.leaf == nil)
    #expect(absent.verifyAbsence(key: .filled(0x34), root: update.root, suite: suite))

    let longer = IndexProof(leaf: proof.leaf, siblings: [.zero] + proof.siblings)
    #expect(
      !longer.verifyInclusion(key: left, value: .filled(1), root: update.root, suite: suite))
    #expect(!longer.verifyAbsence(key: right, root: update.root, suite: suite))
    let longerAbsent = IndexProof(
      leaf: nil, siblings: [Digest](repeating: .zero, count: 257))
    #expect(!longerAbsent.verifyAbsence(key: right, root: update.root, suite: suite))
  }

  @Test("An inclusion proof with anything altered is rejected")
  func alteredInclusion() throws {
    let state = states[1]
    for (key, value) in state.naive.values.sorted(by: { $0.key < $1.key }).prefix(10) {
      let proof = try tree.proof(of: key, at: state.version)
      for siblings in proof.siblings.mutilations {
        let forged = IndexProof(leaf: proof.leaf, siblings: siblings)
        #expect(!forged.verifyInclusion(key: key, value: value, root: state.root, suite: suite))
      }
      for index in 0..<32 {
        let (otherKey, otherValue) = (key.altered(at: index), value.altered(at: index))
        let root = state.root.altered(at: index)
        #expect(!proof.verifyInclusion(key: key, value: value, root: root, suite: suite))
        for (key, value) in [(otherKey, value), (key, otherValue)] {
          let leaf = IndexLeaf(key: key, value: value)
          let forged = IndexProof(leaf: leaf, siblings: proof.siblings)
          #expect(!proof.verifyInclusion(key: key, value: value, root: state.root, suite: suite))
          #expect(!forged.verifyInclusion(key: key, value: value, root: state.root, suite: suite))
        }
      }
      let bare = IndexProof(leaf: nil, siblings: proof.siblings)
      #expect(!bare.verifyInclusion(key: key, value: value, root: state.root, suite: suite))
      #expect(!bare.verifyAbsence(key: key, root: state.root, suite: suite))
    }
  }

  @Test("An absence proof with anything altered is rejected")
  func alteredAbsence() throws {
    var random = SeededGenerator(seed: 12)
    let state = states[3]
    for _ in 0..<10 {
      let key = random.digest()
      let proof = try tree.proof(of: key, at: state.version)
      #expect(proof.verifyAbsence(key: key, root: state.root, suite: suite))
      for siblings in proof.siblings.mutilations {
        let forged = IndexProof(leaf: proof.leaf, siblings: siblings)
        #expect(!forged.verifyAbsence(key: key, root: state.root, suite: suite))
      }
      var leaves: [IndexLeaf?] = [IndexLeaf(key: random.digest(), value: .zero)]
      if let leaf = proof.leaf {
        leaves.append(nil)
        for index in 0..<32 {
          leaves.append(IndexLeaf(key: leaf.key.altered(at: index), value: leaf.value))
          leaves.append(IndexLeaf(key: leaf.key, value: leaf.value.altered(at: index)))
        }
      }
      for leaf in leaves {
        let forged = IndexProof(leaf: leaf, siblings: proof.siblings)
        #expect(!forged.verifyAbsence(key: key, root: state.root, suite: suite))
      }
    }
  }

  @Test("A leaf from elsewhere in the tree does not prove absence")
  func leafWithAnotherPrefix() throws {
    let state = states[3]
    let known = state.naive.values.keys.sorted()
    for other in known {
      let proof = try tree.proof(of: other, at: state.version)
      let fooled = known.filter { proof.verifyAbsence(key: $0, root: state.root, suite: suite) }
      #expect(fooled.isEmpty)
    }
  }
}
