public import GatewayKit

/// What a system is asked, each by POST of an envelope to its own path.
/// - Source: docs/gateway-openapi.yaml.
public enum Operation: String, CaseIterable, Sendable {
  case deliver = "/v1/documents"
  case documents = "/v1/documents/query"
  case settle = "/v1/outcomes"
  case outcome = "/v1/outcomes/query"

  /// The path below the system's address.
  public var path: String { rawValue }
}

extension WireGatewayRequest.OneOf_Question {
  /// The operation whose path takes it.
  public var operation: Operation {
    switch self {
    case .deliver: .deliver
    case .documents: .documents
    case .settle: .settle
    case .outcome: .outcome
    }
  }

  /// The document whose effect must not be had twice, if it is about one.
  var idempotencyKey: String? {
    switch self {
    case .deliver(let document): "\(document.id.origin)/\(document.id.key)"
    case .settle(let settlement): "\(settlement.id.origin)/\(settlement.id.key)"
    case .documents, .outcome: nil
    }
  }
}
