internal import CLibXML2

/// Keeps the first error of a reader. A class, because libxml2 holds on to its address.
final class ErrorLog {
  struct Entry {
    enum Kind: Equatable {
      case unknownEntity(String)
      /// The document ended where more was due.
      case end
      case other
    }

    let kind: Kind
    let line: Int
    let column: Int
    let reason: String
    /// Whether the root element had ended before.
    let isAfterRoot: Bool
  }

  private(set) var first: Entry?

  /// Later errors follow from the first, and warnings harm nobody.
  func record(_ error: xmlError) {
    guard first == nil, error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
    first = Entry(
      kind: Self.kind(of: error), line: Int(error.line), column: Int(error.int2),
      reason: Self.text(error.message) ?? "unknown error",
      isAfterRoot: error.ctxt?.assumingMemoryBound(to: xmlParserCtxt.self).pointee.instate
        == XML_PARSER_EPILOG)
  }

  private static func kind(of error: xmlError) -> Entry.Kind {
    switch xmlParserErrors(UInt32(bitPattern: error.code)) {
    case XML_ERR_UNDECLARED_ENTITY, XML_WAR_UNDECLARED_ENTITY:
      .unknownEntity(text(error.str1) ?? "?")
    case XML_ERR_DOCUMENT_EMPTY, XML_ERR_DOCUMENT_END, XML_ERR_TAG_NOT_FINISHED: .end
    default: .other
    }
  }

  /// The words of a message: libxml2 ends it with a line feed, and may quote much of the document.
  private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    let longest = 200
    return pointer.map { pointer in
      String(decoding: Array(String(cString: pointer).utf8.prefix(longest)).trimmed, as: UTF8.self)
    }
  }
}
