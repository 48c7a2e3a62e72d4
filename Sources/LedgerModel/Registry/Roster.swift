internal import Cryptography
public import Wire

/// Every organisation's standing in one place: who has a vote, and whose members may not act.
///
/// - Source: docs/spec/06-registry.md, rule G5.
public struct Roster: Hashable, Sendable {
  /// Most organisations of a chain: the roster and a proposal's ballots stay below a value's limit.
  public static let organisationsMax = 1_024

  /// Where it is kept on the ledger.
  public static let asset = AssetID(namespace: "governance.roster", key: "current")

  /// Organisations that have a vote, in the order in which they were added.
  public private(set) var active: [String]
  /// Organisations whose members may not act, in the order in which they were suspended.
  public private(set) var suspended: [String]

  public init(active: [String], suspended: [String] = []) {
    self.active = active
    self.suspended = suspended
  }

  public func isActive(_ organisation: String) -> Bool { active.contains(organisation) }
  public func isSuspended(_ organisation: String) -> Bool { suspended.contains(organisation) }
  /// Whether there is such an organisation, suspended or not.
  public func contains(_ organisation: String) -> Bool {
    isActive(organisation) || isSuspended(organisation)
  }

  /// Organisations of any standing.
  public var count: Int { active.count + suspended.count }

  mutating func add(_ organisation: String) { active.append(organisation) }

  mutating func suspend(_ organisation: String) {
    active.removeAll { $0 == organisation }
    suspended.append(organisation)
  }

  mutating func reinstate(_ organisation: String) {
    suspended.removeAll { $0 == organisation }
    active.append(organisation)
  }

  public var wire: WireRoster {
    var wire = WireRoster()
    wire.active = active
    wire.suspended = suspended
    return wire
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireRoster
    do {
      wire = try WireRoster(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    self.init(active: wire.active, suspended: wire.suspended)
  }
}

extension Member {
  /// Refuses unless the member may act at this block time: neither it nor its organisation is
  /// suspended, and its validity holds.
  /// - Throws: `registry.member_suspended`, `registry.organisation_suspended` or
  ///   `registry.member_not_valid`.
  /// - Source: docs/spec/08-contracts.md, rule X2.
  public func checkStanding(atMs time: UInt64, roster: Roster) throws(Refusal) {
    guard !isSuspended else {
      throw Refusal(.memberSuspended, field: "member", value: id)
    }
    guard !roster.isSuspended(organisation) else {
      throw Refusal(.organisationSuspended, field: "organisation", value: organisation)
    }
    guard isValid(atMs: time) else {
      throw Refusal(.memberNotValid, field: "member", value: id)
    }
  }
}
