/// A dialect with its paths taken apart and its date formats checked, once for all invoices.
struct CompiledDialect: Sendable {
  /// The places where one field may be.
  struct Places: Sendable {
    /// The paths as the dialect writes them.
    let paths: [String]
    let compiled: [Document.Path]
  }

  struct List: Sendable {
    let path: Document.Path
    let writtenPath: String
    let fields: [Dialect.ItemField: Places]
  }

  let dialect: Dialect
  let fields: [Dialect.Field: Places]
  let items: List
  let auxiliaryItems: List
  let dateFormats: [DateFormat]
  private let rootKey: String
  private let identifying: [Document.Path]

  init(_ dialect: Dialect) {
    func path(_ path: String) -> Document.Path {
      Document.Path(path, isCaseSensitive: dialect.isCaseSensitive)
    }
    func places(_ paths: [String]) -> Places {
      Places(paths: paths, compiled: paths.map(path))
    }
    func list(_ list: Dialect.List) -> List {
      List(
        path: path(list.path), writtenPath: list.path, fields: list.fields.mapValues(places))
    }
    self.dialect = dialect
    rootKey = dialect.isCaseSensitive ? dialect.root : Document.folded(dialect.root)
    fields = dialect.fields.mapValues(places)
    items = list(dialect.items)
    auxiliaryItems = list(dialect.auxiliaryItems)
    dateFormats = dialect.dateFormats.compactMap { DateFormat($0) }
    identifying = dialect.identifyingPaths.map(path)
  }

  /// The document with its names as this dialect compares them, where the dialect matches.
  func view(of document: Document) -> Document? {
    let view = dialect.isCaseSensitive ? document : document.folded
    return matches(view) ? view : nil
  }

  /// Whether the root, the identifying paths and at least one required field are there.
  private func matches(_ document: Document) -> Bool {
    guard document.nodes[0].key == rootKey,
      identifying.allSatisfy({ !document.nodes(at: $0, below: 0).isEmpty })
    else { return false }
    return Dialect.Field.allCases.contains { field in
      field.isRequired
        && fields[field]?.compiled.contains { !document.nodes(at: $0, below: 0).isEmpty } == true
    }
  }
}
