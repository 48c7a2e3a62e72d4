internal import Cryptography
internal import Wire

/// What this chain and another send each other under one name.
///
/// - Source: docs/spec/20-relay.md, rule R6.
public enum Channel {
  /// Most types of messages of a channel.
  public static let messageTypesMax = 32
  /// Most packets sent from here that are not settled: they are all looked after at once.
  public static let window: ClosedRange<UInt32> = 1...4_096
  /// Longest time until a packet's timeout that terms may choose, in milliseconds: an hour to a
  /// year and a day. For so long a packet that nobody can deliver holds up those after it.
  public static let timeoutMs: ClosedRange<UInt64> = 3_600_000...366 * 24 * 3_600_000
  /// Most members of this chain who open content on its way: its key is wrapped to each.
  public static let carriersMax = 8
  /// Most routers of the other chain: some from each of a few operators.
  public static let remoteRoutersMax = 8

  /// The asset that holds the terms of the channel of this id.
  public static func asset(_ id: String) -> AssetID {
    AssetID(namespace: "registry.channel", key: id)
  }

  /// Checks the terms by themselves.
  /// - Throws: `ModelFault.invalid` for the first field that is not as it must be.
  static func check(_ terms: WireChannelRecord) throws(ModelFault) {
    _ = try terms.id.checkedName(field: "channel.id")
    for (name, chain) in [
      ("local_chain", terms.localChain), ("remote_chain", terms.remoteChain),
    ] where chain.count != 32 {
      throw .invalid(
        field: "channel.\(name)", value: "\(chain.count) bytes", remedy: "a chain id has 32 bytes")
    }
    guard terms.localChain != terms.remoteChain else {
      throw .invalid(
        field: "channel.remote_chain", value: terms.remoteChain.octets.hex,
        remedy: "a channel leads to another chain")
    }
    for type in terms.messageTypes { _ = try type.checkedName(field: "channel.message_types") }
    guard 1...messageTypesMax ~= terms.messageTypes.count,
      Set(terms.messageTypes).count == terms.messageTypes.count
    else {
      throw .invalid(
        field: "channel.message_types", value: "\(terms.messageTypes.count)",
        remedy: "name 1 to \(messageTypesMax) types, each once")
    }
    guard window ~= terms.window else {
      throw .invalid(
        field: "channel.window", value: "\(terms.window)",
        remedy: "use \(window.lowerBound) to \(window.upperBound)")
    }
    guard timeoutMs ~= terms.maxTimeoutMs else {
      throw .invalid(
        field: "channel.max_timeout_ms", value: "\(terms.maxTimeoutMs)",
        remedy: "use \(timeoutMs.lowerBound) to \(timeoutMs.upperBound)")
    }
    for carrier in terms.carriers { _ = try carrier.checkedName(field: "channel.carriers") }
    guard 1...carriersMax ~= terms.carriers.count,
      Set(terms.carriers).count == terms.carriers.count
    else {
      throw .invalid(
        field: "channel.carriers", value: "\(terms.carriers.count)",
        remedy: "name 1 to \(carriersMax) members, each once")
    }
    if terms.leadsToPlace { return try checkPlace(terms) }
    guard let mechanism = SuiteID(name: terms.mechanism) else {
      throw .invalid(
        field: "channel.mechanism", value: terms.mechanism, remedy: "use sm, intl or nist")
    }
    try check(terms.remoteRouters, mechanism.suite)
  }

  /// Routers differ in names and keys, so that a name or key stands for one of them.
  private static func check(
    _ routers: [WireRouterRecord], _ suite: any CryptoSuite
  ) throws(ModelFault) {
    for router in routers {
      let name = try router.name.checkedName(field: "channel.remote_routers.name")
      for (key, use) in [(router.signingKey, KeyUse.signing), (router.sealingKey, .sealing)] {
        do {
          _ = try suite.publicKey(key.octets, use: use)
        } catch {
          throw .invalid(
            field: "channel.remote_routers.\(name)", value: key.octets.prefix(40).hex,
            remedy: "it is not a public key of suite \(suite.id.name)")
        }
      }
    }
    let keys = routers.flatMap { [$0.signingKey, $0.sealingKey] }
    guard routers.count <= remoteRoutersMax, Set(routers.map(\.name)).count == routers.count,
      Set(keys).count == keys.count
    else {
      throw .invalid(
        field: "channel.remote_routers", value: "\(routers.count)",
        remedy: "name at most \(remoteRoutersMax) routers, each name and each key once")
    }
  }
}
