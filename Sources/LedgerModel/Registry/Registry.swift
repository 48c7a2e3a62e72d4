public import Cryptography
internal import SwiftProtobuf
public import Wire

/// Who takes part and under which rules, as an epoch has it or as changes would leave it.
///
/// Holds the organisations, members, chains and channels that its changes are about, and no others.
/// - Source: docs/spec/06-registry.md.
public struct Registry: Sendable {
  /// Where the validators of the epoch are kept on the ledger.
  public static let validators = AssetID(namespace: "registry.validators", key: "current")

  /// The asset that holds the organisation of this id.
  public static func organisation(_ id: String) -> AssetID {
    AssetID(namespace: "registry.organisation", key: id)
  }

  let suite: any CryptoSuite
  public internal(set) var epoch: UInt64
  public internal(set) var validators: ValidatorSet
  public internal(set) var observers: ObserverSet
  public internal(set) var roster: Roster
  public internal(set) var settings: ChainSettings
  public internal(set) var permissions: Permissions
  var organisations: [String: WireOrganisationRecord] = [:]
  var members: [String: Member] = [:]
  /// By chain id in hexadecimal.
  var chains: [String: WireChainRecord] = [:]
  var channels: [String: WireChannelRecord] = [:]

  /// The assets that judging these changes reads and applying them writes, each once.
  public static func assets(of changes: [WireChange]) -> [AssetID] {
    var seen: Set<AssetID> = []
    let parts = [validators, Roster.asset, ChainSettings.asset, Permissions.asset]
    return (parts + changes.flatMap(\.subjects)).filter { seen.insert($0).inserted }
  }

  /// Reads the registry, with the organisations and members that `changes` are about.
  /// - Parameter read: The value of an asset of `assets(of: changes)`.
  /// - Throws: If the state holds no registry: it did not begin as `genesisState`.
  public init(
    changes: [WireChange], suite: any CryptoSuite, read: (AssetID) -> [UInt8]?
  ) throws(ModelFault) {
    self.suite = suite
    let record = try ValidatorSetRecord(decoding: Self.needed(Self.validators, read), suite: suite)
    epoch = record.epoch
    validators = record.validators
    observers = record.observers
    roster = try Roster(decoding: Self.needed(Roster.asset, read))
    settings = try ChainSettings(decoding: Self.needed(ChainSettings.asset, read))
    permissions =
      if let bytes = read(Permissions.asset) { try Permissions(decoding: bytes) } else {
        Permissions()
      }
    for asset in changes.flatMap(\.subjects) {
      guard let bytes = read(asset) else { continue }
      switch asset {
      case Member.asset(asset.key): members[asset.key] = try Member(decoding: bytes)
      case Channel.asset(asset.key): channels[asset.key] = try Self.record(decoding: bytes)
      case Registry.organisation(asset.key):
        organisations[asset.key] = try Self.record(decoding: bytes)
      default: chains[asset.key] = try Self.record(decoding: bytes)
      }
    }
  }

  private static func needed(
    _ asset: AssetID, _ read: (AssetID) -> [UInt8]?
  ) throws(ModelFault) -> [UInt8] {
    guard let bytes = read(asset) else {
      throw .invalid(
        field: "\(asset)", value: "", remedy: "the state has no registry: begin from genesis")
    }
    return bytes
  }

  private static func record<Record: Message>(decoding bytes: [UInt8]) throws(ModelFault) -> Record
  {
    do {
      return try Record(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
  }

  /// The same as the next epoch begins with it, before any change.
  public var nextEpoch: Registry {
    var next = self
    next.epoch += 1
    return next
  }

  /// The value of `validators`.
  public var validatorRecord: ValidatorSetRecord {
    ValidatorSetRecord(epoch: epoch, validators: validators, observers: observers)
  }
}
