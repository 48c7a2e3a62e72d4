internal import Cryptography
internal import Wire

// Changes of the validators.

extension Registry {
  mutating func add(
    _ record: WireValidatorRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let name = try name(record.name, "\(field).name")
    guard index(name) == nil else {
      throw Refusal(.subjectExists, field: "\(field).name", value: name)
    }
    let key = try unusedKey(record, field)
    return try replace(validators.validators + [Validator(name: name, publicKey: key)], field)
  }

  mutating func remove(_ name: String, _ field: String) throws(Refusal) -> [RegistryWrite] {
    guard let index = index(name) else {
      throw Refusal(.unknownSubject, field: field, value: name)
    }
    var rest = validators.validators
    rest.remove(at: index)
    return try replace(rest, field)
  }

  /// The validator keeps its name and its place.
  mutating func replaceKey(
    _ record: WireValidatorRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    guard let index = index(record.name) else {
      throw Refusal(.unknownSubject, field: "\(field).name", value: record.name)
    }
    let key = try unusedKey(record, field)
    var changed = validators.validators
    changed[index] = Validator(name: record.name, publicKey: key)
    return try replace(changed, field)
  }

  private func index(_ name: String) -> Int? {
    validators.validators.firstIndex { $0.name == name }
  }

  /// The record's key: a second vote for its holder is not possible.
  private func unusedKey(
    _ record: WireValidatorRecord, _ field: String
  ) throws(Refusal) -> PublicKey {
    let key = try key(record.signingKey.octets, .signing, "\(field).signing_key")
    if let user = validators.validators.first(where: { $0.publicKey.encoded == key.encoded }) {
      throw Refusal(.keyInUse, field: "\(field).signing_key", value: user.name)
    }
    return key
  }

  private mutating func replace(
    _ changed: [Validator], _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    do {
      validators = try ValidatorSet(changed)
    } catch {
      throw Refusal(.validatorCount, field: field, value: "\(changed.count)")
    }
    return [RegistryWrite(asset: Self.validators, value: validatorRecord.wire.encoded)]
  }
}
