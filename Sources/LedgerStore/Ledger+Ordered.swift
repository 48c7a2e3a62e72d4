public import Cryptography
public import LedgerModel
internal import Storage

// What a validator asks before it votes.

extension Ledger {
  /// The state after the block at a height, if it was executed here.
  public func executed(at height: UInt64) throws(LedgerFault) -> ExecutedState? {
    guard let bytes = try get(Tables.states, height.bigEndianBytes) else { return nil }
    return try StateRecord(height: height, decoding: bytes).executed
  }

  /// Forgets proposals of settled views that did not become final.
  public func forget(proposals: [Digest]) throws(LedgerFault) {
    var batch = WriteBatch()
    for hash in proposals { batch.delete(Tables.proposals, hash.bytes) }
    if !batch.changes.isEmpty { try write(batch, sync: false) }
  }

  /// Whether a batch was stored with a proposed or final block.
  public func hasBatch(_ digest: Digest) throws(LedgerFault) -> Bool {
    try get(Tables.batches, digest.bytes) != nil
  }
}
