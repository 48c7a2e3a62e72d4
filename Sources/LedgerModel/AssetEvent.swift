public import Cryptography
internal import Wire

/// One step in the trail of one asset.
///
/// - Source: docs/spec/04-state.md, rules S2 and S3.
public struct AssetEvent: Hashable, Sendable {
  public let asset: AssetID
  /// 0 for the first event of the asset.
  public let sequence: UInt64
  /// Digest of the event before; zero for the first.
  public let previous: Digest
  /// Where the event before is in the operation log; 0 for the first.
  public let previousPosition: UInt64
  public let operation: String
  /// Digest of the asset's value after this event.
  public let valueDigest: Digest
  /// The member who did it.
  public let actor: String
  public let transactionID: Digest
  public let callIndex: Int
  public let height: UInt64
  /// The block's time, milliseconds since 1970.
  public let timeMs: UInt64
  /// The operation's own message.
  public let details: [UInt8]
  /// Set when the operation was synced from another chain.
  public let origin: Origin?

  /// Where a synced operation was first recorded.
  public struct Origin: Hashable, Sendable {
    public let chainID: Digest
    public let transactionID: Digest
  }

  public init(
    asset: AssetID, sequence: UInt64, previous: Digest, previousPosition: UInt64, operation: String,
    valueDigest: Digest, actor: String, transactionID: Digest, callIndex: Int, height: UInt64,
    timeMs: UInt64,
    details: [UInt8], origin: Origin? = nil
  ) {
    self.asset = asset
    self.sequence = sequence
    self.previous = previous
    self.previousPosition = previousPosition
    self.operation = operation
    self.valueDigest = valueDigest
    self.actor = actor
    self.transactionID = transactionID
    self.callIndex = callIndex
    self.height = height
    self.timeMs = timeMs
    self.details = details
    self.origin = origin
  }

  public var encoded: [UInt8] {
    var wire = WireAssetEvent()
    wire.namespace = asset.namespace
    wire.key = asset.key
    wire.sequence = sequence
    wire.previous = previous.bytes.data
    wire.previousPosition = previousPosition
    wire.operation = operation
    wire.valueDigest = valueDigest.bytes.data
    wire.actor = actor
    wire.transactionID = transactionID.bytes.data
    wire.callIndex = UInt32(callIndex)
    wire.height = height
    wire.timeMs = timeMs
    wire.details = details.data
    if let origin {
      wire.origin.chainID = origin.chainID.bytes.data
      wire.origin.transactionID = origin.transactionID.bytes.data
    }
    return wire.encoded
  }

  public init(decoding bytes: [UInt8]) throws(ModelFault) {
    let wire: WireAssetEvent
    do {
      wire = try WireAssetEvent(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
    asset = AssetID(namespace: wire.namespace, key: wire.key)
    sequence = wire.sequence
    previous = try Digest(wire.previous, field: "event.previous")
    previousPosition = wire.previousPosition
    operation = wire.operation
    valueDigest = try Digest(wire.valueDigest, field: "event.value_digest")
    actor = wire.actor
    transactionID = try Digest(wire.transactionID, field: "event.transaction_id")
    callIndex = Int(wire.callIndex)
    height = wire.height
    timeMs = wire.timeMs
    details = wire.details.octets
    origin =
      wire.hasOrigin
      ? Origin(
        chainID: try Digest(wire.origin.chainID, field: "event.origin.chain_id"),
        transactionID: try Digest(wire.origin.transactionID, field: "event.origin.transaction_id"))
      : nil
  }
}
