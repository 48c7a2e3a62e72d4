/// Why a document or a call was refused: stable and for programs, such as `gateway.conflict`.
public struct GatewayCode: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// - Returns: `nil` unless it is 1 to `GatewayLimits.codeBytes` of `a-z`, `0-9`, `.`, `_`, `-`.
  public init?(_ text: String) {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard 1...GatewayLimits.codeBytes ~= text.utf8.count,
      text.utf8.allSatisfy({
        letters ~= $0 || digits ~= $0 || [UInt8]("._-".utf8).contains($0)
      })
    else { return nil }
    description = text
  }

  private init(known text: String) { description = text }

  /// Another document has that id.
  public static let conflict = GatewayCode(known: "gateway.conflict")
  /// The document is larger than the place takes.
  public static let tooLarge = GatewayCode(known: "gateway.too_large")
  /// The document's timeout had passed when it came.
  public static let late = GatewayCode(known: "gateway.late")
  /// The place did not give that cursor.
  public static let unknownCursor = GatewayCode(known: "gateway.unknown_cursor")
  /// No document of that id came from here.
  public static let unknownDocument = GatewayCode(known: "gateway.unknown_document")
  /// The document was settled with another outcome.
  public static let settledOtherwise = GatewayCode(known: "gateway.settled_otherwise")
}
