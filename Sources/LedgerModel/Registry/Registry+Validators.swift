internal import Cryptography
internal import Wire

// Changes of the validators and observers.

extension Registry {
  mutating func add(
    _ record: WireValidatorRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let name = try name(record.name, "\(field).name")
    let key = try unusedKey(record, field)
    // An observer that becomes a validator keeps its name; no other node has it.
    guard index(name) == nil,
      observers.named(name).map({ $0.publicKey.encoded == key.encoded }) ?? true
    else {
      throw Refusal(.subjectExists, field: "\(field).name", value: name)
    }
    return try replace(validators.validators + [Validator(name: name, publicKey: key)], field)
  }

  mutating func remove(_ name: String, _ field: String) throws(Refusal) -> [RegistryWrite] {
    guard let index = index(try self.name(name, field)) else {
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
    let name = try name(record.name, "\(field).name")
    guard let index = index(name) else {
      throw Refusal(.unknownSubject, field: "\(field).name", value: name)
    }
    let key = try unusedKey(record, field)
    var changed = validators.validators
    changed[index] = Validator(name: name, publicKey: key)
    return try replace(changed, field)
  }

  private func index(_ name: String) -> Int? {
    validators.validators.firstIndex { $0.name == name }
  }

  mutating func addObserver(
    _ record: WireValidatorRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let name = try name(record.name, "\(field).name")
    guard index(name) == nil, observers.named(name) == nil else {
      throw Refusal(.subjectExists, field: "\(field).name", value: name)
    }
    let key = try unusedKey(record, field)
    if let user = observers.holder(of: key) {
      throw Refusal(.keyInUse, field: "\(field).signing_key", value: user.name)
    }
    guard observers.nodes.count < ObserverSet.countMax else {
      throw Refusal(.tooLarge, field: field, value: "\(observers.nodes.count) observers")
    }
    observers.add(Validator(name: name, publicKey: key))
    return [write]
  }

  mutating func removeObserver(
    _ name: String, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    guard observers.named(try self.name(name, field)) != nil else {
      throw Refusal(.unknownSubject, field: field, value: name)
    }
    observers.remove(name)
    return [write]
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
    // Whoever votes does not only follow.
    for validator in changed {
      if let observer = observers.holder(of: validator.publicKey) {
        observers.remove(observer.name)
      }
    }
    return [write]
  }

  /// All nodes of the epoch are one asset.
  private var write: RegistryWrite {
    RegistryWrite(asset: Self.validators, value: validatorRecord.wire.encoded)
  }
}
