import Cryptography
import Merkle
import Testing

@Suite("The operation log")
struct MerkleLogTests {
  let suite = SuiteID.intl.suite

  /// Leaf hashes of the numbers below `count`.
  func leaves(_ count: Int, _ suite: any CryptoSuite) -> [Digest] {
    (0..<count).map { number in
      let record = [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
      return suite.logLeafHash(of: record.span)
    }
  }

  @Test("Roots are those published for Certificate Transparency")
  func publishedRoots() throws {
    let inputs = [
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
      "606162636465666768696a6b6c6d6e6f",
    ]
    let roots = [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    var log = MerkleLog(suite: suite)
    #expect(
      log.root.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for (input, root) in zip(inputs, roots) {
      let record = try #require([UInt8](hex: input))
      #expect(log.append([suite.logLeafHash(of: record.span)]).isEmpty)
      #expect(log.root.hex == root)
    }
    #expect(log.head == LogHead(size: 8, root: log.root))
  }

  @Test("Roots and proofs of all small sizes equal the recursive definition")
  func smallSizes() throws {
    let naive = NaiveLog(suite: suite)
    let leaves = leaves(70, suite)
    var log = MerkleLog(suite: suite)
    for leaf in leaves { _ = log.append([leaf]) }
    let pages = FixedPages(answer: nil)
    for size in 0...70 {
      let root = naive.root(leaves[..<size])
      let head = LogHead(size: UInt64(size), root: root)
      #expect(try log.root(atSize: UInt64(size), pages: pages) == root)
      for index in 0..<size {
        let proof = try log.inclusionProof(of: UInt64(index), inSize: UInt64(size), pages: pages)
        #expect(proof.path == naive.path(index, leaves[..<size]))
        #expect(proof.verify(leafHash: leaves[index], head: head, suite: suite))
      }
      let all = try log.inclusionProofs(of: 0..<UInt64(size), inSize: UInt64(size), pages: pages)
      #expect(all.map(\.leafIndex) == (0..<UInt64(size)).map { $0 })
      #expect(all.map(\.path) == (0..<size).map { naive.path($0, leaves[..<size]) })
      for oldSize in 0...size {
        let old = LogHead(size: UInt64(oldSize), root: naive.root(leaves[..<oldSize]))
        let proof = try log.consistencyProof(
          from: UInt64(oldSize), to: UInt64(size), pages: pages)
        #expect(proof.path == (oldSize == 0 ? [] : naive.consistency(oldSize, leaves[..<size])))
        #expect(proof.verify(from: old, to: head, suite: suite))
      }
    }
  }

  @Test("Proofs that cross pages equal the recursive definition")
  func largeSizes() throws {
    var random = SeededGenerator(seed: 9162)
    let naive = NaiveLog(suite: suite)
    let leaves = leaves(70_000, suite)
    var log = MerkleLog(suite: suite)
    var pages = PageStore()
    var rest = leaves[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Int.random(in: 0...700, using: &random))
      rest = rest.dropFirst(batch.count)
      pages.put(log.append(Array(batch)))
    }
    #expect(pages.count == 273 + 1)
    #expect(log.openPages.map(\.count) == [112, 17, 1])
    #expect(log.root == naive.root(leaves[...]))

    let edges = [255, 256, 257, 512, 65_536, 65_537, 70_000]
    let sizes = edges + (0..<3).map { _ in Int.random(in: 1...70_000, using: &random) }
    for size in sizes {
      let head = LogHead(size: UInt64(size), root: naive.root(leaves[..<size]))
      #expect(try log.root(atSize: head.size, pages: pages) == head.root)

      let index = Int.random(in: 0..<size, using: &random)
      let inclusion = try log.inclusionProof(of: UInt64(index), inSize: head.size, pages: pages)
      #expect(inclusion.path == naive.path(index, leaves[..<size]))
      #expect(inclusion.verify(leafHash: leaves[index], head: head, suite: suite))
      let near = UInt64(max(0, index - 2))..<UInt64(min(size, index + 3))
      let singles = try near.map { try log.inclusionProof(of: $0, inSize: head.size, pages: pages) }
      #expect(try log.inclusionProofs(of: near, inSize: head.size, pages: pages) == singles)

      let oldSize = Int.random(in: 1...size, using: &random)
      let old = LogHead(size: UInt64(oldSize), root: naive.root(leaves[..<oldSize]))
      let consistency = try log.consistencyProof(from: old.size, to: head.size, pages: pages)
      #expect(consistency.path == naive.consistency(oldSize, leaves[..<size]))
      #expect(consistency.verify(from: old, to: head, suite: suite))
    }
  }

  @Test("A log restarted at any size goes on like the original")
  func restart() throws {
    let leaves = leaves(66_400, suite)
    var original = MerkleLog(suite: suite)
    var pages = PageStore()
    for size in [0, 1, 255, 256, 257, 1_000, 65_535, 65_536, 65_537, 66_300] {
      pages.put(original.append(Array(leaves[Int(original.size)..<size])))
      let firstOpen = Int(MerkleLog.firstOpenLeaf(size: UInt64(size)))
      let fromPages = try MerkleLog(
        suite: suite, size: UInt64(size), tail: Array(leaves[firstOpen..<size]), pages: pages)
      let fromOpenPages = try MerkleLog(
        suite: suite, size: UInt64(size), openPages: original.openPages)
      for restarted in [fromPages, fromOpenPages] {
        #expect(restarted.openPages == original.openPages)
        #expect(restarted.head == original.head)
        var (one, other) = (original, restarted)
        let more = Array(leaves[size..<min(size + 300, leaves.count)])
        #expect(one.append(more) == other.append(more))
        #expect(one.head == other.head)
        #expect(one.openPages == other.openPages)
      }
    }
  }

  @Test("A copy keeps serving its size while the original grows")
  func copies() throws {
    let leaves = leaves(600, suite)
    var log = MerkleLog(suite: suite)
    var pages = PageStore()
    pages.put(log.append(Array(leaves[..<400])))
    let copy = log
    let head = copy.head
    pages.put(log.append(Array(leaves[400...])))
    #expect(copy.head == head)
    let proof = try copy.inclusionProof(of: 399, inSize: 400, pages: pages)
    #expect(proof.verify(leafHash: leaves[399], head: head, suite: suite))
    #expect(try log.inclusionProof(of: 399, inSize: 400, pages: pages) == proof)
  }

  @Test("Restarting refuses open pages that do not follow from the size")
  func wrongOpenPages() {
    let leaves = leaves(3, suite)
    #expect(throws: LogFault<Never>.wrongOpenPage(level: 0, expected: 4, found: 3)) {
      try MerkleLog(suite: suite, size: 4, openPages: [leaves])
    }
    #expect(throws: LogFault<Never>.wrongOpenPage(level: 1, expected: 1, found: 0)) {
      try MerkleLog(suite: suite, size: 259, openPages: [leaves])
    }
    #expect(throws: LogFault<Never>.wrongOpenPage(level: 1, expected: 0, found: 3)) {
      try MerkleLog(suite: suite, size: 3, openPages: [leaves, leaves])
    }
    #expect(throws: LogFault<Never>.wrongOpenPage(level: 0, expected: 2, found: 3)) {
      try MerkleLog(suite: suite, size: 2, tail: leaves, pages: FixedPages(answer: nil))
    }
    #expect(throws: LogFault<Never>.missingPage(level: 0, index: 0)) {
      try MerkleLog(suite: suite, size: 259, tail: leaves, pages: FixedPages(answer: nil))
    }
  }

  @Test("What the page source fails with reaches the caller")
  func sourceFault() {
    var log = MerkleLog(suite: suite)
    var pages = PageStore()
    pages.put(log.append(leaves(300, suite)))
    pages.tear(level: 0, index: 0)
    #expect(throws: LogFault<MerkleDecodingFault>.source(.truncated)) {
      try log.inclusionProof(of: 0, inSize: 300, pages: pages)
    }
  }

  @Test("What the log never had is refused by name")
  func outOfRange() {
    var log = MerkleLog(suite: suite)
    _ = log.append(leaves(300, suite))
    let none = FixedPages(answer: nil)
    #expect(throws: LogFault<Never>.outOfRange(requested: 301, size: 300)) {
      try log.root(atSize: 301, pages: none)
    }
    #expect(throws: LogFault<Never>.outOfRange(requested: 301, size: 300)) {
      try log.inclusionProof(of: 0, inSize: 301, pages: none)
    }
    #expect(throws: LogFault<Never>.outOfRange(requested: 20, size: 20)) {
      try log.inclusionProof(of: 20, inSize: 20, pages: none)
    }
    #expect(throws: LogFault<Never>.outOfRange(requested: 21, size: 20)) {
      try log.consistencyProof(from: 21, to: 20, pages: none)
    }
    #expect(throws: LogFault<Never>.missingPage(level: 0, index: 0)) {
      try log.inclusionProof(of: 0, inSize: 20, pages: none)
    }
    #expect(throws: LogFault<Never>.malformedPage(level: 0, index: 0)) {
      try log.inclusionProof(of: 0, inSize: 20, pages: FixedPages(answer: [.zero]))
    }
  }
}
