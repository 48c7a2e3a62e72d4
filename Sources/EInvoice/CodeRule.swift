/// What a code may look like.
enum CodeRule {
  /// ASCII letters and digits: what names an invoice.
  case code
  /// Printable ASCII without spaces: identity numbers, settlement numbers, codes of institutions.
  case identifier

  /// Most characters.
  var lengthMax: Int {
    switch self {
    case .code: 32
    case .identifier: 64
    }
  }

  static func rule(for field: String) -> CodeRule {
    switch Dialect.Field(rawValue: field) {
    case .issuerCode, .payerIdentifier, .settlementID: .identifier
    default: .code
    }
  }

  func accepts(_ text: String) -> Bool {
    guard 1...lengthMax ~= text.utf8.count else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      case 0x21...0x7E: self == .identifier
      default: false
      }
    }
  }
}
