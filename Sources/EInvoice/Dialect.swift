/// How one family of e-invoices is written, as data: a parser knows fields, a dialect paths.
///
/// A path is element names from below the root, joined by `/`; the last part may be an attribute,
/// such as `Header/@version`. Prefixes of XML namespaces are no part of names.
public struct Dialect: Sendable, Hashable {
  /// What `Invoice.dialectName` reports.
  public let name: String
  /// The name of the root element.
  public let root: String
  /// Whether names are compared with case; without, only ASCII letters fold.
  public let isCaseSensitive: Bool
  /// Paths that must all exist for this dialect to match, besides the root and at least one of the
  /// required fields.
  public let identifyingPaths: [String]
  /// For each field the paths where it may be; a document may use one of them.
  public let fields: [Field: [String]]
  /// Where items are.
  public let items: List
  /// Where the lines of the breakdown are.
  public let auxiliaryItems: List
  /// Ways to write a date: `y M d H m s` stand for one digit each, anything else for itself, such
  /// as `yyyyMMdd` or `yyyy-MM-ddTHH:mm:ss`.
  public let dateFormats: [String]
  /// The texts that mean each type of payer.
  public let payerTypes: [Invoice.PayerType: [String]]

  /// Elements that repeat, and the fields in each.
  public struct List: Sendable, Hashable {
    /// The path of the repeated element.
    public let path: String
    /// For each field the paths from the repeated element.
    public let fields: [ItemField: [String]]

    /// Takes a list as it is.
    public init(path: String, fields: [ItemField: [String]]) {
      self.path = path
      self.fields = fields
    }
  }

  /// Takes a dialect and checks that it can read an invoice.
  /// - Throws: `DialectFault` for a required field without a path, an empty path or name, a date
  ///   format without year, month and day, or a type of payer that no text means.
  public init(
    name: String, root: String, isCaseSensitive: Bool, identifyingPaths: [String],
    fields: [Field: [String]], items: List, auxiliaryItems: List, dateFormats: [String],
    payerTypes: [Invoice.PayerType: [String]]
  ) throws(DialectFault) {
    self.init(
      unchecked: name, root: root, isCaseSensitive: isCaseSensitive,
      identifyingPaths: identifyingPaths, fields: fields, items: items,
      auxiliaryItems: auxiliaryItems, dateFormats: dateFormats, payerTypes: payerTypes)
    try check()
  }

  /// For the built-in dialects, which the tests check.
  init(
    unchecked name: String, root: String, isCaseSensitive: Bool, identifyingPaths: [String],
    fields: [Field: [String]], items: List, auxiliaryItems: List, dateFormats: [String],
    payerTypes: [Invoice.PayerType: [String]]
  ) {
    self.name = name
    self.root = root
    self.isCaseSensitive = isCaseSensitive
    self.identifyingPaths = identifyingPaths
    self.fields = fields
    self.items = items
    self.auxiliaryItems = auxiliaryItems
    self.dateFormats = dateFormats
    self.payerTypes = payerTypes
  }

  func check() throws(DialectFault) {
    guard !name.isEmpty else { throw .empty("name") }
    guard !root.isEmpty else { throw .empty("root") }
    try Self.check(identifyingPaths, named: "identifyingPaths")
    for field in Field.allCases {
      try Self.check(fields[field] ?? [], named: field.rawValue)
      guard !field.isRequired || fields[field]?.isEmpty == false else {
        throw .missingField(field.rawValue)
      }
    }
    try Self.check(items, named: "items", required: ItemField.requiredOfItem)
    try Self.check(
      auxiliaryItems, named: "auxiliaryItems", required: ItemField.requiredOfAuxiliaryItem)
    guard !dateFormats.isEmpty else { throw .empty("dateFormats") }
    for format in dateFormats where DateFormat(format) == nil {
      throw .malformedDateFormat(format)
    }
    for type in Invoice.PayerType.allCases where payerTypes[type]?.isEmpty != false {
      throw .empty("payerTypes.\(type.rawValue)")
    }
  }

  private static func check(
    _ list: List, named name: String, required: [ItemField]
  ) throws(DialectFault) {
    try check([list.path], named: "\(name).path")
    for field in ItemField.allCases {
      let paths = list.fields[field] ?? []
      try check(paths, named: "\(name).\(field.rawValue)")
      guard !paths.isEmpty || !required.contains(field) else {
        throw .missingField("\(name).\(field.rawValue)")
      }
    }
  }

  private static func check(_ paths: [String], named name: String) throws(DialectFault) {
    for path in paths {
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty }) else { throw .empty("a part of a path of \(name)") }
    }
  }
}
