import Cryptography

/// The definition of the index read aloud, over a sorted list of all keys.
struct NaiveIndex {
  let suite: any CryptoSuite
  /// All entries.
  var values: [Digest: Digest] = [:]

  var root: Digest { hash(sorted[...], depth: 0) }

  /// The leaf and the siblings, nearest first, on the way to `key`.
  func proof(of key: Digest) -> (leaf: (key: Digest, value: Digest)?, siblings: [Digest]) {
    var leaves = sorted[...]
    var siblings: [Digest] = []
    var depth = 0
    while leaves.count > 1 {
      let (left, right) = split(leaves, depth)
      siblings.insert(hash(key.bit(depth) ? left : right, depth: depth + 1), at: 0)
      leaves = key.bit(depth) ? right : left
      depth += 1
    }
    return (leaves.first, siblings)
  }

  private var sorted: [(key: Digest, value: Digest)] { values.sorted { $0.key < $1.key } }

  private func hash(_ leaves: ArraySlice<(key: Digest, value: Digest)>, depth: Int) -> Digest {
    guard let first = leaves.first else { return Digest.of([UInt8](repeating: 0, count: 32)) }
    if leaves.count == 1 { return hash([2] + first.key.bytes + first.value.bytes) }
    let (left, right) = split(leaves, depth)
    return hash([3] + hash(left, depth: depth + 1).bytes + hash(right, depth: depth + 1).bytes)
  }

  private func split(
    _ leaves: ArraySlice<(key: Digest, value: Digest)>, _ depth: Int
  ) -> (
    ArraySlice<(key: Digest, value: Digest)>, ArraySlice<(key: Digest, value: Digest)>
  ) {
    let left = leaves.prefix { !$0.key.bit(depth) }
    return (left, leaves.dropFirst(left.count))
  }

  private func hash(_ bytes: [UInt8]) -> Digest { suite.hash(bytes.span) }
}
