internal import SwiftProtobuf
internal import Wire

extension Outbox {
  /// Most bytes of a state, an entry or a failure.
  private static let recordBytes = 4_096

  func decode<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws(OutboxFault) -> M {
    do {
      return try M(strict: bytes, limit: Self.recordBytes)
    } catch {
      throw .damaged(what: M.protoMessageName)
    }
  }
}

extension WireGatewayLaneEntry {
  init(_ entry: Lane.Entry) {
    self.init()
    id = WireGatewayDocumentId(entry.id)
    switch entry.stage {
    case .waiting: stage = .waiting
    case .pending: stage = .pending
    case .settling(let outcome):
      stage = .settling
      self.outcome = WireGatewayOutcome(outcome)
    }
  }
}

extension WireGatewayFailure {
  init(_ failure: GatewayFailure) {
    self.init()
    id = WireGatewayDocumentId(failure.id)
    code = failure.code.description
    `where` =
      switch failure.stage {
      case .delivery: .delivery
      case .settlement: .settlement
      }
  }
}

extension GatewayFailure.Stage {
  init?(_ place: WireGatewayFailure.Where) {
    switch place {
    case .delivery: self = .delivery
    case .settlement: self = .settlement
    case .UNRECOGNIZED: return nil
    }
  }
}
