/// A medical fiscal e-invoice (医疗收费财政电子票据) that was read, checked and found consistent.
///
/// A value of this type has passed every rule of `InvoiceParser.parse(_:)`; nobody checks it again.
public struct Invoice: Sendable, Hashable {
  /// The invoice code (电子票据代码): 1 to 32 ASCII letters or digits.
  public let code: String
  /// The invoice number (电子票据号码): 1 to 32 ASCII letters or digits.
  public let number: String
  /// The check code (校验码): 1 to 32 ASCII letters or digits.
  public let checkCode: String
  /// The total (金额合计) in fen: positive in a blue invoice, negative in a red one.
  public let totalAmount: Fen
  /// The day of issue (开票日期).
  public let issueDate: IssueDate
  /// The time of issue (开票时间) as written, or `HH:mm:ss` where the date carries it.
  public let issueTime: String?
  /// The kind of invoice (电子票据名称), such as 医疗门诊收费票据(电子).
  public let name: String
  /// The code of the form (电子票据模板代码).
  public let specimenCode: String?
  /// The administrative area of the supervising finance department (监管机构代码).
  public let supervisorAreaCode: String
  /// The institution that issued the invoice (开票单位).
  public let issuer: Party
  /// Who paid (交款人).
  public let payer: Payer
  /// The blue invoice that this one reverses; present exactly in a red invoice.
  public let related: InvoiceReference?
  /// The settlement with the medical insurance; `nil` where the invoice names no settlement.
  public let settlement: Settlement?
  /// The items (收费项目); their amounts sum to `totalAmount`.
  public let items: [Item]
  /// The lines of the breakdown (收费明细); where an item has some, they sum to it.
  public let auxiliaryItems: [AuxiliaryItem]
  /// The payer's telephone number (手机号码).
  public let phone: String?
  /// The patient's gender (性别) as written.
  public let gender: String?
  /// The kind of treatment (医疗类别), such as 门诊.
  public let medicalType: String?
  /// Every text and attribute that no field above took, in the order of the document.
  public let otherFields: [OtherField]
  /// The encoding that the file was read in: `UTF-8`, or the declared name, such as `GBK`.
  public let encodingName: String
  /// The `name` of the dialect that matched.
  public let dialectName: String

  /// Whether this is a red invoice (红票): it reverses `related` and its amounts are negative.
  public var isRed: Bool { related != nil }

  /// The code and number of this invoice.
  public var reference: InvoiceReference { InvoiceReference(code: code, number: number) }
}
