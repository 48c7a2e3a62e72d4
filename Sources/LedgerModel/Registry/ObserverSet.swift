public import Cryptography
public import Wire

/// Nodes that follow the chain without a vote: replicas that serve clients, and future validators.
///
/// No digest of validators covers them: they take part in no decision.
/// - Source: docs/spec/06-registry.md, rule G8.
public struct ObserverSet: Sendable {
  /// Most observers of a chain: every validator may keep a link to each.
  public static let countMax = 64

  /// In the order in which they were added; names and keys are distinct, and no validator's.
  public private(set) var nodes: [Validator] = []

  public init() {}

  /// - Parameter field: What a refusal calls the list, e.g. `genesis.observers`.
  /// - Throws: `ModelFault.invalid` for too many, a bad name or key, or one that is used twice.
  public init(
    _ records: [WireValidatorRecord], beside validators: ValidatorSet, suite: any CryptoSuite,
    field: String
  ) throws(ModelFault) {
    guard records.count <= Self.countMax else {
      throw .invalid(
        field: field, value: "\(records.count)", remedy: "name at most \(Self.countMax)")
    }
    for record in records {
      let name = try record.name.checkedName(field: "\(field).name")
      let key: PublicKey
      do {
        key = try suite.publicKey(record.signingKey.octets, use: .signing)
      } catch {
        throw .invalid(
          field: "\(field).\(name)", value: record.signingKey.octets.prefix(40).hex,
          remedy: "it is not a public key of suite \(suite.id.name)")
      }
      let others = nodes + validators.validators
      guard !others.contains(where: { $0.name == name || $0.publicKey.encoded == key.encoded })
      else {
        throw .invalid(
          field: field, value: name,
          remedy: "give each observer a name and a key that no other node has")
      }
      nodes.append(Validator(name: name, publicKey: key))
    }
  }

  public var records: [WireValidatorRecord] {
    nodes.map { node in
      var record = WireValidatorRecord()
      record.name = node.name
      record.signingKey = node.publicKey.encoded.data
      return record
    }
  }

  func named(_ name: String) -> Validator? { nodes.first { $0.name == name } }
  func holder(of key: PublicKey) -> Validator? {
    nodes.first { $0.publicKey.encoded == key.encoded }
  }

  mutating func add(_ node: Validator) { nodes.append(node) }
  mutating func remove(_ name: String) { nodes.removeAll { $0.name == name } }
}
