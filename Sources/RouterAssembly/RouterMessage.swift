internal import Cryptography
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
    // Empty messages take two bytes each, and much more once they are decoded.
    guard kind != .answer || FieldCounts.routerAnswer.allow(message.payload) else {
      throw .malformed(field: "answer", value: "\(message.payload.count) bytes of many fields")
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

extension FieldCounts {
  /// Q3. More than any good answer has, by the numbers of router.proto, proof.proto and
  /// ledger.proto.
  fileprivate static let routerAnswer: FieldCounts = {
    let path = FieldCounts(most: [1: 8 * Digest.byteCount])
    let value = FieldCounts(inner: [5: path])
    let absence = FieldCounts(inner: [3: path])
    let packet = FieldCounts(inner: [1: value])
    let finalization = FieldCounts(most: [6: Committee.countMax])
    let header = FieldCounts(inner: [2: finalization])
    let link = FieldCounts(most: [2: Committee.countMax], inner: [1: header])
    return FieldCounts(
      most: [
        3: Limits.epochLinks, 5: Serving.Limit.packets,
        6: Serving.Limit.answeredOutcomes + Serving.Limit.outcomes, 8: Serving.Limit.absences,
      ],
      inner: [3: link, 4: header, 5: packet, 6: value, 7: header, 8: absence])
  }()
}
