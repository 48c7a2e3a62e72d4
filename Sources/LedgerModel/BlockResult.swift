public import Cryptography

/// All that executing a block changes. Nothing has been written yet.
public struct BlockResult: Sendable {
  /// An asset's new state; `before` is what it replaces.
  public struct Update: Sendable {
    public let asset: AssetID
    public let indexKey: Digest
    public let before: AssetState?
    public let after: AssetState

    package init(asset: AssetID, indexKey: Digest, before: AssetState?, after: AssetState) {
      self.asset = asset
      self.indexKey = indexKey
      self.before = before
      self.after = after
    }
  }

  /// A transaction that was executed here for the first time.
  public struct Executed: Sendable {
    public let id: Digest
    public let member: String
    /// Empty if another transaction had used the key.
    public let idempotencyKey: [UInt8]
    /// Position of its first receipt in the operation log; the others follow.
    public let firstReceipt: UInt64
    public let receipts: [Receipt]

    package init(
      id: Digest, member: String, idempotencyKey: [UInt8], firstReceipt: UInt64,
      receipts: [Receipt]
    ) {
      self.id = id
      self.member = member
      self.idempotencyKey = idempotencyKey
      self.firstReceipt = firstReceipt
      self.receipts = receipts
    }
  }

  public let height: UInt64
  /// Size of the operation log before this block.
  public let logStart: UInt64
  /// New entries of the operation log, in order.
  public private(set) var records: [LogRecord] = []
  /// Their leaf hashes.
  public private(set) var leafHashes: [Digest] = []
  /// Changed assets in the order of their index keys, each once.
  public package(set) var updates: [Update] = []
  public package(set) var transactions: [Executed] = []

  /// The validators of the next epoch, if the block ends its epoch.
  public package(set) var nextEpoch: ValidatorSet?

  package init(height: UInt64, logStart: UInt64) {
    self.height = height
    self.logStart = logStart
  }

  /// Size of the operation log with what was logged so far.
  public var logSize: UInt64 { logStart + UInt64(records.count) }

  package mutating func log(_ record: LogRecord, digest: Digest, suite: any CryptoSuite) {
    records.append(record)
    leafHashes.append(LogRecord.leafHash(kind: record.kind, digest: digest, suite))
  }

  /// Takes back what was logged from this position on.
  package mutating func truncate(to position: UInt64) {
    let count = Int(position - logStart)
    records.removeSubrange(count...)
    leafHashes.removeSubrange(count...)
  }
}
