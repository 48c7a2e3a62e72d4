public import Cryptography

/// What a block header says about the log: how many leaves, and the root over them.
public struct LogHead: Hashable, Sendable {
  /// Leaves in the log.
  public let size: UInt64
  /// The root over them.
  public let root: Digest

  /// Names a state of the log, usually one read from a certified header.
  public init(size: UInt64, root: Digest) {
    self.size = size
    self.root = root
  }
}

/// An append-only Merkle tree over records, in the shape of RFC 9162, section 2.1.
///
/// It keeps only what can still change: for each level the entries that do not fill a page yet,
/// and the peaks, which are the roots of the complete subtrees that make up the tree:
///
///     size 11 = 8 + 2 + 1         root = node(P8, node(P2, P1))
///
///            P8            P2   P1
///        ┌───┴───┐        ┌┴┐   │
///        0 … 3 4 … 7      8 9   10
///
/// Appending costs one node hash per leaf on average, the root one per peak. As a value it can be
/// copied cheaply to serve proofs for one size while the original grows.
public struct MerkleLog: Sendable {
  /// The hash functions of the chain.
  public let suite: any CryptoSuite
  /// Leaves appended so far.
  public private(set) var size: UInt64
  /// For each level that has entries: those that do not fill a page yet, at most 255.
  public private(set) var openPages: [[Digest]]
  /// Roots of the complete subtrees, largest first: one for each bit set in `size`.
  private var peaks: [Digest]

  /// The empty log.
  public init(suite: any CryptoSuite) {
    (self.suite, size, openPages, peaks) = (suite, 0, [], [])
  }

  /// Continues a log from what `openPages` was at `size`.
  /// - Throws: `LogFault.wrongOpenPage` if a level's entry count does not follow from `size`.
  public init(
    suite: any CryptoSuite, size: UInt64, openPages: [[Digest]]
  ) throws(LogFault<Never>) {
    let levelCount = Self.levelCount(size: size)
    for level in 0..<max(levelCount, openPages.count) {
      let expected = Self.openCount(size: size, level: level)
      let found = level < openPages.count ? openPages[level].count : 0
      guard expected == found, (level < openPages.count) == (level < levelCount) else {
        throw .wrongOpenPage(level: level, expected: expected, found: found)
      }
    }
    self.init(suite: suite, size: size, checkedPages: openPages)
  }

  /// Continues a log of `size` leaves after a restart.
  /// - Parameters:
  ///   - tail: The leaf hashes from `firstOpenLeaf(size:)` on, from the stored records.
  ///   - pages: The full pages; at most 255 of each level are read and hashed once.
  /// - Throws: `LogFault` if the tail has the wrong length or a page cannot be read.
  public init<Source: LogPageSource>(
    suite: any CryptoSuite, size: UInt64, tail: [Digest], pages: Source
  ) throws(LogFault<Source.Fault>) {
    let expected = Self.openCount(size: size, level: 0)
    guard tail.count == expected else {
      throw .wrongOpenPage(level: 0, expected: expected, found: tail.count)
    }
    var openPages = size == 0 ? [] : [tail]
    for level in 1..<max(1, Self.levelCount(size: size)) {
      let first = Self.pageIndex(ofLeaf: size, level: level) << UInt64(LogPage.height)
      let count = UInt64(Self.openCount(size: size, level: level))
      var entries: [Digest] = []
      for index in first..<first + count {
        let page = try pages.fullPage(level: UInt8(level - 1), index: index)
        entries.append(suite.logSubtree(over: page[...]))
      }
      openPages.append(entries)
    }
    self.init(suite: suite, size: size, checkedPages: openPages)
  }

  private init(suite: any CryptoSuite, size: UInt64, checkedPages: [[Digest]]) {
    (self.suite, self.size, openPages, peaks) = (suite, size, checkedPages, [])
    for page in openPages.reversed() {
      var rest = page[...]
      while !rest.isEmpty {
        let width = 1 << (Int.bitWidth - 1 - rest.count.leadingZeroBitCount)
        peaks.append(suite.logSubtree(over: rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
    }
  }

  /// Appends leaf hashes (`CryptoSuite.logLeafHash`) in order.
  /// - Returns: The pages that became full, lower levels first where one filled another; the
  ///   caller keeps them, the log does not.
  public mutating func append(_ leafHashes: [Digest]) -> [LogPage] {
    var filled: [LogPage] = []
    for leaf in leafHashes { append(leaf, &filled) }
    return filled
  }

  /// The root over all leaves; the hash of the empty message if there are none.
  public var root: Digest {
    guard var root = peaks.last else { return suite.emptyLogRoot }
    for peak in peaks.dropLast().reversed() { root = suite.logNode(peak, root) }
    return root
  }

  /// Size and root together.
  public var head: LogHead { LogHead(size: size, root: root) }

  /// The first leaf whose page is not full in a log of `size` leaves.
  public static func firstOpenLeaf(size: UInt64) -> UInt64 {
    size & ~UInt64(LogPage.digestCount - 1)
  }

  private mutating func append(_ leaf: Digest, _ filled: inout [LogPage]) {
    var node = leaf
    var height = 0
    addEntry(node, level: 0, &filled)
    // As in binary addition, each peak of the same height is carried into one of double width.
    while size >> UInt64(height) & 1 == 1 {
      node = suite.logNode(peaks.removeLast(), node)
      height += 1
      if height.isMultiple(of: LogPage.height) {
        addEntry(node, level: height / LogPage.height, &filled)
      }
    }
    peaks.append(node)
    size += 1
  }

  private mutating func addEntry(_ entry: Digest, level: Int, _ filled: inout [LogPage]) {
    if level == openPages.count { openPages.append([]) }
    openPages[level].append(entry)
    guard openPages[level].count == LogPage.digestCount else { return }
    let index = Self.pageIndex(ofLeaf: size, level: level)
    filled.append(LogPage(level: UInt8(level), index: index, digests: openPages[level]))
    openPages[level] = []
  }

  /// Levels that have entries in a log of `size` leaves.
  private static func levelCount(size: UInt64) -> Int {
    (UInt64.bitWidth - size.leadingZeroBitCount + LogPage.height - 1) / LogPage.height
  }

  /// Entries in the page of `level` that is not full.
  private static func openCount(size: UInt64, level: Int) -> Int {
    Int(size >> UInt64(LogPage.height * level) & UInt64(LogPage.digestCount - 1))
  }

  /// The page of `level` that covers leaf `leaf`.
  static func pageIndex(ofLeaf leaf: UInt64, level: Int) -> UInt64 {
    leaf >> UInt64(LogPage.height * (level + 1))
  }
}

extension LogPageSource {
  /// The 256 digests of a page that must be full.
  func fullPage(level: UInt8, index: UInt64) throws(LogFault<Fault>) -> [Digest] {
    let digests: [Digest]?
    do { digests = try self.digests(level: level, index: index) } catch { throw .source(error) }
    guard let digests else { throw .missingPage(level: level, index: index) }
    guard digests.count == LogPage.digestCount else {
      throw .malformedPage(level: level, index: index)
    }
    return digests
  }
}
