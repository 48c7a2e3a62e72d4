/// The two elements that name an invoice.
public struct InvoiceReference: Sendable, Hashable {
  /// The invoice code (电子票据代码).
  public let code: String
  /// The invoice number (电子票据号码).
  public let number: String

  /// Takes a code and a number as they are.
  public init(code: String, number: String) {
    self.code = code
    self.number = number
  }
}
