internal import LedgerModel
internal import RouterCore
internal import SwiftProtobuf
internal import Transport
internal import Wire

/// What routers say to each other over a link.
///
/// - Source: docs/spec/21-routers.md, rule Q2.
enum RouterMessage: Sendable {
  enum Kind: UInt8 {
    case ask = 1
    case answer = 2
    case refusal = 3

    var rule: MessageRule {
      switch self {
      case .ask, .refusal: MessageRule(.urgent, byteCountMax: Serving.Limit.askBytes)
      case .answer: MessageRule(.bulk, byteCountMax: Serving.Limit.answerBytes)
      }
    }
  }

  case ask(WireRouterAsk)
  case answer(WireRouterAnswer)
  case refusal(WireRouterRefusal)

  /// - Throws: `malformed` for an unknown kind, or bytes that are not the one form of a message.
  init(_ message: LinkMessage) throws(RouterFault) {
    guard let kind = Kind(rawValue: message.kind) else {
      throw .malformed(field: "kind", value: "\(message.kind)")
    }
    let limit = kind.rule.byteCountMax
    if kind == .answer {
      // Empty packets take two bytes each, and much more once they are decoded.
      guard fieldCount(of: message.payload, most: Serving.Limit.answerFields) != nil else {
        throw .malformed(field: "answer", value: "\(message.payload.count) bytes of many fields")
      }
    }
    do throws(WireFault) {
      switch kind {
      case .ask: self = .ask(try WireRouterAsk(strict: message.payload, limit: limit))
      case .answer: self = .answer(try WireRouterAnswer(strict: message.payload, limit: limit))
      case .refusal: self = .refusal(try WireRouterRefusal(strict: message.payload, limit: limit))
      }
    } catch {
      throw .malformed(field: "\(kind)", value: "\(error)")
    }
  }
}
