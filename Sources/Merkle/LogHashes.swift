public import Cryptography

/// The hashes of the operation log. Leaves and nodes have different domains, so that a node can
/// never be passed off as a record (RFC 9162, section 2.1.1).
extension CryptoSuite {
  /// The leaf of a record: `H(0x00 ‖ record)`.
  public func logLeafHash(of record: Span<UInt8>) -> Digest {
    hash(domain: 0x00, record)
  }

  /// The root of the log without leaves: the hash of the empty message.
  public var emptyLogRoot: Digest {
    let nothing: [UInt8] = []
    return hash(nothing.span)
  }

  /// The parent of two nodes: `H(0x01 ‖ left ‖ right)`.
  func logNode(_ left: Digest, _ right: Digest) -> Digest {
    hash(domain: 0x01, left, right)
  }

  /// The root of a complete subtree over `nodes`, of which there is a power of two.
  func logSubtree(over nodes: ArraySlice<Digest>) -> Digest {
    precondition(nodes.count.nonzeroBitCount == 1, "a complete subtree has 1, 2, 4, … nodes")
    var row = Array(nodes)
    while row.count > 1 {
      for parent in 0..<row.count / 2 {
        row[parent] = logNode(row[2 * parent], row[2 * parent + 1])
      }
      row.removeLast(row.count / 2)
    }
    return row[0]
  }
}
