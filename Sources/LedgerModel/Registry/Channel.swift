internal import Cryptography
internal import Wire

/// What this chain and another send each other under one name.
///
/// - Source: docs/spec/20-relay.md, rule R6.
public enum Channel {
  /// Most types of messages of a channel.
  public static let messageTypesMax = 16
  /// Most packets sent from here that are not settled: they are all looked after at once.
  public static let window: ClosedRange<UInt32> = 1...4_096
  /// Longest time until a packet's timeout that terms may choose, in milliseconds: an hour to a
  /// year and a day. For so long a packet that nobody can deliver holds up those after it.
  public static let timeoutMs: ClosedRange<UInt64> = 3_600_000...366 * 24 * 3_600_000

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
  }
}
