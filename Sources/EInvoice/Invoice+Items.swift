extension Invoice {
  /// A charged item (收费项目).
  public struct Item: Sendable, Hashable {
    /// The item's code.
    public let code: String
    /// The item's name.
    public let name: String
    /// The item's amount in fen; negative in a red invoice.
    public let amount: Fen
  }

  /// A line of the breakdown of an item (收费明细).
  public struct AuxiliaryItem: Sendable, Hashable {
    /// The `code` of the item that this line belongs to.
    public let itemCode: String
    /// The name of the item that this line belongs to.
    public let itemName: String?
    /// The line's code, such as a drug code of the medical insurance.
    public let code: String?
    /// The line's name.
    public let name: String
    /// The specification (规格).
    public let specification: String?
    /// The unit that is counted (单位).
    public let unit: String?
    /// How many units, as written: a decimal number, negative in a red invoice.
    public let quantity: String?
    /// The price of a unit in yuan, as written: it may have more than two decimals.
    public let price: String?
    /// The line's amount in fen; negative in a red invoice.
    public let amount: Fen
  }

  /// A text or attribute that no field took.
  public struct OtherField: Sendable, Hashable {
    /// Element names from below the root, joined by `/`; `[n]` counts neighbours of the same name
    /// from 1, and `@` marks an attribute. An example: `EInvoiceData/Details/Item[2]/ItemUnit`.
    public let path: String
    /// The text without the white space around it.
    public let value: String
  }
}
