extension Invoice {
  /// Takes every field out of a document; the rules between fields come after.
  init(reading fields: inout FieldReader, encodingName: String) throws(InvoiceFault) {
    code = try fields.requiredCode(.code)
    number = try fields.requiredCode(.number)
    checkCode = try fields.requiredCode(.checkCode)
    totalAmount = try fields.requiredAmount(.totalAmount)
    let issued = try fields.requiredDate(.issueDate)
    issueDate = issued.date
    issueTime = try fields.text(.issueTime) ?? issued.time
    name = try fields.required(.name)
    specimenCode = try fields.text(.specimenCode)
    supervisorAreaCode = try fields.requiredCode(.supervisorAreaCode)
    issuer = Party(
      code: try fields.requiredCode(.issuerCode), name: try fields.required(.issuerName))
    payer = Payer(
      type: try Self.payerType(&fields), identifier: try fields.requiredCode(.payerIdentifier),
      name: try fields.required(.payerName))
    related = try Self.related(&fields)
    settlement = try Self.settlement(&fields)
    items = try Self.items(&fields)
    auxiliaryItems = try Self.auxiliaryItems(&fields)
    phone = try fields.text(.phone)
    gender = try fields.text(.gender)
    medicalType = try fields.text(.medicalType)
    otherFields = fields.others
    self.encodingName = encodingName
    dialectName = fields.dialect.dialect.name
  }

  private static func payerType(_ fields: inout FieldReader) throws(InvoiceFault) -> PayerType {
    let text = try fields.required(.payerType)
    let texts = fields.dialect.dialect.payerTypes
    for type in PayerType.allCases where texts[type]?.contains(text) == true { return type }
    throw .unknownPayerType(value: text, known: PayerType.allCases.flatMap { texts[$0] ?? [] })
  }

  /// Half a reference is a fault, not a blue invoice.
  private static func related(
    _ fields: inout FieldReader
  ) throws(InvoiceFault) -> InvoiceReference? {
    let code = try fields.text(.relatedCode)
    let number = try fields.text(.relatedNumber)
    guard code != nil || number != nil else { return nil }
    return InvoiceReference(
      code: try fields.requiredCode(.relatedCode), number: try fields.requiredCode(.relatedNumber))
  }

  /// Without its number nothing was settled; amounts that stand there alone are other fields.
  private static func settlement(
    _ fields: inout FieldReader
  ) throws(InvoiceFault) -> Settlement? {
    guard try fields.text(.settlementID) != nil else { return nil }
    return Settlement(
      id: try fields.requiredCode(.settlementID),
      date: try fields.requiredDate(.settlementDate).date,
      pooledFundAmount: try fields.requiredAmount(.pooledFundAmount),
      accountAmount: try fields.requiredAmount(.accountAmount),
      ownAmount: try fields.requiredAmount(.ownAmount),
      selfPaidAmount: try fields.amount(.selfPaidAmount),
      otherAmount: try fields.amount(.otherAmount))
  }

  private static func items(_ fields: inout FieldReader) throws(InvoiceFault) -> [Item] {
    let list = fields.dialect.items
    var items: [Item] = []
    for element in fields.elements(of: list, named: "items") {
      items.append(
        Item(
          code: try fields.required(.code, of: element),
          name: try fields.required(.name, of: element),
          amount: try fields.requiredAmount(.amount, of: element)))
    }
    guard !items.isEmpty else { throw .missing(field: "items", paths: [list.writtenPath]) }
    return items
  }

  private static func auxiliaryItems(
    _ fields: inout FieldReader
  ) throws(InvoiceFault) -> [AuxiliaryItem] {
    var lines: [AuxiliaryItem] = []
    for element in fields.elements(of: fields.dialect.auxiliaryItems, named: "auxiliaryItems") {
      lines.append(
        AuxiliaryItem(
          itemCode: try fields.required(.itemCode, of: element),
          itemName: try fields.text(.itemName, of: element),
          code: try fields.text(.code, of: element),
          name: try fields.required(.name, of: element),
          specification: try fields.text(.specification, of: element),
          unit: try fields.text(.unit, of: element),
          quantity: try fields.number(.quantity, of: element),
          price: try fields.number(.price, of: element),
          amount: try fields.requiredAmount(.amount, of: element)))
    }
    return lines
  }
}
