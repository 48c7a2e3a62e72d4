public import Cryptography
public import LedgerModel
internal import Storage
internal import Wire

// What must be durable before this node votes: the batches of a proposal and the journal.

extension Ledger {
  /// Writes what a vote for this block relies on: its batches with all their content, the block
  /// itself, and the consensus journal records that go with it.
  /// - Parameter sync: True before anything leaves the node. Without, the next synced write covers
  ///   this one too, because all tables share one write-ahead log.
  public func prepare(
    _ block: StoredBlock?, batches: [Batch], journal: [JournalEntry], sync: Bool
  ) throws(LedgerFault) {
    var batch = WriteBatch()
    put(batches, &batch)
    if let block { batch.put(Tables.proposals, block.header.hash.bytes, block.encoded) }
    for entry in journal { batch.put(Tables.journal, entry.number.bigEndianBytes, entry.record) }
    if sync || !batch.changes.isEmpty { try write(batch, sync: sync) }
  }

  func put(_ batches: [Batch], _ batch: inout WriteBatch) {
    for transactions in batches {
      var wire = WireBatch()
      wire.transactionIds = transactions.transactions.map { $0.id.bytes.data }
      wire.signatures = transactions.transactions.map { $0.signature.bytes.data }
      batch.put(Tables.batches, transactions.digest.bytes, wire.encoded)
      for transaction in transactions.transactions {
        batch.put(
          Tables.transactions, transaction.id.bytes, transaction.encoded(withAttachments: false))
        let digests = transaction.calls.lazy.flatMap(\.attachments)
        for (digest, content) in zip(digests, transaction.attachments) {
          batch.put(Tables.attachments, digest.bytes, content)
        }
      }
    }
  }

  /// The consensus journal, oldest first.
  public func journal() throws(LedgerFault) -> [JournalEntry] {
    var entries: [JournalEntry] = []
    try scan(Tables.journal, in: KeyRange()) { key, value in
      entries.append(JournalEntry(number: UInt64(bigEndian: key) ?? 0, record: value))
      return true
    }
    return entries
  }

  /// Whether this store began empty though its owner may have voted before.
  public func mayHaveForgotten() throws(LedgerFault) -> Bool {
    try get(Tables.meta, Meta.forgotten) != nil
  }

  /// Written before the genesis state: a store without that counts as empty again.
  func beginForgetting() throws(LedgerFault) {
    var batch = WriteBatch()
    batch.put(Tables.meta, Meta.forgotten, [1])
    try write(batch, sync: true)
  }

  /// Notes whose votes this store's journal holds. If it held another key's so far, those of this
  /// one may be forgotten.
  /// - Parameter isNew: Whether the key has certainly never voted.
  public func keepVotes(of key: [UInt8], isNew: Bool) throws(LedgerFault) {
    let before = try get(Tables.meta, Meta.voter)
    guard isNew || before != key else { return }
    var batch = WriteBatch()
    batch.put(Tables.meta, Meta.voter, key)
    if isNew {
      batch.delete(Tables.meta, Meta.forgotten)
    } else if before != nil {
      batch.put(Tables.meta, Meta.forgotten, [1])
    }
    try write(batch, sync: true)
  }

  /// What was forgotten can do no harm any more.
  public func endForgetting() throws(LedgerFault) {
    var batch = WriteBatch()
    batch.delete(Tables.meta, Meta.forgotten)
    try write(batch, sync: true)
  }

  /// Forgets journal records below a number: those of views that are final and executed.
  public func pruneJournal(below number: UInt64) throws(LedgerFault) {
    var batch = WriteBatch()
    try scan(Tables.journal, in: KeyRange(to: number.bigEndianBytes)) { key, _ in
      batch.delete(Tables.journal, key)
      return true
    }
    if !batch.changes.isEmpty { try write(batch, sync: false) }
  }

  /// A block that was proposed and is not executed yet.
  public func proposal(_ hash: Digest) throws(LedgerFault) -> StoredBlock? {
    try get(Tables.proposals, hash.bytes).map { (bytes) throws(LedgerFault) in
      try StoredBlock(decoding: bytes, suite: suite, place: hash.hex)
    }
  }

  /// The transactions of a batch, without attachments.
  public func transactions(ofBatch digest: Digest) throws(LedgerFault) -> [Transaction] {
    guard let bytes = try get(Tables.batches, digest.bytes) else {
      throw .missing(what: "batch", place: digest.hex)
    }
    let batch: WireBatch
    do {
      batch = try WireBatch(strict: bytes, limit: Limits.transactionBytes)
    } catch {
      throw .malformed(what: "batch", place: digest.hex, reason: "\(error)")
    }
    guard batch.signatures.count == batch.transactionIds.count else {
      throw .malformed(
        what: "batch", place: digest.hex,
        reason: "\(batch.transactionIds.count) transactions, \(batch.signatures.count) signatures")
    }
    var transactions: [Transaction] = []
    for (id, signature) in zip(batch.transactionIds, batch.signatures) {
      guard let id = Digest(id.octets), let transaction = try transaction(id),
        let signature = Signature(signature.octets)
      else {
        throw .missing(what: "transaction", place: id.octets.hex)
      }
      transactions.append(transaction.with(signature: signature))
    }
    return transactions
  }
}

/// A record of the consensus journal, numbered in the order of writing.
public struct JournalEntry: Hashable, Sendable {
  public let number: UInt64
  public let record: [UInt8]

  public init(number: UInt64, record: [UInt8]) {
    self.number = number
    self.record = record
  }
}
