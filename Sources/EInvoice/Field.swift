extension Dialect {
  /// The fields that occur once in an invoice. The raw value names the field in faults and in JSON.
  public enum Field: String, CaseIterable, Sendable, Hashable {
    /// The code of the invoice (电子票据代码).
    case code
    /// The number of the invoice (电子票据号码).
    case number
    /// The check code (校验码).
    case checkCode
    /// The total in yuan (金额合计).
    case totalAmount
    /// The day of issue (开票日期).
    case issueDate
    /// The time of issue (开票时间).
    case issueTime
    /// The kind of invoice (电子票据名称).
    case name
    /// The code of the form (电子票据模板代码).
    case specimenCode
    /// The area of the supervising department (监管机构代码).
    case supervisorAreaCode
    /// The code of the institution that issued (开票单位代码).
    case issuerCode = "issuer.code"
    /// The name of the institution that issued (开票单位名称).
    case issuerName = "issuer.name"
    /// Whether a person or a unit paid (交款人类型).
    case payerType = "payer.type"
    /// The identity number or code of the payer (交款人代码).
    case payerIdentifier = "payer.identifier"
    /// The name of the payer (交款人名称).
    case payerName = "payer.name"
    /// The code of the invoice that is reversed (相关票据代码).
    case relatedCode = "related.code"
    /// The number of the invoice that is reversed (相关票据号码).
    case relatedNumber = "related.number"
    /// The number of the settlement (医保结算号).
    case settlementID = "settlement.id"
    /// The day of the settlement (结算日期).
    case settlementDate = "settlement.date"
    /// What the pooled fund paid, in yuan (医保统筹基金支付).
    case pooledFundAmount = "settlement.pooledFundAmount"
    /// What the personal account paid, in yuan (个人账户支付).
    case accountAmount = "settlement.accountAmount"
    /// What the patient paid in cash, in yuan (个人现金支付).
    case ownAmount = "settlement.ownAmount"
    /// What the patient bore in all, in yuan (个人自付).
    case selfPaidAmount = "settlement.selfPaidAmount"
    /// What other funds paid, in yuan (其他支付).
    case otherAmount = "settlement.otherAmount"
    /// The telephone number of the payer (手机号码).
    case phone
    /// The gender of the patient (性别).
    case gender
    /// The kind of treatment (医疗类别).
    case medicalType

    /// Whether every invoice has this field. A settlement, once it has its id, also needs its date
    /// and its first three amounts.
    public var isRequired: Bool {
      switch self {
      case .code, .number, .checkCode, .totalAmount, .issueDate, .name, .supervisorAreaCode,
        .issuerCode, .issuerName, .payerType, .payerIdentifier, .payerName:
        true
      case .issueTime, .specimenCode, .relatedCode, .relatedNumber, .settlementID, .settlementDate,
        .pooledFundAmount, .accountAmount, .ownAmount, .selfPaidAmount, .otherAmount, .phone,
        .gender, .medicalType:
        false
      }
    }

    /// The name on the printed invoice.
    public var chineseName: String {
      switch self {
      case .code: "电子票据代码"
      case .number: "电子票据号码"
      case .checkCode: "校验码"
      case .totalAmount: "金额合计"
      case .issueDate: "开票日期"
      case .issueTime: "开票时间"
      case .name: "电子票据名称"
      case .specimenCode: "电子票据模板代码"
      case .supervisorAreaCode: "监管机构代码"
      case .issuerCode: "开票单位代码"
      case .issuerName: "开票单位名称"
      case .payerType: "交款人类型"
      case .payerIdentifier: "交款人代码"
      case .payerName: "交款人名称"
      case .relatedCode: "相关票据代码"
      case .relatedNumber: "相关票据号码"
      case .settlementID: "医保结算号"
      case .settlementDate: "结算日期"
      case .pooledFundAmount: "医保统筹基金支付"
      case .accountAmount: "个人账户支付"
      case .ownAmount: "个人现金支付"
      case .selfPaidAmount: "个人自付"
      case .otherAmount: "其他支付"
      case .phone: "手机号码"
      case .gender: "性别"
      case .medicalType: "医疗类别"
      }
    }
  }
}
