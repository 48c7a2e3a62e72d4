/// Bounds on what a node accepts, with the reason for each.
public enum Limits {
  /// Calls under one signature (D15): a batch executes within one block interval.
  public static let callsPerTransaction = 8_192
  /// Bytes of one call's arguments: far above any contract's largest argument message.
  public static let argumentBytes = 64 * 1_024
  /// Bytes of one attachment: a sealed e-invoice with its image fits.
  public static let attachmentBytes = 2 * 1_024 * 1_024
  /// Checks of signatures that the calls of one block may cost: a fraction of a second.
  public static let signatureChecksPerBlock = 1_024
  /// Of these, for methods that every member may call: sixteen recognitions.
  public static let signatureChecksByAnyone = 64
  /// Attachments of one call.
  public static let attachmentsPerCall = 4
  /// Bytes of a signed transaction with attachments: the largest request a node buffers.
  public static let transactionBytes = 64 * 1_024 * 1_024
  /// Bytes of the body that a validator signs by itself: two votes and names.
  public static let reportBytes = 1_024
  /// Bytes of an idempotency key.
  public static let idempotencyKeyBytes = 64
  /// Bytes of a member, organisation, contract or method name.
  public static let nameBytes = 64
  /// Blocks that a transaction may stay valid beyond the newest: bounds what must be remembered.
  public static let validityBlocks: UInt64 = 1_000_000
  /// Bytes of an encoded header: fixed fields only.
  public static let headerBytes = 1_024
  /// Batches that one header may name.
  public static let batchesPerBlock = 64
  /// Bytes of a genesis document.
  public static let genesisBytes = 4 * 1_024 * 1_024
  /// Bytes of a proof bundle: a trail of some ten thousand events.
  public static let bundleBytes = 32 * 1_024 * 1_024
  /// Events of a trail that is proven at once: with some 300 bytes each they fit a bundle.
  public static let trailEvents: UInt64 = 65_536
  /// Bytes of an asset's value.
  public static let valueBytes = 256 * 1_024
  /// Links between epochs that one answer or bundle may carry: with 31 validators some 4 KB each.
  public static let epochLinks = 10_000
  /// Blocks in a row that may be final only through one after them: bounds what proves a header.
  public static let headersPerCertificate = 1_000
  /// Blocks by which `executed` may lag behind its header (D2).
  public static let executionLag: UInt64 = 8
}
