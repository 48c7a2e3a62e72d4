extension Invoice {
  /// An institution.
  public struct Party: Sendable, Hashable {
    /// The institution's code: 1 to 64 printable ASCII characters without spaces.
    public let code: String
    /// The institution's name.
    public let name: String
  }

  /// Who paid an invoice.
  public struct Payer: Sendable, Hashable {
    /// Whether a person or a unit paid.
    public let type: PayerType
    /// The identity number of a person or the code of a unit: 1 to 64 printable ASCII characters
    /// without spaces.
    public let identifier: String
    /// The payer's name.
    public let name: String
  }

  /// The two kinds of payers (交款人类型).
  public enum PayerType: String, Sendable, Hashable, CaseIterable {
    /// A natural person (个人).
    case person
    /// An organisation (单位).
    case unit
  }
}
