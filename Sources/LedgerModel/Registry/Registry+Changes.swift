internal import Cryptography
public import Wire

/// An asset's new value, as a change leaves it.
public struct RegistryWrite: Hashable, Sendable {
  public let asset: AssetID
  public let value: [UInt8]
}

extension Registry {
  /// Carries out one change.
  ///
  /// A refused change leaves the registry as it was.
  /// - Parameter field: What a refusal calls the change, e.g. `changes[0]`.
  /// - Returns: The assets that it changes, in the order of their events.
  /// - Source: docs/spec/16-governance.md, rule V4.
  public mutating func apply(
    _ change: WireChange, field: String
  ) throws(Refusal) -> [RegistryWrite] {
    switch change.kind {
    case .addValidator(let record): try add(record, "\(field).add_validator")
    case .removeValidator(let name): try remove(name, "\(field).remove_validator")
    case .replaceValidatorKey(let record):
      try replaceKey(record, "\(field).replace_validator_key")
    case .addOrganisation(let record): try add(record, "\(field).add_organisation")
    case .suspendOrganisation(let id):
      try setSuspended(true, organisation: id, "\(field).suspend_organisation")
    case .reinstateOrganisation(let id):
      try setSuspended(false, organisation: id, "\(field).reinstate_organisation")
    case .addMember(let record): try add(record, "\(field).add_member")
    case .suspendMember(let id): try setSuspended(true, member: id, "\(field).suspend_member")
    case .reinstateMember(let id):
      try setSuspended(false, member: id, "\(field).reinstate_member")
    case .replaceMemberKeys(let keys): try replace(keys, "\(field).replace_member_keys")
    case .setMemberRoles(let roles): try set(roles, "\(field).set_member_roles")
    case .setSettings(let record): try set(record, "\(field).set_settings")
    case .setPermission(let rule): try set(rule, "\(field).set_permission")
    case .addObserver(let record): try addObserver(record, "\(field).add_observer")
    case .removeObserver(let name): try removeObserver(name, "\(field).remove_observer")
    case .trustChain(let record): try trust(record, "\(field).trust_chain")
    case .setChannel(let terms): try set(terms, "\(field).set_channel")
    case nil: throw Refusal(.malformedChange, field: field, value: "")
    }
  }

  /// Refuses changes of more validators than one epoch may change.
  /// - Parameter waiting: Validators that decided changes of this epoch change already.
  public func checkValidatorChanges(
    _ changes: [WireChange], waiting: Int = 0
  ) throws(Refusal) {
    let count = changes.count(where: \.isOfValidators)
    let limit = Governance.validatorChangesMax(of: validators)
    guard count == 0 || count + waiting <= limit else {
      throw Refusal(
        .tooManyValidatorsChanged, field: "changes",
        value: "\(count) and \(waiting) waiting, at most \(limit) of \(validators.committee.count)")
    }
  }

  private mutating func set(
    _ record: WireSettings, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let new = try checked(field, "settings") { () throws(ModelFault) in try ChainSettings(record) }
    guard new != settings else { throw Refusal(.noChange, field: field, value: "") }
    settings = new
    return [RegistryWrite(asset: ChainSettings.asset, value: new.wire.encoded)]
  }

  private mutating func set(
    _ rule: WirePermission, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    _ = try name(rule.contract, "\(field).contract")
    _ = try name(rule.method, "\(field).method")
    // Whoever is kept out of governance could never be let in again.
    guard rule.contract != Governance.actor else {
      throw Refusal(.malformedChange, field: "\(field).contract", value: rule.contract)
    }
    for role in rule.roles { _ = try name(role, "\(field).roles") }
    guard rule.roles.count <= Permissions.rolesMax,
      Set(rule.roles).count == rule.roles.count
    else {
      throw Refusal(.malformedChange, field: "\(field).roles", value: "\(rule.roles.count)")
    }
    for id in rule.organisations {
      guard !roster.contains(try name(id, "\(field).organisations")) else { continue }
      throw Refusal(.unknownSubject, field: "\(field).organisations", value: id)
    }
    guard rule.organisations.count <= Permissions.organisationsMax,
      Set(rule.organisations).count == rule.organisations.count
    else {
      throw Refusal(
        .malformedChange, field: "\(field).organisations", value: "\(rule.organisations.count)")
    }
    var next = permissions
    next.set(rule)
    guard next != permissions else {
      throw Refusal(.noChange, field: field, value: "\(rule.contract).\(rule.method)")
    }
    guard next.restrictions.count <= Permissions.restrictionsMax else {
      throw Refusal(.tooLarge, field: field, value: "\(next.restrictions.count) restrictions")
    }
    permissions = next
    return [RegistryWrite(asset: Permissions.asset, value: next.wire.encoded)]
  }

  /// Runs a check of the model, naming its field as a part of `field`.
  func checked<Value>(
    _ field: String, _ model: String, _ body: () throws(ModelFault) -> Value
  ) throws(Refusal) -> Value {
    do {
      return try body()
    } catch {
      switch error {
      case .invalid(let part, let value, _):
        let rest = part.hasPrefix(model) ? String(part.dropFirst(model.count)) : "." + part
        throw Refusal(.malformedChange, field: field + rest, value: value)
      case .wire: throw Refusal(.malformedChange, field: field, value: "\(error)")
      }
    }
  }

  /// A name as all names are, be it of someone who is there already: `String` would take the Kelvin
  /// sign for a K.
  func name(_ text: String, _ field: String) throws(Refusal) -> String {
    try checked(field, "") { () throws(ModelFault) in try text.checkedName(field: "") }
  }

  /// A public key of the chain's suite.
  func key(_ bytes: [UInt8], _ use: KeyUse, _ field: String) throws(Refusal) -> PublicKey {
    do {
      return try suite.publicKey(bytes, use: use)
    } catch {
      throw Refusal(.malformedChange, field: field, value: bytes.prefix(40).hex)
    }
  }
}
