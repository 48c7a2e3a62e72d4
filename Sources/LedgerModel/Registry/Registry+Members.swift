internal import Cryptography
internal import Wire

// Changes of organisations and members.

extension Registry {
  /// Bytes of the blind index's key (docs/spec/10-sealing.md).
  private static let indexKeyBytes = 32
  /// Bytes of an organisation's name.
  private static let organisationNameBytes = 200

  mutating func add(
    _ record: WireOrganisationRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let id = try name(record.id, "\(field).id")
    guard 1...Self.organisationNameBytes ~= record.name.utf8.count,
      record.name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value) })
    else {
      throw Refusal(
        .malformedChange, field: "\(field).name", value: "\(record.name.utf8.count) bytes")
    }
    _ = try checked("\(field).region", "") { () throws(ModelFault) in
      try Region(code: record.region, field: "")
    }
    guard !record.suspended else {
      throw Refusal(.malformedChange, field: "\(field).suspended", value: "true")
    }
    guard !roster.contains(id) else {
      throw Refusal(.subjectExists, field: "\(field).id", value: id)
    }
    guard roster.count < Roster.organisationsMax else {
      throw Refusal(.tooLarge, field: field, value: "\(roster.count) organisations")
    }
    roster.add(id)
    return write(record)
  }

  mutating func setSuspended(
    _ suspended: Bool, organisation id: String, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let id = try name(id, field)
    guard var record = organisations[id], roster.contains(id) else {
      throw Refusal(.unknownSubject, field: field, value: id)
    }
    guard record.suspended != suspended else { throw Refusal(.noChange, field: field, value: id) }
    // Nobody would be left to decide anything.
    guard !suspended || roster.active.count > 1 else {
      throw Refusal(.lastOrganisation, field: field, value: id)
    }
    record.suspended = suspended
    if suspended { roster.suspend(id) } else { roster.reinstate(id) }
    return write(record)
  }

  /// An organisation's own asset, and its standing.
  private mutating func write(_ record: WireOrganisationRecord) -> [RegistryWrite] {
    organisations[record.id] = record
    return [
      RegistryWrite(asset: Self.organisation(record.id), value: record.encoded),
      RegistryWrite(asset: Roster.asset, value: roster.wire.encoded),
    ]
  }

  mutating func add(
    _ record: WireMemberRecord, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    let member = try checked(field, "member") { () throws(ModelFault) in try Member(record) }
    guard members[member.id] == nil else {
      throw Refusal(.subjectExists, field: "\(field).id", value: member.id)
    }
    guard roster.contains(member.organisation) else {
      throw Refusal(.unknownSubject, field: "\(field).organisation", value: member.organisation)
    }
    _ = try key(member.signingKey, .signing, "\(field).signing_key")
    _ = try key(member.sealingKey, .sealing, "\(field).sealing_key")
    try checkIndexKey(member.wrappedIndexKey, field)
    guard member.validUntilMs == 0 || member.validFromMs < member.validUntilMs else {
      throw Refusal(
        .malformedChange, field: "\(field).valid_until_ms", value: "\(member.validUntilMs)")
    }
    guard !member.isSuspended else {
      throw Refusal(.malformedChange, field: "\(field).suspended", value: "true")
    }
    return write(member.wire, member)
  }

  mutating func setSuspended(
    _ suspended: Bool, member id: String, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    try change(id, field, named: field) { (record) throws(Refusal) in
      record.suspended = suspended
    }
  }

  mutating func replace(
    _ keys: WireMemberKeys, _ field: String
  ) throws(Refusal) -> [RegistryWrite] {
    if !keys.signingKey.isEmpty {
      _ = try key(keys.signingKey.octets, .signing, "\(field).signing_key")
    }
    if keys.sealingKey.isEmpty {
      guard keys.wrappedIndexKey.isEmpty else {
        throw Refusal(.malformedChange, field: "\(field).sealing_key", value: "")
      }
    } else {
      _ = try key(keys.sealingKey.octets, .sealing, "\(field).sealing_key")
      try checkIndexKey(keys.wrappedIndexKey.octets, field)
    }
    return try change(keys.member, field, named: "\(field).member") { (record) throws(Refusal) in
      if !keys.signingKey.isEmpty { record.signingKey = keys.signingKey }
      if !keys.sealingKey.isEmpty {
        record.sealingKey = keys.sealingKey
        record.wrappedIndexKey = keys.wrappedIndexKey
      }
    }
  }

  mutating func set(_ roles: WireMemberRoles, _ field: String) throws(Refusal) -> [RegistryWrite] {
    for role in roles.roles { _ = try name(role, "\(field).roles") }
    return try change(roles.member, field, named: "\(field).member") { (record) throws(Refusal) in
      record.roles = roles.roles
    }
  }

  private func checkIndexKey(_ wrapped: [UInt8], _ field: String) throws(Refusal) {
    guard
      wrapped.isEmpty || wrapped.count == Self.indexKeyBytes + suite.wrapOverheadByteCount
    else {
      throw Refusal(
        .malformedChange, field: "\(field).wrapped_index_key", value: "\(wrapped.count) bytes")
    }
  }

  /// Changes a member's record, which must then be another one.
  private mutating func change(
    _ id: String, _ field: String, named idField: String,
    _ body: (inout WireMemberRecord) throws(Refusal) -> Void
  ) throws(Refusal) -> [RegistryWrite] {
    let id = try name(id, idField)
    guard let known = members[id] else {
      throw Refusal(.unknownSubject, field: idField, value: id)
    }
    var record = known.wire
    try body(&record)
    guard record != known.wire else { throw Refusal(.noChange, field: idField, value: id) }
    let changed = try checked(field, "member") { () throws(ModelFault) in try Member(record) }
    return write(record, changed)
  }

  private mutating func write(_ record: WireMemberRecord, _ member: Member) -> [RegistryWrite] {
    members[member.id] = member
    return [RegistryWrite(asset: Member.asset(member.id), value: record.encoded)]
  }
}
