extension Dialect {
  /// The fields of an item or of a line of its breakdown. The raw value names the field in faults
  /// and in JSON.
  public enum ItemField: String, CaseIterable, Sendable, Hashable {
    /// The code of the item or line.
    case code
    /// The name of the item or line.
    case name
    /// The amount in yuan.
    case amount
    /// The code of the item that a line of the breakdown belongs to.
    case itemCode
    /// The name of the item that a line of the breakdown belongs to.
    case itemName
    /// The specification (规格).
    case specification
    /// The unit that is counted (单位).
    case unit
    /// How many units.
    case quantity
    /// The price of a unit in yuan.
    case price

    static let requiredOfItem: [ItemField] = [.code, .name, .amount]
    static let requiredOfAuxiliaryItem: [ItemField] = [.itemCode, .name, .amount]
  }
}
