extension Invoice {
  /// What the medical insurance and the patient each bore of an invoice.
  ///
  /// `pooledFundAmount + accountAmount + ownAmount + (otherAmount or zero)` is the invoice's total.
  public struct Settlement: Sendable, Hashable {
    /// The settlement's number (医保结算号): 1 to 64 printable ASCII characters without spaces.
    public let id: String
    /// The day of the settlement (结算日期).
    public let date: IssueDate
    /// What the pooled fund paid (医保统筹基金支付), in fen.
    public let pooledFundAmount: Fen
    /// What the personal account paid (个人账户支付), in fen.
    public let accountAmount: Fen
    /// What the patient paid in cash (个人现金支付), in fen.
    public let ownAmount: Fen
    /// What the patient bore in all (个人自付), in fen; it overlaps the others and is not summed.
    public let selfPaidAmount: Fen?
    /// What other funds paid (其他支付), in fen.
    public let otherAmount: Fen?
  }
}
