internal import HTTPTypes
internal import HummingbirdCore

/// One method on one path, with the parameters it takes and how it is answered.
struct Route: Sendable {
  typealias Handler = @Sendable (Call) async throws -> Response

  let method: HTTPRequest.Method
  /// As in docs/openapi.yaml: `/v1/assets/{namespace}/{key}`.
  let path: String
  /// Names of the query parameters, each a whole number.
  let parameters: [String]
  let handler: Handler

  private let segments: [Substring]

  init(
    _ method: HTTPRequest.Method, _ path: String, parameters: [String] = [],
    handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.parameters = parameters
    self.handler = handler
    segments = Self.segments(of: path)
  }

  /// The parts of a path between its slashes; bytes are split much faster than characters.
  static func segments(of path: String) -> [Substring] {
    path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Substring($0) }
  }

  /// The values of the placeholders, still percent-encoded.
  /// - Returns: `nil` if the path is another one or a value is empty.
  func match(_ path: [Substring]) -> [Substring]? {
    guard path.count == segments.count else { return nil }
    var values: [Substring] = []
    for (given, wanted) in zip(path, segments) {
      if wanted.utf8.first == UInt8(ascii: "{") {
        guard !given.isEmpty else { return nil }
        values.append(given)
      } else if given != wanted {
        return nil
      }
    }
    return values
  }
}
