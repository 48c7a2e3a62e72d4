/// An amount of money in fen, a hundredth of a yuan; negative in a red invoice.
public struct Fen: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Most digits that a written amount may have; 15 digits of yuan still fit in 64 bits of fen.
  public static let digitsMax = 15

  /// No money.
  public static let zero = Fen(rawValue: 0)

  /// The amount in fen.
  public let rawValue: Int64

  /// Takes an amount in fen.
  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// Reads an amount in yuan: an optional minus, digits, and optionally a point with one or two
  /// decimals, such as `-774.80`.
  /// - Returns: `nil` for anything else: exponent, grouping, plus sign, more digits than
  ///   `digitsMax`.
  public init?(yuan text: some StringProtocol) {
    var digits = 0
    var decimals: Int?
    var value: Int64 = 0
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    for byte in text.utf8.dropFirst(isNegative ? 1 : 0) {
      if byte == UInt8(ascii: "."), digits > 0, decimals == nil {
        decimals = 0
        continue
      }
      guard case UInt8(ascii: "0")...UInt8(ascii: "9") = byte, digits < Self.digitsMax else {
        return nil
      }
      digits += 1
      decimals = decimals.map { $0 + 1 }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    guard digits > 0 else { return nil }
    switch decimals {
    case nil: value *= 100
    case 1: value *= 10
    case 2: break
    default: return nil
    }
    self.init(rawValue: isNegative ? -value : value)
  }

  /// The amount in yuan with two decimals, such as `-774.80`.
  public var description: String {
    let (yuan, fen) = rawValue.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(rawValue < 0 ? "-" : "")\(yuan).\(fen < 10 ? "0" : "")\(fen)"
  }

  /// The sum, or `nil` where it does not fit in 64 bits.
  public func adding(_ other: Fen) -> Fen? {
    let (sum, overflow) = rawValue.addingReportingOverflow(other.rawValue)
    return overflow ? nil : Fen(rawValue: sum)
  }

  /// Less money; every negative amount is less than none.
  public static func < (left: Fen, right: Fen) -> Bool {
    left.rawValue < right.rawValue
  }
}
