public import Cryptography
public import Wire

/// What became of one call.
///
/// - Source: docs/spec/02-transactions.md, rule T7.
public struct Receipt: Hashable, Sendable {
  /// A refusal as kept on the ledger: without the remedy.
  public struct Refused: Hashable, Sendable {
    public let code: String
    public let field: String
    public let value: String
  }

  public enum Outcome: Hashable, Sendable {
    /// It was carried out and appended this many events.
    case done(events: Int)
    case refused(Refused)
  }

  public let transactionID: Digest
  public let callIndex: Int
  public let height: UInt64
  public let member: String
  public let contract: String
  public let method: String
  public let outcome: Outcome

  public init(
    transactionID: Digest, callIndex: Int, height: UInt64, member: String, contract: String,
    method: String, outcome: Outcome
  ) {
    self.transactionID = transactionID
    self.callIndex = callIndex
    self.height = height
    self.member = member
    self.contract = contract
    self.method = method
    self.outcome = outcome
  }

  /// Whether the call was carried out.
  public var isDone: Bool {
    switch outcome {
    case .done: true
    case .refused: false
    }
  }

  public var wire: WireReceipt {
    var wire = WireReceipt()
    wire.transactionID = transactionID.bytes.data
    wire.callIndex = UInt32(callIndex)
    wire.height = height
    wire.member = member
    wire.contract = contract
    wire.method = method
    switch outcome {
    case .done(let events): wire.success.events = UInt32(events)
    case .refused(let refused):
      wire.refusal.code = refused.code
      wire.refusal.field = refused.field
      wire.refusal.value = refused.value
    }
    return wire
  }

  public var encoded: [UInt8] { wire.encoded }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireReceipt
    do {
      wire = try WireReceipt(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    try self.init(wire)
  }

  public init(_ wire: WireReceipt) throws(ModelFault) {
    transactionID = try Digest(wire.transactionID, field: "receipt.transaction_id")
    callIndex = Int(wire.callIndex)
    height = wire.height
    member = wire.member
    contract = wire.contract
    method = wire.method
    switch wire.outcome {
    case .success(let success): outcome = .done(events: Int(success.events))
    case .refusal(let refusal):
      outcome = .refused(
        Refused(code: refusal.code, field: refusal.field, value: refusal.value))
    case nil:
      throw .invalid(field: "receipt.outcome", value: "", remedy: "a receipt has an outcome")
    }
  }
}

extension Receipt.Refused {
  public init(_ refusal: Refusal) {
    self.init(code: refusal.code.name, field: refusal.field, value: refusal.value)
  }
}
