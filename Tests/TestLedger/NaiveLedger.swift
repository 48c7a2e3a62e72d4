package import LedgerModel

/// The state after some blocks in plain arrays: what proofs must agree with. Shares no code with
/// the ledger and its trees.
package struct NaiveLedger {
  /// The operation log.
  package private(set) var records: [LogRecord] = []
  /// Every asset's trail, sequence 0 first.
  package private(set) var trails: [AssetID: [AssetEvent]] = [:]
  /// Every asset's value.
  package private(set) var values: [AssetID: [UInt8]] = [:]

  init(_ results: some Sequence<BlockResult>) throws {
    for result in results {
      for record in result.records {
        records.append(record)
        if case .event(let bytes) = record {
          let event = try AssetEvent(decoding: bytes)
          trails[event.asset, default: []].append(event)
        }
      }
      for update in result.updates { values[update.asset] = update.after.value }
    }
  }
}
