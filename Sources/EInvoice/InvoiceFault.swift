/// Why a file is no invoice that the ledger can take.
///
/// `field` in a case is the raw value of a `Dialect.Field`, or `items[2].amount` and the like for a
/// field of a list, counted from 1; for elements that belong to no field it is their path.
public enum InvoiceFault: Error, Hashable, Sendable {
  // The file.
  /// The file is longer than `Limits.bytes`.
  case tooLarge(bytes: Int, limit: Int)
  /// The file ends before its root element does.
  case truncated(bytes: Int)
  /// The file is not well-formed XML. Line and column count from 1; the column is approximate.
  case malformed(line: Int, column: Int, reason: String)
  /// The bytes are not in the encoding that the file declares, or UTF-8 where it declares none.
  case wrongEncoding(declared: String, reason: String)
  /// The file is in an encoding other than UTF-8, GBK, GB2312 and GB18030.
  case unsupportedEncoding(name: String)

  // What an invoice never needs and an attacker does.
  /// The file has a document type declaration.
  case doctypeRefused(offset: Int)
  /// The file uses an entity other than the five of XML.
  case entityRefused(name: String)
  /// The file has a processing instruction or an inclusion, which may refer to other files.
  case externalReferenceRefused(what: String)
  /// Elements are nested deeper than `Limits.depth`.
  case tooDeep(element: String, limit: Int)
  /// The file has more elements and attributes than `Limits.elements`.
  case tooManyElements(limit: Int)
  /// An element has more attributes than `Limits.attributes`.
  case tooManyAttributes(limit: Int)
  /// A text or name is longer than `Limits.fieldBytes` or `Limits.nameBytes`.
  case fieldTooLong(field: String, length: Int, limit: Int)

  // The shape.
  /// No dialect matches; `paths` lists the first elements found.
  case unknownDialect(root: String, paths: [String])
  /// A required field is absent or empty at each of its `paths`.
  case missing(field: String, paths: [String])
  /// A field occurs more than once; `values` are the first two texts.
  case duplicateField(field: String, values: [String])
  /// A field has elements inside where it should have a text.
  case notPlainText(field: String, path: String)
  /// An amount is not an optional minus, at most 15 digits and optionally one or two decimals.
  case malformedAmount(field: String, value: String)
  /// A quantity or price is not a decimal number of at most 15 digits.
  case malformedNumber(field: String, value: String)
  /// A date has none of the dialect's `formats`, or is no day of the calendar.
  case malformedDate(field: String, value: String, formats: [String])
  /// A code is not 1 to 32 ASCII letters or digits, or an identifier is not 1 to 64 printable ASCII
  /// characters without spaces.
  case malformedCode(field: String, value: String)
  /// The type of the payer is none of the `known` texts.
  case unknownPayerType(value: String, known: [String])

  // The rules.
  /// The items do not sum to the total.
  case itemsDoNotSum(sum: Fen, total: Fen)
  /// The lines of an item's breakdown do not sum to the item.
  case auxiliaryItemsDoNotSum(itemCode: String, sum: Fen, amount: Fen)
  /// A line of the breakdown belongs to an item that the invoice does not have.
  case auxiliaryItemWithoutItem(itemCode: String)
  /// What the funds, the account, the patient and others paid does not sum to the total.
  case settlementDoesNotSum(sum: Fen, total: Fen)
  /// A sum does not fit in 64 bits of fen.
  case sumOverflows(field: String)
  /// An invoice that reverses none has a total of zero.
  case blueNotPositive(total: Fen)
  /// An invoice that reverses another has a total that is not negative.
  case redNotNegative(total: Fen)
  /// The total is negative and no blue invoice is named.
  case redWithoutBlue(total: Fen)
}
