public import LedgerModel
internal import Storage
public import Wire

// Epochs: each but the first is recorded with the block that ends the one before (L1).

extension Ledger {
  /// The epoch that the next block belongs to.
  public var epoch: Epoch { now().epoch }

  /// An epoch by its number; `nil` if it has not begun here.
  public func epoch(_ number: UInt64) throws(LedgerFault) -> Epoch? {
    let newest = epoch
    guard number < newest.number else { return number == newest.number ? newest : nil }
    return try recordedEpoch(number)
  }

  /// The epoch of the block at a height, at most one above the newest; `nil` beyond.
  public func epoch(ofBlock height: UInt64) throws(LedgerFault) -> Epoch? {
    let now = now()
    if height > now.epoch.after {
      return height <= now.state.executed.height + 1 ? now.epoch : nil
    }
    guard height > 0 else { return try epoch(0) }
    guard let block = try block(at: height) else {
      throw .missing(what: "block", place: "height \(height)")
    }
    return try epoch(block.header.epoch)
  }

  /// The links from an epoch on, each to the one after it: what a client follows (P10).
  /// - Parameter first: The newest epoch that the client knows.
  public func epochLinks(
    from first: UInt64, limit: Int = Limits.epochLinks
  ) throws(LedgerFault) -> [WireEpochLink] {
    try epochLinks(from: first, to: epoch.number, limit: limit)
  }

  /// The links from epoch `first` to epoch `last`, at most `limit`.
  func epochLinks(
    from first: UInt64, to last: UInt64, limit: Int
  ) throws(LedgerFault) -> [WireEpochLink] {
    guard first < last, limit > 0 else { return [] }
    var links: [WireEpochLink] = []
    for number in first..<last {
      guard links.count < limit else { break }
      if let known = keptLink(number) {
        links.append(known)
        continue
      }
      guard let next = try epoch(number + 1) else {
        throw .missing(what: "epoch", place: "\(number + 1)")
      }
      guard let block = try block(at: next.after) else {
        throw .missing(what: "block", place: "height \(next.after)")
      }
      let link = EpochLink(
        last: ProvenHeader(header: block.header, finalization: block.finalization),
        validators: next.validators
      ).wire
      keep(link, number)
      links.append(link)
    }
    return links
  }

  /// Reads the record of an epoch; the first is the genesis document's.
  func recordedEpoch(_ number: UInt64) throws(LedgerFault) -> Epoch {
    guard number > 0 else { return Epoch(first: genesis) }
    guard let bytes = try get(Tables.epochs, number.bigEndianBytes) else {
      throw .missing(what: "epoch", place: "\(number)")
    }
    do {
      let record = try WireEpochRecord(strict: bytes, limit: Self.epochBytes)
      return Epoch(
        number: number, validators: try ValidatorSet(record.validators, suite: suite),
        after: record.after, suite: suite)
    } catch {
      throw .malformed(what: "epoch", place: "\(number)", reason: "\(error)")
    }
  }

  /// Bytes of an epoch's record: 31 validators with names and keys of any suite fit many times.
  private static let epochBytes = 64 * 1_024

  func put(_ epoch: Epoch, _ batch: inout WriteBatch) {
    var record = WireEpochRecord()
    record.after = epoch.after
    record.validators = epoch.validators.records
    batch.put(Tables.epochs, epoch.number.bigEndianBytes, record.encoded)
  }
}
