import Cryptography
import Merkle

/// Full pages as a node keeps them: encoded, under their keys.
struct PageStore: LogPageSource {
  private var pages: [[UInt8]: [UInt8]] = [:]
  var count: Int { pages.count }

  mutating func put(_ filled: [LogPage]) {
    for page in filled {
      pages[LogPage.key(level: page.level, index: page.index)] = page.encoded
    }
  }

  mutating func tear(level: UInt8, index: UInt64) {
    pages[LogPage.key(level: level, index: index)]?.removeLast()
  }

  func digests(level: UInt8, index: UInt64) throws(MerkleDecodingFault) -> [Digest]? {
    guard let bytes = pages[LogPage.key(level: level, index: index)] else { return nil }
    let page = try LogPage(decoding: bytes)
    return page.level == level && page.index == index ? page.digests : nil
  }
}

/// A page source that always answers the same.
struct FixedPages: LogPageSource {
  let answer: [Digest]?

  func digests(level: UInt8, index: UInt64) throws(Never) -> [Digest]? { answer }
}
