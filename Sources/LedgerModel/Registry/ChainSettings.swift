internal import Cryptography
public import Wire

/// What every node of the chain grants and keeps: decided together, the same for all of an epoch.
///
/// - Source: docs/spec/06-registry.md, rule G6.
public struct ChainSettings: Hashable, Sendable {
  /// Where they are kept on the ledger.
  public static let asset = AssetID(namespace: "governance.settings", key: "current")

  /// Longest time between two blocks of an idle chain, in milliseconds.
  public var heartbeatMs: UInt64
  /// Most calls of one block.
  public var blockCalls: UInt64
  /// Most bytes of one block's transactions, attachments included.
  public var blockBytes: UInt64
  /// Transactions of one member that may wait at one node.
  public var poolTransactionsPerMember: UInt64
  /// Bytes of one member's transactions that may wait at one node.
  public var poolBytesPerMember: UInt64

  /// What a chain has whose genesis document says nothing.
  public static let standard = ChainSettings(
    heartbeatMs: 10_000, blockCalls: 16_384, blockBytes: 32 << 20,
    poolTransactionsPerMember: 4_096, poolBytesPerMember: 64 << 20)

  public init(
    heartbeatMs: UInt64, blockCalls: UInt64, blockBytes: UInt64,
    poolTransactionsPerMember: UInt64, poolBytesPerMember: UInt64
  ) {
    self.heartbeatMs = heartbeatMs
    self.blockCalls = blockCalls
    self.blockBytes = blockBytes
    self.poolTransactionsPerMember = poolTransactionsPerMember
    self.poolBytesPerMember = poolBytesPerMember
  }

  /// What each may be: no setting stops the chain, and none asks more than a node can give.
  enum Bounds {
    /// From a tenth of a second to an hour.
    static let heartbeatMs: ClosedRange<UInt64> = 100...3_600_000
    /// A block holds at least the largest transaction (D15).
    static let blockCalls = UInt64(Limits.callsPerTransaction)...65_536
    static let blockBytes = UInt64(1 << 20)...UInt64(Limits.transactionBytes)
    static let poolTransactionsPerMember: ClosedRange<UInt64> = 1...1_000_000
    static let poolBytesPerMember: ClosedRange<UInt64> = 1 << 20...1 << 30
  }

  public var wire: WireSettings {
    var wire = WireSettings()
    wire.heartbeatMs = heartbeatMs
    wire.blockCalls = blockCalls
    wire.blockBytes = blockBytes
    wire.poolTransactionsPerMember = poolTransactionsPerMember
    wire.poolBytesPerMember = poolBytesPerMember
    return wire
  }

  /// - Throws: `ModelFault.invalid` for the first setting out of its bounds.
  public init(_ wire: WireSettings) throws(ModelFault) {
    self.init(
      heartbeatMs: wire.heartbeatMs, blockCalls: wire.blockCalls, blockBytes: wire.blockBytes,
      poolTransactionsPerMember: wire.poolTransactionsPerMember,
      poolBytesPerMember: wire.poolBytesPerMember)
    for (name, value, bounds) in [
      ("heartbeat_ms", heartbeatMs, Bounds.heartbeatMs),
      ("block_calls", blockCalls, Bounds.blockCalls),
      ("block_bytes", blockBytes, Bounds.blockBytes),
      (
        "pool_transactions_per_member", poolTransactionsPerMember,
        Bounds.poolTransactionsPerMember
      ),
      ("pool_bytes_per_member", poolBytesPerMember, Bounds.poolBytesPerMember),
    ] where !bounds.contains(value) {
      throw .invalid(
        field: "settings.\(name)", value: "\(value)",
        remedy: "use \(bounds.lowerBound) to \(bounds.upperBound)")
    }
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireSettings
    do {
      wire = try WireSettings(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    try self.init(wire)
  }
}
