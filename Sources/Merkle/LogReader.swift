internal import Cryptography

/// Computes roots and proofs of any part of a log, by the recursive definitions of RFC 9162.
///
/// Every range it is asked for starts at a multiple of the power of two that holds it, as ranges
/// do that come from splitting a tree.
struct LogReader<Source: LogPageSource> {
  private struct PageID: Hashable {
    let level: UInt8
    let index: UInt64
  }

  private struct SubtreeID: Hashable {
    let height: Int
    let firstLeaf: UInt64
  }

  private let log: MerkleLog
  private let source: Source
  /// Pages read so far; a proof touches at most two of each level, several times.
  private var pages: [PageID: [Digest]] = [:]
  /// Roots computed so far: proofs of neighbours have most of them in common.
  private var subtrees: [SubtreeID: Digest] = [:]

  init(_ log: MerkleLog, _ source: Source) {
    self.log = log
    self.source = source
  }

  /// MTH(D[range]), section 2.1.1.
  mutating func root(of range: Range<UInt64>) throws(LogFault<Source.Fault>) -> Digest {
    let count = range.upperBound - range.lowerBound
    if count == 0 { return log.suite.emptyLogRoot }
    if count.nonzeroBitCount == 1 {
      return try completeSubtree(height: count.trailingZeroBitCount, firstLeaf: range.lowerBound)
    }
    let middle = split(range)
    let left = try root(of: range.lowerBound..<middle)
    let right = try root(of: middle..<range.upperBound)
    return log.suite.logNode(left, right)
  }

  /// PATH(m, D[range]), section 2.1.3.1: nearest sibling first.
  mutating func inclusionPath(
    of leaf: UInt64, in range: Range<UInt64>
  ) throws(LogFault<Source.Fault>) -> [Digest] {
    if range.upperBound - range.lowerBound == 1 { return [] }
    let middle = split(range)
    let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
    return leaf < middle
      ? try inclusionPath(of: leaf, in: left) + [root(of: right)]
      : try inclusionPath(of: leaf, in: right) + [root(of: left)]
  }

  /// SUBPROOF(m, D[range], isOldTree), section 2.1.4.1, for the old tree that ends before leaf
  /// `end`. `isOldTree` says that the range begins the old tree, whose root the verifier has.
  mutating func consistencyPath(
    from end: UInt64, in range: Range<UInt64>, isOldTree: Bool
  ) throws(LogFault<Source.Fault>) -> [Digest] {
    if end == range.upperBound { return isOldTree ? [] : [try root(of: range)] }
    let middle = split(range)
    let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
    return end <= middle
      ? try consistencyPath(from: end, in: left, isOldTree: isOldTree) + [root(of: right)]
      : try consistencyPath(from: end, in: right, isOldTree: false) + [root(of: left)]
  }

  /// Where the tree over two or more leaves divides: after the largest power of two below its size.
  private func split(_ range: Range<UInt64>) -> UInt64 {
    let last = range.upperBound - range.lowerBound - 1
    return range.lowerBound + (1 << UInt64(UInt64.bitWidth - 1 - last.leadingZeroBitCount))
  }

  /// The root over `2^height` leaves, all within one page of the level just below it.
  private mutating func completeSubtree(
    height: Int, firstLeaf: UInt64
  ) throws(LogFault<Source.Fault>) -> Digest {
    let id = SubtreeID(height: height, firstLeaf: firstLeaf)
    if let root = subtrees[id] { return root }
    let level = height / LogPage.height
    let firstEntry = firstLeaf >> UInt64(LogPage.height * level)
    let offset = Int(firstEntry % UInt64(LogPage.digestCount))
    let width = 1 << (height % LogPage.height)
    let page = try page(level: level, index: MerkleLog.pageIndex(ofLeaf: firstLeaf, level: level))
    let root = log.suite.logSubtree(over: page[offset..<offset + width])
    subtrees[id] = root
    return root
  }

  private mutating func page(
    level: Int, index: UInt64
  ) throws(LogFault<Source.Fault>) -> [Digest] {
    if index == MerkleLog.pageIndex(ofLeaf: log.size, level: level) { return log.openPages[level] }
    let id = PageID(level: UInt8(level), index: index)
    if let page = pages[id] { return page }
    let page = try source.fullPage(level: id.level, index: index)
    pages[id] = page
    return page
  }
}
