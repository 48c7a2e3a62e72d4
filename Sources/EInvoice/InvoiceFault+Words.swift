extension InvoiceFault: CustomStringConvertible {
  /// One English sentence for people; long values are cut.
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let limit):
      "The file has \(bytes) bytes; an invoice has at most \(limit)."
    case .truncated(let bytes):
      "The file ends after \(bytes) bytes, before the end of its root element."
    case .malformed(let line, let column, let reason):
      "The file is not well-formed XML at line \(line), column \(column): \(reason)."
    case .wrongEncoding(let declared, let reason): "The file is not \(declared): \(reason)."
    case .unsupportedEncoding(let name): "The encoding \(Self.clipped(name)) is not supported."
    case .doctypeRefused(let offset):
      "The file has a document type declaration at byte \(offset), which no invoice has."
    case .entityRefused(let name):
      "The file uses the entity “\(Self.clipped(name))”, which no invoice has."
    case .externalReferenceRefused(let what):
      "The file has \(Self.clipped(what)), which may refer to other files."
    case .tooDeep(let element, let limit):
      "The element \(Self.clipped(element)) is nested deeper than \(limit) elements."
    case .tooManyElements(let limit):
      "The file has more than \(limit) elements and attributes."
    case .tooManyAttributes(let limit):
      "An element of the file has more than \(limit) attributes."
    case .fieldTooLong(let field, let length, let limit):
      "\(Self.label(field)) has at least \(length) bytes; at most \(limit) are read."
    case .unknownDialect(let root, _):
      "No known dialect has the root \(Self.clipped(root)) with these elements: "
        + "\(Self.clipped(value, to: 400))."
    case .missing(let field, _): "\(Self.label(field)) is missing: \(value)."
    case .duplicateField(let field, _):
      "\(Self.label(field)) occurs more than once: \(Self.clipped(value))."
    case .notPlainText(let field, let path):
      "\(Self.label(field)) has elements inside \(path) where a text belongs."
    case .malformedAmount(let field, let value):
      "\(Self.label(field)) is not an amount in yuan: “\(Self.clipped(value))”."
    case .malformedNumber(let field, let value):
      "\(Self.label(field)) is not a decimal number: “\(Self.clipped(value))”."
    case .malformedDate(let field, let value, _):
      "\(Self.label(field)) is not a date: “\(Self.clipped(value))”."
    case .malformedCode(let field, let value):
      "\(Self.label(field)) is not a code: “\(Self.clipped(value))”."
    case .unknownPayerType(let value, _):
      "\(Self.label(field)) is neither a person nor a unit: “\(Self.clipped(value))”."
    case .itemsDoNotSum(let sum, let total):
      "The items (收费项目) sum to \(sum), but the total is \(total)."
    case .auxiliaryItemsDoNotSum(let itemCode, let sum, let amount):
      "The breakdown (收费明细) of item \(Self.clipped(itemCode)) sums to \(sum), "
        + "but the item is \(amount)."
    case .auxiliaryItemWithoutItem(let itemCode):
      "The breakdown (收费明细) names the item \(Self.clipped(itemCode)), which the invoice lacks."
    case .settlementDoesNotSum(let sum, let total):
      "The settlement (医保结算) sums to \(sum), but the total is \(total)."
    case .sumOverflows(let field): "The sum of \(field) is too large to be an amount."
    case .blueNotPositive(let total):
      "An invoice that reverses none needs a total above zero, not \(total)."
    case .redNotNegative(let total):
      "A red invoice (红票) needs a total below zero, not \(total)."
    case .redWithoutBlue(let total):
      "The total \(total) is negative, but no blue invoice (相关票据) is named."
    }
  }

  /// What a person can do about it, in one English sentence.
  public var remedy: String {
    switch self {
    case .tooLarge: "Check that the file is one invoice, without images or attachments."
    case .truncated: "Fetch the file again from where it was issued; its end is missing."
    case .malformed: "Fetch the file again, or ask its issuer for a well-formed one."
    case .wrongEncoding:
      "Correct the encoding in the first line, or convert the file to the encoding it declares."
    case .unsupportedEncoding: "Convert the file to UTF-8 or GB18030 and declare that encoding."
    case .doctypeRefused: "Remove the <!DOCTYPE …> declaration; do not trust where it came from."
    case .entityRefused:
      "Write the text itself in place of the entity; only amp, lt, gt, quot and apos are allowed."
    case .externalReferenceRefused:
      "Remove the processing instruction or inclusion; an invoice is one file."
    case .tooDeep: "Check that the file is an invoice; none is nested so deeply."
    case .tooManyElements: "Check that the file is one invoice and not a batch."
    case .tooManyAttributes: "Check that the file is an invoice; none has so many attributes."
    case .fieldTooLong(_, _, let limit): "Shorten it to at most \(limit) bytes of UTF-8."
    case .unknownDialect: "Load a dialect that describes these elements, or check the file."
    case .missing(let field, let paths):
      "Ask the issuer for an invoice with \(field), expected at \(paths.joined(separator: " or "))."
    case .duplicateField(let field, _): "Ask the issuer for an invoice that has \(field) once."
    case .notPlainText(let field, _): "Write \(field) as a text without elements inside."
    case .malformedAmount:
      "Write yuan as digits with at most two decimals and at most \(Fen.digitsMax) digits, "
        + "such as 12.50."
    case .malformedNumber: "Write digits with at most six decimals, such as 2 or 0.5."
    case .malformedDate(_, _, let formats):
      "Write a day of the calendar as \(formats.joined(separator: ", "))."
    case .malformedCode(let field, _):
      CodeRule.rule(for: field) == .code
        ? "Write 1 to \(CodeRule.code.lengthMax) letters A–Z, a–z or digits."
        : "Write 1 to \(CodeRule.identifier.lengthMax) printable ASCII characters without spaces."
    case .unknownPayerType(_, let known): "Write one of: \(known.joined(separator: ", "))."
    case .itemsDoNotSum: "Ask the issuer for an invoice whose items sum to its total."
    case .auxiliaryItemsDoNotSum(let itemCode, _, _):
      "Ask the issuer for an invoice whose breakdown sums to item \(Self.clipped(itemCode))."
    case .auxiliaryItemWithoutItem: "Ask the issuer for an invoice that has this item."
    case .settlementDoesNotSum:
      "Compare with the settlement: pooled, account, cash and other payments make the total."
    case .sumOverflows: "Check the amounts; no invoice is that large."
    case .blueNotPositive: "Leave out invoices of nothing; there is nothing to reimburse."
    case .redNotNegative:
      "Negate the amounts of a red invoice, or remove the related invoice from a blue one."
    case .redWithoutBlue: "Ask the issuer for a red invoice that names the invoice it reverses."
    }
  }

  /// The field with its name on the printed invoice, where it has one.
  private static func label(_ field: String) -> String {
    guard let known = Dialect.Field(rawValue: field) else { return "The field \(clipped(field))" }
    return "The field \(field) (\(known.chineseName))"
  }

  /// Faults are shown on terminals and in logs, where a value of kilobytes helps nobody.
  private static func clipped(_ text: String, to count: Int = 80) -> String {
    text.count <= count ? text : text.prefix(count) + "…"
  }
}
