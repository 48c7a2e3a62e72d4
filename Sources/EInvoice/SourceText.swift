/// The text of a file in UTF-8, and the encoding that it came in.
struct SourceText {
  /// Valid UTF-8 without a byte order mark, and without `<!DOCTYPE`.
  let bytes: [UInt8]
  let encodingName: String

  /// Decodes a file by its byte order mark and its declaration.
  ///
  /// libxml2 could decode too, but a wrong declaration would then pass unseen where the bytes
  /// happen to fit; here both the bytes and the declaration have a say.
  init(_ file: [UInt8]) throws(InvoiceFault) {
    if let wide = Self.wideEncoding(of: file) { throw .unsupportedEncoding(name: wide) }
    let hasMark = file.starts(with: [0xEF, 0xBB, 0xBF])
    let body = hasMark ? Array(file.dropFirst(3)) : file
    let declared = Self.declaredEncoding(of: body)
    switch declared?.uppercased() {
    case nil, "UTF-8", "UTF8":
      try Self.checkUTF8(body)
      bytes = body
      encodingName = "UTF-8"
    case let name? where Self.chineseEncodings.contains { $0.declared == name }:
      guard !hasMark else {
        throw .wrongEncoding(declared: name, reason: "it begins with the mark of UTF-8")
      }
      bytes = try Self.decode(body, declared: name)
      encodingName = name
    case let name?: throw .unsupportedEncoding(name: name)
    }
    if let offset = bytes.offset(of: "<!DOCTYPE") { throw .doctypeRefused(offset: offset) }
  }

  /// The names that a declaration may use, and how each is decoded: files that declare GB2312 in
  /// practice use all of GBK.
  private static let chineseEncodings: [(declared: String, decodedAs: String)] = [
    ("GBK", "GBK"), ("GB2312", "GBK"), ("CP936", "GBK"), ("GB18030", "GB18030"),
  ]

  /// UTF-16 and UTF-32, told by their mark or by the zero bytes around `<`.
  private static func wideEncoding(of file: [UInt8]) -> String? {
    let start = Array(file.prefix(4))
    switch start {
    case [0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF], [0x3C, 0, 0, 0], [0, 0, 0, 0x3C]: return "UTF-32"
    default: break
    }
    switch Array(start.prefix(2)) {
    case [0xFF, 0xFE], [0xFE, 0xFF], [0x3C, 0], [0, 0x3C]: return "UTF-16"
    default: return nil
    }
  }

  /// The encoding in `<?xml … encoding="…"?>`, or `nil` where there is none. Whether the
  /// declaration is well-formed is for libxml2 to say.
  private static func declaredEncoding(of body: [UInt8]) -> String? {
    let longestDeclaration = 256
    let head = Array(body.prefix(longestDeclaration))
    guard head.starts(with: "<?xml".utf8), let end = head.offset(of: "?>"),
      let key = head[..<end].offset(of: "encoding")
    else { return nil }
    let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
    let rest = head[(key + "encoding".utf8.count)..<end]
    guard let open = rest.firstIndex(where: { quotes.contains($0) }),
      let close = rest[(open + 1)...].firstIndex(of: rest[open])
    else { return nil }
    return String(decoding: rest[(open + 1)..<close], as: UTF8.self)
  }

  private static func checkUTF8(_ body: [UInt8]) throws(InvoiceFault) {
    do {
      _ = try UTF8Span(validating: body.span)
    } catch {
      if error.byteOffsets.upperBound == body.count, error.kind == .truncatedScalar {
        throw .truncated(bytes: body.count)
      }
      throw .wrongEncoding(
        declared: "UTF-8", reason: "byte \(error.byteOffsets.lowerBound) is not UTF-8")
    }
  }

  private static func decode(_ body: [UInt8], declared: String) throws(InvoiceFault) -> [UInt8] {
    // Real GBK text is practically never valid UTF-8 with Chinese characters in it.
    if let text = String(validating: body, as: UTF8.self),
      text.unicodeScalars.contains(where: { 0x4E00...0x9FFF ~= $0.value })
    {
      throw .wrongEncoding(declared: declared, reason: "its Chinese characters are UTF-8")
    }
    let name = chineseEncodings.first { $0.declared == declared }?.decodedAs ?? declared
    guard let decoder = TextDecoder(from: name) else { throw .unsupportedEncoding(name: name) }
    switch decoder.decode(body) {
    case .text(let text): return text
    case .incomplete: throw .truncated(bytes: body.count)
    case .invalid(let offset):
      throw .wrongEncoding(declared: declared, reason: "byte \(offset) is not \(declared)")
    }
  }
}
