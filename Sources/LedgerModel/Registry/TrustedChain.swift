public import Cryptography
public import Wire

/// Another chain whose headers this one believes, and from where on.
///
/// - Source: docs/spec/20-relay.md, rule R1.
public struct TrustedChain: Sendable {
  /// How long a chain's newest known header may be believed: a week, so that a decision does not
  /// expire while it is voted on, to a year and a day.
  public static let trustingMs: ClosedRange<UInt64> = 7 * 24 * 3_600_000...366 * 24 * 3_600_000
  /// The header format that this version reads.
  public static let headerFormat: UInt32 = 1

  public let id: Digest
  public let name: String
  public let suiteID: SuiteID
  /// 1, and one more whenever the chain is trusted anew.
  public let revision: UInt64
  /// The first epoch whose headers are believed.
  public let epoch: Epoch

  /// The asset that holds the record of the chain with this id.
  public static func asset(_ id: [UInt8]) -> AssetID {
    AssetID(namespace: "registry.chain", key: id.hex)
  }

  /// - Throws: `ModelFault.invalid` for the first field that is not as it must be.
  public init(_ wire: WireChainRecord) throws(ModelFault) {
    id = try Digest(wire.chainID, field: "chain.chain_id")
    name = try wire.name.checkedName(field: "chain.name")
    guard let suiteID = SuiteID(name: wire.suite) else {
      throw .invalid(field: "chain.suite", value: wire.suite, remedy: "use sm, intl or nist")
    }
    self.suiteID = suiteID
    guard wire.headerFormat == Self.headerFormat else {
      throw .invalid(
        field: "chain.header_format", value: "\(wire.headerFormat)",
        remedy: "this version reads format \(Self.headerFormat)")
    }
    guard Self.trustingMs ~= wire.trustingMs else {
      throw .invalid(
        field: "chain.trusting_ms", value: "\(wire.trustingMs)",
        remedy: "use \(Self.trustingMs.lowerBound) to \(Self.trustingMs.upperBound)")
    }
    // Epochs follow by counting on from here.
    guard wire.epoch <= UInt64(Int64.max) else {
      throw .invalid(field: "chain.epoch", value: "\(wire.epoch)", remedy: "no chain has so many")
    }
    revision = wire.revision
    epoch = Epoch(
      number: wire.epoch,
      validators: try ValidatorSet(wire.validators, suite: suiteID.suite), after: wire.after,
      suite: suiteID.suite)
  }
}
