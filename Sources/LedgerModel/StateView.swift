public import Cryptography

/// The state after the block before, as execution reads it.
public protocol StateView: Sendable {
  /// The states of the assets with these index keys, in their order; `nil` where there is none yet.
  func assets(_ indexKeys: [Digest]) throws(StateFault) -> [AssetState?]
  /// The transaction that a member submitted under an idempotency key, if one was executed.
  func transaction(member: String, idempotencyKey: [UInt8]) throws(StateFault) -> Digest?
  /// Whether a transaction was executed: carried out or refused, it has its receipts.
  ///
  /// Asked only for a transaction whose idempotency key another one has.
  func isExecuted(_ id: Digest) throws(StateFault) -> Bool
}

/// The state cannot be read: the device failed or the data is damaged. The node must stop.
public enum StateFault: Error, Hashable, Sendable {
  case unavailable(reason: String)
}
