public import Storage

/// What a node keeps, table by table. Integers in keys are big-endian, so that they sort.
///
/// - Source: docs/spec/09-storage.md.
public enum Tables {
  /// Name → value: the chain's id, the newest block.
  static let meta = Table("meta")
  /// Height 8 → `Block`.
  static let blocks = Table("blocks")
  /// Header hash 32 → `Block` without certificate, proposed and not yet final.
  static let proposals = Table("proposals")
  /// Batch digest 32 → `Batch`.
  static let batches = Table("batches")
  /// Transaction id 32 → `SignedTransaction` without attachments.
  static let transactions = Table("transactions", holdsLargeValues: true)
  /// Digest 32 → content.
  static let attachments = Table("attachments", holdsLargeValues: true)
  /// Transaction id 32 → height 8, first receipt's position 8, number of receipts 4.
  static let receipts = Table("receipts")
  /// Length of member 1, member, idempotency key → transaction id 32.
  static let idempotency = Table("idempotency")
  /// Index key 32 → length of leaf 1, `IndexLeaf`, value: the newest state.
  static let assets = Table("assets")
  /// Index key 32, height 8 → the state that the block of this height replaced.
  static let history = Table("history")
  /// Position of the first record 8 → `LogSegment`: the records of one block, or a part of them.
  static let log = Table("log")
  /// Level 1, index 8 → a full page of the log's tree.
  static let pages = Table("pages")
  /// Node key → node of the index.
  static let nodes = Table("nodes")
  /// Height at which they became stale 8 → node keys, each with its length before it 1.
  static let stale = Table("stale")
  /// Height 8 → `StateRecord`.
  static let states = Table("states")
  /// Number 8 → `EpochRecord`; the first epoch is the genesis document's.
  static let epochs = Table("epochs")
  /// Number 8 → consensus journal record.
  static let journal = Table("journal")

  /// Every table, as a store wants them when it is opened.
  public static let all = [
    meta, blocks, proposals, batches, transactions, attachments, receipts, idempotency, assets,
    history, log, pages, nodes, stale, states, epochs, journal,
  ]
}
