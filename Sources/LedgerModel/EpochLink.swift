public import Cryptography
public import Wire

/// What leads from one epoch to the next: the last header, which a quorum of the old validators
/// finalised and which commits to the new ones; not yet verified.
public struct EpochLink: Sendable {
  public let last: ProvenHeader
  /// The validators of the epoch that follows.
  public let validators: ValidatorSet

  public init(last: ProvenHeader, validators: ValidatorSet) {
    self.last = last
    self.validators = validators
  }

  public var wire: WireEpochLink {
    var wire = WireEpochLink()
    wire.last = last.wire
    wire.validators = validators.records
    return wire
  }

  public init(_ wire: WireEpochLink, suite: any CryptoSuite) throws(ModelFault) {
    last = try ProvenHeader(wire.last, suite: suite)
    validators = try ValidatorSet(wire.validators, suite: suite)
  }
}

extension ValidatorSet {
  public var records: [WireValidatorRecord] {
    validators.map { validator in
      var record = WireValidatorRecord()
      record.name = validator.name
      record.signingKey = validator.publicKey.encoded.data
      return record
    }
  }

  public init(_ records: [WireValidatorRecord], suite: any CryptoSuite) throws(ModelFault) {
    var validators: [Validator] = []
    for record in records.prefix(Committee.countMax + 1) {
      let name = try record.name.checkedName(field: "validators.name")
      let key: PublicKey
      do {
        key = try suite.publicKey(record.signingKey.octets, use: .signing)
      } catch {
        throw .invalid(
          field: "validators.\(name)", value: record.signingKey.octets.prefix(40).hex,
          remedy: "it is not a public key of suite \(suite.id.name)")
      }
      validators.append(Validator(name: name, publicKey: key))
    }
    do {
      try self.init(validators)
    } catch {
      throw .invalid(
        field: "validators", value: "\(records.count)",
        remedy: "name 1 to \(Committee.countMax) validators, each once: \(error)")
    }
  }
}
