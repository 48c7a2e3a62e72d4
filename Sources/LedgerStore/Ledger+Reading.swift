public import Cryptography
public import LedgerModel
internal import Storage
internal import Wire

extension Ledger: StateView {
  public func assets(_ indexKeys: [Digest]) throws(StateFault) -> [AssetState?] {
    do {
      let stored = try get(Tables.assets, indexKeys.map(\.bytes))
      var states: [AssetState?] = []
      states.reserveCapacity(stored.count)
      for (key, bytes) in zip(indexKeys, stored) {
        states.append(try bytes.map { (bytes) throws(LedgerFault) in
          try AssetState(decodingStored: bytes, place: key.hex)
        })
      }
      return states
    } catch {
      throw .unavailable(reason: "\(error)")
    }
  }

  public func transaction(
    member: String, idempotencyKey: [UInt8]
  ) throws(StateFault) -> Digest? {
    do {
      return try get(Tables.idempotency, Self.idempotencyKey(member, idempotencyKey))
        .flatMap { Digest($0) }
    } catch {
      throw .unavailable(reason: "\(error)")
    }
  }
}

extension Ledger {
  public func isExecuted(_ id: Digest) throws(StateFault) -> Bool {
    do { return try receipts(of: id) != nil } catch { throw .unavailable(reason: "\(error)") }
  }
}

/// Where a transaction's receipts are.
public struct ReceiptPlace: Hashable, Sendable {
  public let height: UInt64
  /// Position of the first receipt in the log; the others follow.
  public let position: UInt64
  public let count: Int
}

extension Ledger {
  /// The block at a height, from 1 on.
  public func block(at height: UInt64) throws(LedgerFault) -> StoredBlock? {
    try get(Tables.blocks, height.bigEndianBytes).map { (bytes) throws(LedgerFault) in
      try StoredBlock(decoding: bytes, suite: suite, place: "height \(height)")
    }
  }

  /// The newest state of an asset.
  public func asset(_ id: AssetID) throws(LedgerFault) -> AssetState? {
    let key = id.indexKey(suite)
    return try get(Tables.assets, key.bytes).map { (bytes) throws(LedgerFault) in
      try AssetState(decodingStored: bytes, place: "\(id)")
    }
  }

  /// Where the receipts of an executed transaction are.
  public func receipts(of id: Digest) throws(LedgerFault) -> ReceiptPlace? {
    guard let bytes = try get(Tables.receipts, id.bytes) else { return nil }
    guard bytes.count == 20, let height = UInt64(bigEndian: bytes[0..<8]),
      let position = UInt64(bigEndian: bytes[8..<16]), let count = UInt32(bigEndian: bytes[16...])
    else {
      throw .malformed(what: "receipts", place: id.hex, reason: "\(bytes.count) bytes")
    }
    return ReceiptPlace(height: height, position: position, count: Int(count))
  }

  /// Records of the operation log, as many as there are in the range.
  public func records(_ positions: Range<UInt64>) throws(LedgerFault) -> [LogRecord] {
    guard !positions.isEmpty, let first = try segmentStart(of: positions.lowerBound) else {
      return []
    }
    var records: [LogRecord] = []
    var fault: LedgerFault?
    try scan(
      Tables.log,
      in: KeyRange(from: first.bigEndianBytes, to: positions.upperBound.bigEndianBytes)
    ) { key, value in
      do throws(LedgerFault) {
        let segment = try LogSegment(key: key, decoding: value)
        for (position, record) in zip(segment.first..., segment.records)
        where positions.contains(position) {
          records.append(record)
        }
      } catch {
        fault = error
      }
      return fault == nil
    }
    if let fault { throw fault }
    return records
  }

  /// The first position of the segment that holds a position, if any does.
  private func segmentStart(of position: UInt64) throws(LedgerFault) -> UInt64? {
    var start: UInt64?
    try scan(Tables.log, in: KeyRange(to: (position + 1).bigEndianBytes), reversed: true) {
      key, _ in
      start = UInt64(bigEndian: key)
      return false
    }
    return start
  }

  /// The content of an attachment.
  public func attachment(_ digest: Digest) throws(LedgerFault) -> [UInt8]? {
    try get(Tables.attachments, digest.bytes)
  }

  /// A transaction that was ordered, without its attachments.
  public func transaction(_ id: Digest) throws(LedgerFault) -> Transaction? {
    try get(Tables.transactions, id.bytes).map { (bytes) throws(LedgerFault) in
      do {
        return try Transaction(decoding: bytes, suite: suite, attachmentsIncluded: false)
      } catch {
        throw .malformed(what: "transaction", place: id.hex, reason: "\(error)")
      }
    }
  }
}
