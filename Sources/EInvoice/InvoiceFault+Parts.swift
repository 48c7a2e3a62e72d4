extension InvoiceFault {
  /// A name for programs that never changes, such as `invoice.xml_malformed`.
  public var code: String {
    switch self {
    case .tooLarge: "invoice.too_large"
    case .truncated: "invoice.truncated"
    case .malformed: "invoice.xml_malformed"
    case .wrongEncoding: "invoice.encoding_wrong"
    case .unsupportedEncoding: "invoice.encoding_unsupported"
    case .doctypeRefused: "invoice.doctype_refused"
    case .entityRefused: "invoice.entity_refused"
    case .externalReferenceRefused: "invoice.external_reference_refused"
    case .tooDeep: "invoice.too_deep"
    case .tooManyElements: "invoice.too_many_elements"
    case .tooManyAttributes: "invoice.too_many_attributes"
    case .fieldTooLong: "invoice.field_too_long"
    case .unknownDialect: "invoice.dialect_unknown"
    case .missing: "invoice.field_missing"
    case .duplicateField: "invoice.field_duplicate"
    case .notPlainText: "invoice.field_not_text"
    case .malformedAmount: "invoice.amount_malformed"
    case .malformedNumber: "invoice.number_malformed"
    case .malformedDate: "invoice.date_malformed"
    case .malformedCode: "invoice.code_malformed"
    case .unknownPayerType: "invoice.payer_type_unknown"
    case .itemsDoNotSum: "invoice.items_sum"
    case .auxiliaryItemsDoNotSum: "invoice.auxiliary_items_sum"
    case .auxiliaryItemWithoutItem: "invoice.auxiliary_item_orphaned"
    case .settlementDoesNotSum: "invoice.settlement_sum"
    case .sumOverflows: "invoice.sum_overflows"
    case .blueNotPositive: "invoice.blue_not_positive"
    case .redNotNegative: "invoice.red_not_negative"
    case .redWithoutBlue: "invoice.red_without_blue"
    }
  }

  /// The field at fault, or the part of the file where there is no field.
  public var field: String {
    switch self {
    case .tooLarge, .truncated: "file"
    case .malformed: "xml"
    case .wrongEncoding, .unsupportedEncoding: "encoding"
    case .doctypeRefused: "doctype"
    case .entityRefused: "entity"
    case .externalReferenceRefused: "external reference"
    case .tooDeep(let element, _): element
    case .tooManyElements: "elements"
    case .tooManyAttributes: "attributes"
    case .unknownDialect(let root, _): root
    case .fieldTooLong(let field, _, _), .missing(let field, _), .duplicateField(let field, _),
      .notPlainText(let field, _), .malformedAmount(let field, _), .malformedNumber(let field, _),
      .malformedDate(let field, _, _), .malformedCode(let field, _), .sumOverflows(let field):
      field
    case .unknownPayerType: Dialect.Field.payerType.rawValue
    case .itemsDoNotSum: "items"
    case .auxiliaryItemsDoNotSum, .auxiliaryItemWithoutItem: "auxiliaryItems"
    case .settlementDoesNotSum: "settlement"
    case .blueNotPositive, .redNotNegative, .redWithoutBlue: Dialect.Field.totalAmount.rawValue
    }
  }

  /// What was found there.
  public var value: String {
    switch self {
    case .tooLarge(let bytes, _), .truncated(let bytes): "\(bytes) bytes"
    case .malformed(let line, let column, let reason):
      "line \(line), column \(column): \(reason)"
    case .wrongEncoding(let declared, let reason): "\(declared): \(reason)"
    case .unsupportedEncoding(let name), .entityRefused(let name): name
    case .doctypeRefused(let offset): "<!DOCTYPE at byte \(offset)"
    case .externalReferenceRefused(let what): what
    case .tooDeep(_, let limit): "deeper than \(limit) elements"
    case .tooManyElements(let limit), .tooManyAttributes(let limit): "more than \(limit)"
    case .fieldTooLong(_, let length, _): "\(length) bytes"
    case .unknownDialect(_, let paths):
      paths.isEmpty ? "no elements" : paths.joined(separator: ", ")
    case .missing(_, let paths): "nothing at \(paths.joined(separator: " or "))"
    case .duplicateField(_, let values): values.map { "“\($0)”" }.joined(separator: " and ")
    case .notPlainText(_, let path): "elements inside \(path)"
    case .malformedAmount(_, let value), .malformedNumber(_, let value),
      .malformedDate(_, let value, _), .malformedCode(_, let value),
      .unknownPayerType(let value, _):
      value
    case .itemsDoNotSum(let sum, let total), .settlementDoesNotSum(let sum, let total):
      "\(sum) instead of \(total)"
    case .auxiliaryItemsDoNotSum(let itemCode, let sum, let amount):
      "\(sum) instead of \(amount) for item \(itemCode)"
    case .auxiliaryItemWithoutItem(let itemCode): itemCode
    case .sumOverflows(let field): "a sum of \(field) beyond 64 bits"
    case .blueNotPositive(let total), .redNotNegative(let total), .redWithoutBlue(let total):
      "\(total)"
    }
  }
}
