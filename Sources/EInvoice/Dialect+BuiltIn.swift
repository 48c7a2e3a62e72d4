extension Dialect {
  /// The dialects that every parser knows, the most particular first.
  public static let builtIn: [Dialect] = [standard, camel, flat]

  /// The shape and the names of the fiscal e-invoice data standard.
  public static let standard = national(
    named: "standard", main: "EInvoiceData/Main", isCaseSensitive: true)

  /// The standard shape with names in another case, such as lowerCamelCase.
  public static let camel = national(
    named: "camel", main: "EInvoiceData/Main", isCaseSensitive: false)

  /// No `Main` around the fields, and names in any case.
  public static let flat = national(named: "flat", main: "EInvoiceData", isCaseSensitive: false)

  /// The table that the built-in dialects share. `main` is the element around the fields; fields of
  /// a party or of the extension may be one level deeper. Dates are told apart by their form.
  private static func national(
    named name: String, main: String, isCaseSensitive: Bool
  ) -> Dialect {
    func paths(_ name: String, in group: String? = nil) -> [String] {
      (group.map { ["\(main)/\($0)/\(name)"] } ?? []) + ["\(main)/\(name)"]
    }
    return Dialect(
      unchecked: name, root: "EInvoice", isCaseSensitive: isCaseSensitive,
      identifyingPaths: [main],
      fields: [
        .code: paths("EInvoiceCode"),
        .number: paths("EInvoiceNumber"),
        .checkCode: paths("RandomNumber"),
        .totalAmount: paths("TotalAmount"),
        .issueDate: paths("IssueDate"),
        .issueTime: paths("IssueTime"),
        .name: paths("EInvoiceName"),
        .specimenCode: paths("EInvoiceSpecimenCode"),
        .supervisorAreaCode: paths("SupervisorAreaCode"),
        .issuerCode: paths("InvoicingPartyCode", in: "InvoicingParty"),
        .issuerName: paths("InvoicingPartyName", in: "InvoicingParty"),
        .payerType: paths("PayerPartyType", in: "PayerParty"),
        .payerIdentifier: paths("PayerPartyCode", in: "PayerParty"),
        .payerName: paths("PayerPartyName", in: "PayerParty"),
        .relatedCode: paths("RelatedInvoiceCode", in: "MainExt"),
        .relatedNumber: paths("RelatedInvoiceNumber", in: "MainExt"),
        .settlementID: paths("SettlementID", in: "MainExt"),
        .settlementDate: paths("SettlementDate", in: "MainExt"),
        .pooledFundAmount: paths("FundPayAmount", in: "MainExt"),
        .accountAmount: paths("AccountPayAmount", in: "MainExt"),
        .ownAmount: paths("OwnPayAmount", in: "MainExt"),
        .selfPaidAmount: paths("SelfpaymentAmount", in: "MainExt"),
        .otherAmount: paths("OtherPayAmount", in: "MainExt"),
        .phone: paths("PhoneNumber", in: "MainExt"),
        .gender: paths("Gender", in: "MainExt"),
        .medicalType: paths("MedicalType", in: "MainExt"),
      ],
      items: List(
        path: "EInvoiceData/Details/Item",
        fields: [.code: ["ItemCode"], .name: ["ItemName"], .amount: ["ItemAmount"]]),
      auxiliaryItems: List(
        path: "EInvoiceData/AuxDetails/AuxItem",
        fields: [
          .itemCode: ["AuxItemRelatedCode"], .itemName: ["AuxItemRelatedName"],
          .code: ["AuxItemCode"], .name: ["AuxItemName"], .specification: ["AuxItemStd"],
          .unit: ["AuxItemUnit"], .quantity: ["AuxItemQuantity"], .price: ["AuxItemPrice"],
          .amount: ["AuxItemAmount"],
        ]),
      dateFormats: [
        "yyyyMMdd", "yyyy-MM-dd", "yyyy/MM/dd", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss",
      ],
      payerTypes: [.person: ["1"], .unit: ["2"]])
  }
}
