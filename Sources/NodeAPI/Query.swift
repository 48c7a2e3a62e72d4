internal import HummingbirdCore

/// The query parameters of a request: whole numbers, each at most once, and no unknown ones.
struct Query: Sendable {
  private let given: [(name: Substring, value: UInt64)]

  init(_ request: Request, for route: Route) throws(Problem) {
    guard let query = request.uri.query, !query.isEmpty else {
      given = []
      return
    }
    var given: [(name: Substring, value: UInt64)] = []
    for part in query.split(separator: "&") {
      let name = part.prefix { $0 != "=" }
      let value = part.dropFirst(name.count + 1)
      guard route.parameters.contains(where: { $0 == name }) else {
        throw .unknownParameter(String(name))
      }
      guard !given.contains(where: { $0.name == name }) else {
        throw .invalidParameter(String(name), String(value), remedy: "give it once")
      }
      given.append((name, try Self.number(String(name), String(value))))
    }
    self.given = given
  }

  /// The parameter's value, or `nil` if it was not given.
  subscript(name: String) -> UInt64? {
    given.first { $0.name == name }?.value
  }

  /// Reads decimal digits; neither a sign nor space is allowed.
  static func number(_ name: String, _ text: String) throws(Problem) -> UInt64 {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.allSatisfy(digits.contains), let number = UInt64(text) else {
      throw .invalidNumber(name, text)
    }
    return number
  }
}
