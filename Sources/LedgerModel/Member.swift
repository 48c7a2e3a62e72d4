public import Cryptography
public import Wire

/// A registered party that signs transactions and opens sealed content.
///
/// - Source: docs/spec/06-registry.md.
public struct Member: Hashable, Sendable {
  public let id: String
  public let organisation: String
  public let roles: [String]
  public let region: Region
  public let signingKey: [UInt8]
  public let sealingKey: [UInt8]
  /// The chain's blind-index key, wrapped to `sealingKey`; empty for who may not look persons up.
  public let wrappedIndexKey: [UInt8]
  public let validFromMs: UInt64
  /// 0: no end.
  public let validUntilMs: UInt64
  /// Whether a joint decision keeps the member from acting.
  public let isSuspended: Bool

  /// Where members are kept on the ledger.
  public static let namespace = "registry.member"

  /// The asset that holds the member of this id.
  public static func asset(_ id: String) -> AssetID { AssetID(namespace: namespace, key: id) }

  public init(
    id: String, organisation: String, roles: [String], region: Region, signingKey: [UInt8],
    sealingKey: [UInt8], wrappedIndexKey: [UInt8] = [], validFromMs: UInt64 = 0,
    validUntilMs: UInt64 = 0, isSuspended: Bool = false
  ) {
    self.id = id
    self.organisation = organisation
    self.roles = roles
    self.region = region
    self.signingKey = signingKey
    self.sealingKey = sealingKey
    self.wrappedIndexKey = wrappedIndexKey
    self.validFromMs = validFromMs
    self.validUntilMs = validUntilMs
    self.isSuspended = isSuspended
  }

  /// Whether the member's validity holds at this block time. `checkStanding` says all that a member
  /// needs to act.
  public func isValid(atMs time: UInt64) -> Bool {
    validFromMs <= time && (validUntilMs == 0 || time < validUntilMs)
  }

  public var wire: WireMemberRecord {
    var wire = WireMemberRecord()
    wire.id = id
    wire.organisation = organisation
    wire.roles = roles
    wire.region = region.code
    wire.signingKey = signingKey.data
    wire.sealingKey = sealingKey.data
    wire.wrappedIndexKey = wrappedIndexKey.data
    wire.validFromMs = validFromMs
    wire.validUntilMs = validUntilMs
    wire.suspended = isSuspended
    return wire
  }

  public init(_ wire: WireMemberRecord) throws(ModelFault) {
    id = try wire.id.checkedName(field: "member.id")
    organisation = try wire.organisation.checkedName(field: "member.organisation")
    guard wire.roles.count <= 32 else {
      throw .invalid(
        field: "member.roles", value: "\(wire.roles.count)", remedy: "at most 32 roles")
    }
    var names: [String] = []
    for role in wire.roles { names.append(try role.checkedName(field: "member.roles")) }
    roles = names
    region = try Region(code: wire.region, field: "member.region")
    signingKey = wire.signingKey.octets
    sealingKey = wire.sealingKey.octets
    wrappedIndexKey = wire.wrappedIndexKey.octets
    validFromMs = wire.validFromMs
    validUntilMs = wire.validUntilMs
    isSuspended = wire.suspended
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireMemberRecord
    do {
      wire = try WireMemberRecord(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    try self.init(wire)
  }

  /// Names a sealing key without showing it: the first 8 bytes of its hash.
  public static func keyID(of sealingKey: [UInt8], suite: any CryptoSuite) -> [UInt8] {
    Array(suite.hash(.keyID, sealingKey).bytes.prefix(8))
  }
}

/// An administrative division (GB/T 2260): province 2 digits, city 4, county 6, padded with zeros.
public struct Region: Hashable, Sendable {
  /// Six digits, or empty for everywhere.
  public let code: String
  public static let everywhere = Region()

  private init() { code = "" }

  public init(code: String, field: String) throws(ModelFault) {
    guard code.isEmpty || code.utf8.count == 6 && code.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw .invalid(
        field: field, value: code,
        remedy: "use the six digits of an administrative division, or nothing for everywhere")
    }
    self.code = code
  }

  /// Whether `other` lies within this region: 460000 contains 460100, which contains 460106.
  public func contains(_ other: String) -> Bool {
    var significant = Array(code.utf8)
    while significant.count >= 2, significant.suffix(2) == [0x30, 0x30] {
      significant.removeLast(2)
    }
    return other.utf8.starts(with: significant)
  }
}
