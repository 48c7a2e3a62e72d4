extension BidirectionalCollection where Element == UInt8 {
  /// Where a text first occurs.
  func offset(of text: String) -> Index? {
    guard let first = text.utf8.first else { return startIndex }
    var rest = self[...]
    while let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: text.utf8) { return start }
      rest = rest[index(after: start)...]
    }
    return nil
  }

  /// Without the white space of XML at both ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isXMLSpace }),
      let last = lastIndex(where: { !$0.isXMLSpace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}

extension UInt8 {
  /// Space, tab, carriage return or line feed.
  var isXMLSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }
}
