/// What a node says about a request that it refused.
public struct ProblemReport: Hashable, Sendable {
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
  /// Seconds after which to try again, if the node names them.
  public let retryAfter: Int?

  public init(
    code: String, status: Int, field: String, value: String, remedy: String, retryAfter: Int?
  ) {
    self.code = code
    self.status = status
    self.field = field
    self.value = value
    self.remedy = remedy
    self.retryAfter = retryAfter
  }
}
