public import LedgerModel
public import SwiftProtobuf
internal import Wire

/// A set of methods over the assets of its namespaces (D11).
public struct Contract: Sendable {
  /// What calls name, e.g. `invoice`.
  public let name: String
  /// In the order of the contract's README.
  public let methods: [Method]

  public init(_ name: String, methods: [Method]) {
    self.name = name
    self.methods = methods
  }

  /// The method of this name.
  public func method(_ name: String) -> Method? {
    methods.first { $0.name == name }
  }
}

/// One thing that members can do: its argument message, who may do it, and which assets it touches.
///
/// - Source: docs/spec/08-contracts.md, rules E1 to E6.
public struct Method: Sendable {
  public let name: String
  /// Roles of which the caller needs one; empty: every valid member may call.
  public let roles: [String]
  private let decode: @Sendable ([UInt8]) throws(Refusal) -> PreparedCall

  /// Declares a method.
  /// - Parameters:
  ///   - touches: Every asset that `perform` may read or append to, members included.
  ///   - derives: Assets beside these whose names follow from values of `touches`, as a counter's
  ///     next one does. They are known only when the call's turn comes.
  ///   - signatureChecks: How many checks of signatures a call may cost at most (X7).
  ///   - perform: Reads and appends through the scope, or refuses. It sees no clock, chance, disk.
  public init<Arguments: Message>(
    _ name: String, roles: [String] = [], arguments: Arguments.Type,
    touches: @escaping @Sendable (Arguments) -> [AssetID],
    derives: (@Sendable (Arguments, _ value: (AssetID) -> [UInt8]?) -> [AssetID])? = nil,
    signatureChecks: @escaping @Sendable (Arguments) -> Int = { _ in 0 },
    perform: @escaping @Sendable (Arguments, inout CallScope) throws(Refusal) -> Void
  ) {
    self.name = name
    self.roles = roles
    decode = { (bytes) throws(Refusal) -> PreparedCall in
      let decoded: Arguments
      do {
        decoded = try Arguments(strict: bytes, limit: Limits.argumentBytes)
      } catch {
        throw Refusal(
          .malformedArguments, field: Arguments.protoMessageName, value: "\(bytes.count) bytes")
      }
      return PreparedCall(
        touches: touches(decoded),
        derives: derives.map { derives in { @Sendable value in derives(decoded, value) } },
        signatureChecks: signatureChecks(decoded),
        perform: { (scope) throws(Refusal) in try perform(decoded, &scope) })
    }
  }

  /// X3. Refuses a caller who has none of the roles, or whom a restriction keeps out.
  /// - Parameter contract: The name of the contract whose method this is.
  public func permit(
    _ caller: Member, of contract: String, _ permissions: Permissions
  ) throws(Refusal) {
    guard roles.isEmpty || roles.contains(where: caller.roles.contains) else {
      throw Refusal(
        .notPermitted, field: "roles",
        value: "\(caller.id) needs \(roles.joined(separator: " or "))")
    }
    try permissions.check(caller, contract: contract, method: name)
  }

  /// Decodes the arguments; from then on the call is ready to run.
  public func prepare(_ arguments: [UInt8]) throws(Refusal) -> PreparedCall {
    try decode(arguments)
  }
}

/// A call with its arguments decoded and its assets known, before anything is read.
public struct PreparedCall: Sendable {
  public let touches: [AssetID]
  let derives: (@Sendable (_ value: (AssetID) -> [UInt8]?) -> [AssetID])?
  /// How many checks of signatures the call may cost at most.
  public let signatureChecks: Int
  let perform: @Sendable (inout CallScope) throws(Refusal) -> Void

  /// Assets beside `touches` that the call may read or append to, as values are now.
  /// - Parameter value: The value of an asset of `touches`, with what earlier calls appended.
  public func derived(_ value: (AssetID) -> [UInt8]?) -> [AssetID] { derives?(value) ?? [] }

  /// Runs the call over assets already loaded.
  /// - Returns: What it appended, in order. Nothing of it has taken effect yet.
  public func run(_ scope: consuming CallScope) throws(Refusal) -> [PendingEvent] {
    var scope = scope
    try perform(&scope)
    return scope.pending
  }
}

/// An event that a call wants appended, with the asset's value after it.
public struct PendingEvent: Hashable, Sendable {
  public let asset: AssetID
  public let operation: String
  public let value: [UInt8]
  public let details: [UInt8]
  /// Whose doing it is.
  public let actor: String

  public init(
    asset: AssetID, operation: String, value: [UInt8], details: [UInt8], actor: String
  ) {
    self.asset = asset
    self.operation = operation
    self.value = value
    self.details = details
    self.actor = actor
  }
}
