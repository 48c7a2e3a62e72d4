/// Reads e-invoices of any dialect that it was given.
///
/// A parser is a value without state of its own; several threads may use one at once.
public struct InvoiceParser: Sendable {
  private let dialects: [CompiledDialect]
  private let limits: Limits

  /// Takes the dialects in the order in which they are tried.
  public init(dialects: [Dialect] = Dialect.builtIn, limits: Limits = .default) {
    self.dialects = dialects.map { CompiledDialect($0) }
    self.limits = limits
  }

  /// Reads one file: UTF-8 with or without a mark, or GBK, GB2312 or GB18030 as it declares.
  ///
  /// The file is decoded, read as XML without anything outside it, matched with a dialect, and its
  /// amounts are checked: items sum to the total, a breakdown to its item, a settlement to the
  /// total; red is negative and names its blue.
  /// - Throws: The first fault found; nothing of a faulty file is returned.
  public func parse(_ bytes: [UInt8]) throws(InvoiceFault) -> Invoice {
    guard bytes.count <= limits.bytes else {
      throw .tooLarge(bytes: bytes.count, limit: limits.bytes)
    }
    let source = try SourceText(bytes)
    let document = try Document(source.bytes, limits: limits)
    var fields = try fields(of: document)
    let invoice = try Invoice(reading: &fields, encodingName: source.encodingName)
    try invoice.checkRules()
    return invoice
  }

  /// The document as the first dialect that matches reads it.
  private func fields(of document: Document) throws(InvoiceFault) -> FieldReader {
    for dialect in dialects {
      if let view = dialect.view(of: document) { return FieldReader(view, dialect) }
    }
    let pathsShown = 8
    throw .unknownDialect(root: document.nodes[0].name, paths: document.firstPaths(pathsShown))
  }
}
