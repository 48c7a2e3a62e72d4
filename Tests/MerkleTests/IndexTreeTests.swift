import Cryptography
import Merkle
import Testing

@Suite("The index")
struct IndexTreeTests {
  let suite = SuiteID.sm.suite

  /// Up to `count` entries: new keys, known keys, keys that share many bits, unchanged values.
  func batch(
    _ count: Int, _ naive: NaiveIndex, _ random: inout SeededGenerator
  ) -> [(key: Digest, value: Digest)] {
    let known = naive.values.keys.sorted()
    return (0..<Int.random(in: 0...count, using: &random)).map { _ in
      guard let old = known.randomElement(using: &random), Bool.random(using: &random) else {
        return (random.digest(), random.digest())
      }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return (old, naive.values[old] ?? .zero)
      case 1: return (old.altered(at: Int.random(in: 0..<32, using: &random)), random.digest())
      default: return (old, random.digest())
      }
    }
  }

  @Test(
    "Roots of random versions equal the recursive definition",
    arguments: [UInt64(1), 2], [SuiteID.sm, .intl])
  func randomVersions(seed: UInt64, id: SuiteID) throws {
    var random = SeededGenerator(seed: seed)
    var naive = NaiveIndex(suite: id.suite)
    let store = NodeStore()
    let tree = IndexTree(suite: id.suite, source: store)
    var base: IndexVersion?
    for version in 1...20 {
      let entries = batch(60, naive, &random)
      let update = try tree.update(entries, base: base, to: IndexVersion(UInt64(version)))
      for (key, value) in entries { naive.values[key] = value }
      store.apply(update, deletingStale: true)
      base = update.version
      #expect(update.root == naive.root)
      #expect(try tree.root(at: base) == naive.root)
    }
    #expect(naive.values.count > 250)
  }

  @Test("The root does not depend on order or batching")
  func orderIndependence() throws {
    var random = SeededGenerator(seed: 4)
    let entries = (0..<300).map { _ in (key: random.digest(), value: random.digest()) }
    var roots: Set<Digest> = []
    for batchSize in [1, 7, 50, 300] {
      let store = NodeStore()
      let tree = IndexTree(suite: suite, source: store)
      var rest = entries.shuffled(using: &random)[...]
      var base: IndexVersion?
      var version: UInt64 = 0
      while !rest.isEmpty {
        version += 1
        let update = try tree.update(
          Array(rest.prefix(batchSize)), base: base, to: IndexVersion(version))
        store.apply(update, deletingStale: true)
        base = update.version
        rest = rest.dropFirst(batchSize)
      }
      roots.insert(try tree.root(at: base))
    }
    #expect(roots.count == 1)
  }

  @Test("Of equal keys in a batch the last wins")
  func equalKeys() throws {
    let tree = IndexTree(suite: suite, source: NodeStore())
    let key = Digest.filled(7)
    let first = (key: key, value: Digest.filled(1))
    let other = (key: Digest.filled(8), value: Digest.filled(3))
    let last = (key: key, value: Digest.filled(2))
    let version = IndexVersion(1)
    let both = try tree.update([first, other, last], base: nil, to: version)
    #expect(try both.root == tree.update([last, other], base: nil, to: version).root)
    #expect(try both.root != tree.update([first, other], base: nil, to: version).root)
  }

  @Test("A version without changes keeps the root node of its base")
  func unchanged() throws {
    var random = SeededGenerator(seed: 5)
    let store = NodeStore()
    let tree = IndexTree(suite: suite, source: store)
    let nothing = try tree.update([], base: nil, to: IndexVersion(1))
    #expect(nothing.root == .zero)
    #expect(nothing.version == nil)

    let entries = (0..<100).map { _ in (key: random.digest(), value: random.digest()) }
    let filled = try tree.update(entries, base: nil, to: IndexVersion(2))
    store.apply(filled)
    for repeated in [[], Array(entries.prefix(20))] {
      let update = try tree.update(repeated, base: filled.version, to: IndexVersion(3))
      #expect(update.root == filled.root)
      #expect(update.version == IndexVersion(2))
      #expect(update.newNodes.isEmpty)
      #expect(update.staleNodes.isEmpty)
    }
  }

  @Test("An update reads each node once and only on the way to its keys")
  func reads() throws {
    var random = SeededGenerator(seed: 6)
    let store = NodeStore()
    let tree = IndexTree(suite: suite, source: store)
    let entries = (0..<5_000).map { _ in (key: random.digest(), value: random.digest()) }
    store.apply(try tree.update(entries, base: nil, to: IndexVersion(1)))
    store.forgetReads()
    let changes = entries.prefix(100).map { (key: $0.key, value: random.digest()) }
    let update = try tree.update(changes, base: IndexVersion(1), to: IndexVersion(2))
    #expect(store.reads.values.allSatisfy { $0 == 1 })
    #expect(store.reads.count == update.newNodes.count)
    #expect(Set(update.staleNodes) == Set(store.reads.keys))
    #expect(update.newNodes.count <= 1 + 16 + 3 * 100)
  }

  /// Every node that a state has.
  func reachable(_ store: NodeStore, from version: IndexVersion) throws -> Set<NodeKey> {
    var found: Set<NodeKey> = []
    var open: [(NodeKey, path: String)] = [(NodeKey(rootOf: version), "")]
    while let (key, path) = open.popLast() {
      found.insert(key)
      let node = try #require(try store.node(key))
      for nibble in 0..<16 {
        guard case .subtree(let version, _) = node[nibble] else { continue }
        let longer = path + String(nibble, radix: 16)
        let packed = try #require([UInt8](hex: longer + (longer.count % 2 == 1 ? "0" : "")))
        let header = NodeKey(rootOf: version).encoded.prefix(8)
        let bytes = header + [UInt8(longer.count)] + packed
        open.append((try NodeKey(decoding: Array(bytes)), longer))
      }
    }
    return found
  }

  @Test(
    "Stale nodes are exactly those that the new state does not have", arguments: [UInt64(7), 8])
  func staleNodes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var naive = NaiveIndex(suite: suite)
    let store = NodeStore()
    let tree = IndexTree(suite: suite, source: store)
    var base: IndexVersion?
    var staleCount = 0
    for version in 1...15 {
      let entries = batch(80, naive, &random)
      let update = try tree.update(entries, base: base, to: IndexVersion(UInt64(version)))
      for (key, value) in entries { naive.values[key] = value }
      store.apply(update)
      guard let current = update.version else { continue }
      let before = try base.map { try reachable(store, from: $0) } ?? []
      let after = try reachable(store, from: current)
      #expect(Set(update.staleNodes) == before.subtracting(after))
      #expect(update.staleNodes.count == Set(update.staleNodes).count)
      #expect(Set(update.newNodes.map(\.key)) == after.subtracting(before))
      staleCount += update.staleNodes.count
      base = current
    }
    #expect(staleCount > 100)
  }

  @Test("Nodes are written children first and under their version")
  func writeOrder() throws {
    var random = SeededGenerator(seed: 10)
    let tree = IndexTree(suite: suite, source: NodeStore())
    let entries = (0..<500).map { _ in (key: random.digest(), value: random.digest()) }
    let update = try tree.update(entries, base: nil, to: IndexVersion(3))
    #expect(update.newNodes.last?.key == NodeKey(rootOf: IndexVersion(3)))
    #expect(update.newNodes.allSatisfy { $0.key.version == IndexVersion(3) })
    #expect(update.newNodes.last?.node.encoded.prefix(4).hex == "ffff0000")
  }

  @Test("A node that is not stored is named")
  func missingNode() throws {
    let tree = IndexTree(suite: suite, source: NodeStore())
    let missing = IndexFault<MerkleDecodingFault>.missingNode(NodeKey(rootOf: IndexVersion(1)))
    #expect(throws: missing) { try tree.root(at: IndexVersion(1)) }
    #expect(throws: missing) { try tree.proof(of: .zero, at: IndexVersion(1)) }
    #expect(throws: missing) {
      try tree.update([(key: .zero, value: .zero)], base: IndexVersion(1), to: IndexVersion(2))
    }
  }
}
