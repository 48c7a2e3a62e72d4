/// Takes fields out of a document by a dialect, and remembers what was taken.
struct FieldReader {
  let document: Document
  let dialect: CompiledDialect
  private var used: [Bool]

  init(_ document: Document, _ dialect: CompiledDialect) {
    self.document = document
    self.dialect = dialect
    used = Array(repeating: false, count: document.nodes.count)
  }

  /// What no field took, in order.
  var others: [Invoice.OtherField] { document.others(than: used) }

  // A field that occurs once.

  mutating func text(_ field: Dialect.Field) throws(InvoiceFault) -> String? {
    try text(at: dialect.fields[field], below: 0, named: field.rawValue)
  }

  mutating func required(_ field: Dialect.Field) throws(InvoiceFault) -> String {
    if let text = try text(field) { return text }
    throw .missing(field: field.rawValue, paths: dialect.fields[field]?.paths ?? [])
  }

  mutating func amount(_ field: Dialect.Field) throws(InvoiceFault) -> Fen? {
    guard let text = try text(field) else { return nil }
    return try Self.amount(text, named: field.rawValue)
  }

  mutating func requiredAmount(_ field: Dialect.Field) throws(InvoiceFault) -> Fen {
    try Self.amount(required(field), named: field.rawValue)
  }

  mutating func requiredCode(_ field: Dialect.Field) throws(InvoiceFault) -> String {
    let text = try required(field)
    guard CodeRule.rule(for: field.rawValue).accepts(text) else {
      throw .malformedCode(field: field.rawValue, value: text)
    }
    return text
  }

  mutating func requiredDate(
    _ field: Dialect.Field
  ) throws(InvoiceFault) -> (date: IssueDate, time: String?) {
    let text = try required(field)
    for format in dialect.dateFormats {
      if let read = format.read(text) { return read }
    }
    throw .malformedDate(
      field: field.rawValue, value: text, formats: dialect.dialect.dateFormats)
  }

  // A field of an element that repeats.

  /// The elements of a list with the names that faults give them, such as `items[2]`.
  func elements(of list: CompiledDialect.List, named name: String) -> [Element] {
    document.nodes(at: list.path, below: 0).enumerated().map { position, node in
      Element(list: list, node: node, name: "\(name)[\(position + 1)]")
    }
  }

  struct Element {
    let list: CompiledDialect.List
    let node: Int
    let name: String

    func name(of field: Dialect.ItemField) -> String { "\(name).\(field.rawValue)" }
  }

  mutating func text(
    _ field: Dialect.ItemField, of element: Element
  ) throws(InvoiceFault) -> String? {
    try text(
      at: element.list.fields[field], below: element.node, named: element.name(of: field))
  }

  mutating func required(
    _ field: Dialect.ItemField, of element: Element
  ) throws(InvoiceFault) -> String {
    if let text = try text(field, of: element) { return text }
    throw .missing(
      field: element.name(of: field),
      paths: (element.list.fields[field]?.paths ?? []).map { "\(element.list.writtenPath)/\($0)" })
  }

  mutating func requiredAmount(
    _ field: Dialect.ItemField, of element: Element
  ) throws(InvoiceFault) -> Fen {
    try Self.amount(required(field, of: element), named: element.name(of: field))
  }

  /// A quantity or price, as written: it may have more decimals than money has.
  mutating func number(
    _ field: Dialect.ItemField, of element: Element
  ) throws(InvoiceFault) -> String? {
    guard let text = try text(field, of: element) else { return nil }
    guard Self.isNumber(text) else {
      throw .malformedNumber(field: element.name(of: field), value: text)
    }
    return text
  }

  // Steps.

  /// The text at one of the places; `nil` where it is absent or empty everywhere.
  private mutating func text(
    at places: CompiledDialect.Places?, below start: Int, named field: @autoclosure () -> String
  ) throws(InvoiceFault) -> String? {
    var found: String?
    for path in places?.compiled ?? [] {
      let nodes = document.nodes(at: path, below: start)
      if nodes.count > 1 {
        throw .duplicateField(field: field(), values: nodes.prefix(2).map(document.text))
      }
      guard let node = nodes.first else { continue }
      guard !document.nodes[node].hasElements else {
        throw .notPlainText(field: field(), path: path.parts.joined(separator: "/"))
      }
      let text = document.text(of: node)
      guard !text.isEmpty else { continue }
      if let found {
        throw .duplicateField(field: field(), values: [found, text])
      }
      used[node] = true
      found = text
    }
    return found
  }

  private static func amount(_ text: String, named field: String) throws(InvoiceFault) -> Fen {
    guard let amount = Fen(yuan: text) else { throw .malformedAmount(field: field, value: text) }
    return amount
  }

  /// An optional minus, at most 15 digits, and optionally a point with one to six decimals.
  private static func isNumber(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
    guard text.utf8.count - digits.count <= 1 else { return false }
    let parts = digits.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let decimalsMax = 6
    return parts.allSatisfy { part in
      !part.isEmpty && part.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    } && parts.reduce(0) { $0 + $1.count } <= Fen.digitsMax
      && (parts.count == 1 || parts[1].count <= decimalsMax)
  }
}
