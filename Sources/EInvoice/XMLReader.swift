internal import CLibXML2

/// Owns one libxml2 reader over bytes in memory.
///
/// The reader loads nothing, resolves no entity, includes no file and prints nothing. Each reader
/// is used by one thread; several may work at once.
struct XMLReader: ~Copyable {
  enum Event {
    case start(name: String, attributes: [Attribute], isEmpty: Bool)
    case text(String)
    case end
  }

  struct Attribute {
    let name: String
    let value: String
  }

  private let reader: xmlTextReaderPtr
  private let errors: ErrorLog
  private let bytesCount: Int
  private let lastByte: UInt8?
  private let limits: InvoiceParser.Limits

  /// Starts at the first byte of valid UTF-8. The bytes must outlive the reader.
  init(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: InvoiceParser.Limits
  ) throws(InvoiceFault) {
    _ = Self.library
    let options =
      XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
      | XML_PARSE_NOCDATA.rawValue | XML_PARSE_IGNORE_ENC.rawValue
    let opened = bytes.withMemoryRebound(to: CChar.self) { bytes in
      xmlReaderForMemory(
        bytes.baseAddress, Int32(clamping: bytes.count), nil, "UTF-8", Int32(options))
    }
    guard let opened else { throw .malformed(line: 1, column: 1, reason: "it cannot be read") }
    reader = opened
    errors = ErrorLog()
    bytesCount = bytes.count
    lastByte = bytes.last { !$0.isXMLSpace }
    self.limits = limits
    xmlTextReaderSetStructuredErrorHandler(
      reader,
      { log, error in
        guard let log, let error else { return }
        Unmanaged<ErrorLog>.fromOpaque(log).takeUnretainedValue().record(error.pointee)
      }, Unmanaged.passUnretained(errors).toOpaque())
  }

  deinit {
    xmlFreeTextReader(reader)
  }

  /// The next event, or `nil` at the end of a well-formed document.
  func next() throws(InvoiceFault) -> Event? {
    while true {
      let result = xmlTextReaderRead(reader)
      if let error = errors.first { throw fault(of: error) }
      switch result {
      case 1: if let event = try currentEvent() { return event }
      case 0: return nil
      default: throw .malformed(line: 1, column: 1, reason: "it cannot be read")
      }
    }
  }

  /// The event at the reader's place, or `nil` for white space and comments.
  private func currentEvent() throws(InvoiceFault) -> Event? {
    switch xmlReaderTypes(UInt32(bitPattern: xmlTextReaderNodeType(reader))) {
    case XML_READER_TYPE_ELEMENT:
      return try start()
    case XML_READER_TYPE_END_ELEMENT:
      return .end
    case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA:
      return .text(try text(xmlTextReaderConstValue(reader), of: "text", limit: limits.fieldBytes))
    case XML_READER_TYPE_WHITESPACE, XML_READER_TYPE_SIGNIFICANT_WHITESPACE,
      XML_READER_TYPE_COMMENT:
      return nil
    case XML_READER_TYPE_PROCESSING_INSTRUCTION:
      let target = try text(xmlTextReaderConstName(reader), of: "name", limit: limits.nameBytes)
      throw .externalReferenceRefused(what: "the processing instruction “\(target)”")
    case XML_READER_TYPE_ENTITY_REFERENCE:
      throw .entityRefused(
        name: try text(xmlTextReaderConstName(reader), of: "name", limit: limits.nameBytes))
    case XML_READER_TYPE_DOCUMENT_TYPE:
      throw .doctypeRefused(offset: 0)
    default:
      throw .malformed(line: 1, column: 1, reason: "it has a node of an unexpected kind")
    }
  }

  private func start() throws(InvoiceFault) -> Event {
    let name = try text(xmlTextReaderConstLocalName(reader), of: "name", limit: limits.nameBytes)
    if let namespace = xmlTextReaderConstNamespaceUri(reader),
      String(cString: namespace).hasSuffix("/XInclude")
    {
      throw .externalReferenceRefused(what: "the inclusion element “\(name)”")
    }
    let isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
    var attributes: [Attribute] = []
    while xmlTextReaderMoveToNextAttribute(reader) == 1 {
      let key = try text(xmlTextReaderConstName(reader), of: "name", limit: limits.nameBytes)
      let value = try text(
        xmlTextReaderConstValue(reader), of: "\(name)/@\(key)", limit: limits.fieldBytes)
      attributes.append(Attribute(name: key, value: value))
    }
    return .start(name: name, attributes: attributes, isEmpty: isEmpty)
  }

  /// Copies a text of libxml2's, once its length is known to be within the limit.
  private func text(
    _ pointer: UnsafePointer<xmlChar>?, of field: String, limit: Int
  ) throws(InvoiceFault) -> String {
    guard let pointer else { return "" }
    let length = Int(xmlStrlen(pointer))
    guard length <= limit else {
      throw .fieldTooLong(field: field, length: length, limit: limit)
    }
    return String(decoding: UnsafeBufferPointer(start: pointer, count: length), as: UTF8.self)
  }

  /// A document ends with `>`; one that does not was cut, wherever libxml2 noticed.
  private func fault(of error: ErrorLog.Entry) -> InvoiceFault {
    if case .unknownEntity(let name) = error.kind { return .entityRefused(name: name) }
    let isCut = error.kind == .end || lastByte != UInt8(ascii: ">")
    return isCut && !error.isAfterRoot
      ? .truncated(bytes: bytesCount)
      : .malformed(line: error.line, column: error.column, reason: error.reason)
  }

  /// libxml2 must be set up once, before threads use it; a static constant is set up once.
  private static let library: Void = xmlInitParser()
}
