import Cryptography

/// RFC 9162, section 2.1, read aloud: whole lists, no pages, no peaks.
struct NaiveLog {
  let suite: any CryptoSuite

  func root(_ leaves: ArraySlice<Digest>) -> Digest {
    if leaves.isEmpty { return hash([]) }
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    let (left, right) = split(leaves)
    return hash([1] + root(left).bytes + root(right).bytes)
  }

  func path(_ index: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
    if leaves.count == 1 { return [] }
    let (left, right) = split(leaves)
    return index < left.count
      ? path(index, left) + [root(right)] : path(index - left.count, right) + [root(left)]
  }

  func consistency(_ oldSize: Int, _ leaves: ArraySlice<Digest>) -> [Digest] {
    subproof(oldSize, leaves, true)
  }

  private func subproof(
    _ oldSize: Int, _ leaves: ArraySlice<Digest>, _ isWhole: Bool
  ) -> [Digest] {
    if oldSize == leaves.count { return isWhole ? [] : [root(leaves)] }
    let (left, right) = split(leaves)
    return oldSize <= left.count
      ? subproof(oldSize, left, isWhole) + [root(right)]
      : subproof(oldSize - left.count, right, false) + [root(left)]
  }

  private func split(
    _ leaves: ArraySlice<Digest>
  ) -> (ArraySlice<Digest>, ArraySlice<Digest>) {
    var width = 1
    while 2 * width < leaves.count { width *= 2 }
    return (leaves.prefix(width), leaves.dropFirst(width))
  }

  private func hash(_ bytes: [UInt8]) -> Digest { suite.hash(bytes.span) }
}
