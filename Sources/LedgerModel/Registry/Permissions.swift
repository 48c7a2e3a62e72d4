internal import Cryptography
public import Wire

/// Which methods only some members may call, beyond what the contracts themselves ask for.
///
/// - Source: docs/spec/06-registry.md, rule G7.
public struct Permissions: Hashable, Sendable {
  /// Most restricted methods.
  public static let restrictionsMax = 64
  /// Most roles, and most organisations, that a restriction names.
  public static let rolesMax = 8, organisationsMax = 32

  /// Where they are kept on the ledger; absent until the first decision.
  public static let asset = AssetID(namespace: "governance.permissions", key: "current")

  /// In the order in which they were decided, each method at most once.
  public private(set) var restrictions: [WirePermission] = []

  public init() {}

  /// The restriction of a method, if there is one.
  public func restriction(_ contract: String, _ method: String) -> WirePermission? {
    restrictions.first { $0.contract == contract && $0.method == method }
  }

  /// Refuses a caller whom a restriction keeps out.
  /// - Throws: `contract.restricted`.
  public func check(_ caller: Member, contract: String, method: String) throws(Refusal) {
    guard !restrictions.isEmpty, let rule = restriction(contract, method) else { return }
    guard rule.roles.isEmpty || rule.roles.contains(where: caller.roles.contains) else {
      throw Refusal(
        .restricted, field: "roles",
        value: "\(caller.id) needs \(rule.roles.joined(separator: " or "))")
    }
    guard rule.organisations.isEmpty || rule.organisations.contains(caller.organisation) else {
      throw Refusal(.restricted, field: "organisation", value: caller.organisation)
    }
  }

  /// Replaces the restriction of a method, or lifts it if it restricts nothing.
  mutating func set(_ rule: WirePermission) {
    restrictions.removeAll { $0.contract == rule.contract && $0.method == rule.method }
    if !rule.roles.isEmpty || !rule.organisations.isEmpty { restrictions.append(rule) }
  }

  public var wire: WirePermissions {
    var wire = WirePermissions()
    wire.restrictions = restrictions
    return wire
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    do {
      restrictions = try WirePermissions(strict: bytes, limit: Limits.valueBytes).restrictions
    } catch {
      throw .wire(error)
    }
  }
}
