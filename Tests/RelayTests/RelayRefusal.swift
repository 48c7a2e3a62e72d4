import BuiltinContracts
import LedgerModel
import Testing

/// A story that ends in a refusal: given two chains, when this is submitted, then this refusal.
struct RelayRefusal: CustomTestStringConvertible, Sendable {
  let title: String
  let code: Refusal.Code
  let field: String
  let value: @Sendable (Crossing) throws -> String
  /// Carries the story up to the call that is refused.
  let when: @Sendable (Crossing) throws -> Receipt

  init(
    _ title: String, _ name: String, _ field: String,
    _ value: @escaping @Sendable @autoclosure () -> String,
    when: @escaping @Sendable (Crossing) throws -> Receipt
  ) {
    self.init(title, name, field, of: { _ in value() }, when: when)
  }

  init(
    _ title: String, _ name: String, _ field: String,
    of value: @escaping @Sendable (Crossing) throws -> String,
    when: @escaping @Sendable (Crossing) throws -> Receipt
  ) {
    self.title = title
    code = RelayTests.code(name)
    self.field = field
    self.value = value
    self.when = when
  }

  var testDescription: String { title }

  static let all =
    sending + arriving + records + deciding + settling + following + blaming + recognising + places
}
