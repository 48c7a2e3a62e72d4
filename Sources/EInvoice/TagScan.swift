/// A look at the raw tags before libxml2 sees them.
///
/// libxml2 compares each attribute of an element with each other one before anybody can stop it:
/// a megabyte of attributes in one tag would keep it busy for a minute.
enum TagScan {
  /// Refuses an element with more attributes than the limit. Where the text is not well-formed, the
  /// scan ends or goes on as it pleases; libxml2 refuses the text all the same.
  static func check(_ bytes: [UInt8], attributesMax: Int) throws(InvoiceFault) {
    var rest = bytes[...]
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      rest = rest[start...]
      switch rest.dropFirst().first {
      case UInt8(ascii: "!") where rest.starts(with: "<!--".utf8):
        rest = skip(rest.dropFirst(4), past: "-->")
      case UInt8(ascii: "!") where rest.starts(with: "<![CDATA[".utf8):
        rest = skip(rest.dropFirst(9), past: "]]>")
      case UInt8(ascii: "?"):
        rest = skip(rest.dropFirst(2), past: "?>")
      default:
        rest = try skipTag(rest, attributesMax: attributesMax)
      }
    }
  }

  private static func skip(_ bytes: ArraySlice<UInt8>, past end: String) -> ArraySlice<UInt8> {
    bytes.offset(of: end).map { bytes[($0 + end.utf8.count)...] } ?? []
  }

  /// Counts the quoted values of a tag; inside quotes, `>` does not end it.
  private static func skipTag(
    _ bytes: ArraySlice<UInt8>, attributesMax: Int
  ) throws(InvoiceFault) -> ArraySlice<UInt8> {
    var quote: UInt8?
    var attributes = 0
    for index in bytes.indices {
      switch (bytes[index], quote) {
      case (let byte, let open?):
        if byte == open { quote = nil }
      case (UInt8(ascii: "\""), nil), (UInt8(ascii: "'"), nil):
        attributes += 1
        guard attributes <= attributesMax else { throw .tooManyAttributes(limit: attributesMax) }
        quote = bytes[index]
      case (UInt8(ascii: ">"), nil):
        return bytes[(index + 1)...]
      default:
        break
      }
    }
    return []
  }
}
