import Cryptography
import Merkle

/// A log of 100,000 leaves and 1,024 more to append.
struct LogSample {
  static let size = 100_000

  let suite: any CryptoSuite
  let log: MerkleLog
  let head: LogHead
  let newLeaves: [Digest]
  let provenLeaf: Digest
  let proof: InclusionProof
  private let pages: Pages

  init(suite: any CryptoSuite) throws {
    let leaves = (0..<Self.size + 1_024).map { suite.number($0) }
    var log = MerkleLog(suite: suite)
    var pages = Pages()
    for page in log.append(Array(leaves.prefix(Self.size))) {
      pages.full[Pages.ID(level: page.level, index: page.index)] = page.digests
    }
    self.suite = suite
    self.log = log
    self.pages = pages
    head = log.head
    newLeaves = Array(leaves.dropFirst(Self.size))
    provenLeaf = leaves[0]
    proof = try log.inclusionProof(of: 0, inSize: log.size, pages: pages)
  }

  func proof(of leaf: Int) throws -> InclusionProof {
    try log.inclusionProof(of: UInt64(leaf), inSize: log.size, pages: pages)
  }

  /// The full pages, decoded.
  private struct Pages: LogPageSource {
    struct ID: Hashable {
      let level: UInt8
      let index: UInt64
    }

    var full: [ID: [Digest]] = [:]

    func digests(level: UInt8, index: UInt64) throws(Never) -> [Digest]? {
      full[ID(level: level, index: index)]
    }
  }
}
