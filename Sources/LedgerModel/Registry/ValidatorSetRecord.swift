public import Cryptography
public import Wire

/// The nodes of an epoch, as the ledger keeps them: who votes on blocks, and who only follows.
///
/// - Source: docs/spec/06-registry.md, rules G1 and G8.
public struct ValidatorSetRecord: Sendable {
  public let epoch: UInt64
  public let validators: ValidatorSet
  public let observers: ObserverSet

  public init(epoch: UInt64, validators: ValidatorSet, observers: ObserverSet = ObserverSet()) {
    self.epoch = epoch
    self.validators = validators
    self.observers = observers
  }

  public var wire: WireValidatorSetRecord {
    var wire = WireValidatorSetRecord()
    wire.epoch = epoch
    wire.validators = validators.records
    wire.observers = observers.records
    return wire
  }

  public init(decoding bytes: [UInt8], suite: any CryptoSuite) throws(ModelFault) {
    let wire: WireValidatorSetRecord
    do {
      wire = try WireValidatorSetRecord(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    epoch = wire.epoch
    validators = try ValidatorSet(wire.validators, suite: suite)
    observers = try ObserverSet(
      wire.observers, beside: validators, suite: suite, field: "observers")
  }
}
