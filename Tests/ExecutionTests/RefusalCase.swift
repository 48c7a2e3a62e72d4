import LedgerModel
import Testing

/// A story that ends in a refusal: given what happened, when this member calls, then this refusal.
struct RefusalCase: CustomTestStringConvertible, Sendable {
  let title: String
  let code: Refusal.Code
  let field: String
  let value: String
  let member: String
  let given: @Sendable (inout TestChain) throws -> Void
  let when: @Sendable (TestChain) throws -> Request

  init(
    _ title: String, _ code: Refusal.Code, field: String, value: String, by member: String,
    given: @escaping @Sendable (inout TestChain) throws -> Void = { _ in },
    when: @escaping @Sendable (TestChain) throws -> Request
  ) {
    self.title = title
    self.code = code
    self.field = field
    self.value = value
    self.member = member
    self.given = given
    self.when = when
  }

  var testDescription: String { title }

  static let all = recording + wellFormedness + reimbursement + authorisation + status + governance
    + changes + evidence
}
