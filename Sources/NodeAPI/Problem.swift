/// Why the node did not do what was asked; in JSON a problem document of RFC 9457.
public struct Problem: Error, Hashable, Sendable {
  /// Stable and for programs, e.g. `transaction.wrong_signature`.
  public let code: String
  /// The HTTP status.
  public let status: Int
  /// What was wrong.
  public let field: String
  /// Its value, shortened.
  public let value: String
  /// What to do.
  public let remedy: String
  /// Seconds after which to try again, for 429 and 503.
  public let retryAfter: Int?

  public init(
    _ code: String, status: Int, field: String, value: String, remedy: String,
    retryAfter: Int? = nil
  ) {
    self.code = code
    self.status = status
    self.field = field
    self.value = String(value.prefix(256))
    self.remedy = remedy
    self.retryAfter = retryAfter
  }
}
