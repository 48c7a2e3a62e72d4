internal import FoundationEssentials

extension Dialect {
  /// Most bytes of the JSON text of a dialect; a full table has about 4 KiB.
  public static let jsonBytesMax = 65_536

  /// Reads a dialect from a JSON text.
  ///
  /// ```json
  /// {
  ///   "name": "my-province",
  ///   "root": "Fapiao",
  ///   "caseSensitive": true,
  ///   "identifyingPaths": ["Head"],
  ///   "dateFormats": ["yyyy年MM月dd日"],
  ///   "payerTypes": {"person": ["1", "个人"], "unit": ["2", "单位"]},
  ///   "fields": {"code": ["Head/Code"], "issuer.code": ["Head/Hospital/@code"]},
  ///   "items": {"path": "Rows/Row", "fields": {"code": ["Code"], "name": ["Name"]}},
  ///   "auxiliaryItems": {"path": "Lines/Line", "fields": {"itemCode": ["RowCode"]}}
  /// }
  /// ```
  ///
  /// Every key above is needed. The keys of `fields` are the raw values of `Field`, those inside
  /// `items` and `auxiliaryItems` the raw values of `ItemField`; their values list paths as
  /// `Dialect` explains. Required are the fields whose `Field.isRequired` holds; `code`, `name` and
  /// `amount` of an item; `itemCode`, `name` and `amount` of an auxiliary item.
  /// - Throws: `DialectFault` for a text that is too long, of another form, or of no use.
  public static func load(json text: String) throws(DialectFault) -> Dialect {
    guard text.utf8.count <= jsonBytesMax else {
      throw .tooLarge(bytes: text.utf8.count, limit: jsonBytesMax)
    }
    let form: Form
    do {
      form = try JSONDecoder().decode(Form.self, from: Data(text.utf8))
    } catch {
      throw .malformedJSON(reason: String(describing: error))
    }
    return try Dialect(
      name: form.name, root: form.root, isCaseSensitive: form.caseSensitive,
      identifyingPaths: form.identifyingPaths, fields: known(form.fields),
      items: List(path: form.items.path, fields: known(form.items.fields)),
      auxiliaryItems: List(
        path: form.auxiliaryItems.path, fields: known(form.auxiliaryItems.fields)),
      dateFormats: form.dateFormats, payerTypes: known(form.payerTypes))
  }

  private struct Form: Decodable {
    let name: String
    let root: String
    let caseSensitive: Bool
    let identifyingPaths: [String]
    let dateFormats: [String]
    let payerTypes: [String: [String]]
    let fields: [String: [String]]
    let items: ListForm
    let auxiliaryItems: ListForm
  }

  private struct ListForm: Decodable {
    let path: String
    let fields: [String: [String]]
  }

  /// The table with its keys as values of an enum; in order, so that a fault is always the same.
  private static func known<Key: RawRepresentable<String> & Hashable>(
    _ table: [String: [String]]
  ) throws(DialectFault) -> [Key: [String]] {
    var result: [Key: [String]] = [:]
    for (name, paths) in table.sorted(by: { $0.key < $1.key }) {
      guard let key = Key(rawValue: name) else { throw .unknownField(name) }
      result[key] = paths
    }
    return result
  }
}
