internal import Cryptography
internal import LedgerModel
internal import Merkle
internal import Wire

/// Reads the parts that proofs have in common.
enum ProofParts {
  static func asset(_ namespace: String, _ key: String) throws(ProofFault) -> AssetID {
    guard 1...AssetID.byteLimit ~= namespace.utf8.count, key.utf8.count <= AssetID.byteLimit else {
      throw .malformedPart("an asset's name is longer than \(AssetID.byteLimit) bytes")
    }
    return AssetID(namespace: namespace, key: key)
  }

  static func path(_ path: WireIndexPath) throws(ProofFault) -> [Digest] {
    try digests(path.siblings.map(\.octets), "index path")
  }

  static func digests(_ parts: [[UInt8]], _ what: String) throws(ProofFault) -> [Digest] {
    guard parts.count <= IndexProof.siblingsMax else {
      throw .malformedPart("\(what) of \(parts.count) digests")
    }
    var digests: [Digest] = []
    for part in parts {
      guard let digest = Digest(part) else {
        throw .malformedPart("\(what) with a digest of \(part.count) bytes")
      }
      digests.append(digest)
    }
    return digests
  }
}
