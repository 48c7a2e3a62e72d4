internal import Cryptography
public import LedgerModel
internal import Merkle
internal import Storage

/// Something stored that is not what the chain's digests name.
public struct Damage: Hashable, Sendable {
  public let height: UInt64
  public let fault: LedgerFault
}

// Finding damage beyond what the start checks, and replacing it by what another node has. What is
// trusted is the newest header and the log's root, which were checked at the start.

extension Ledger {
  /// Damage to the blocks, their content and their log records at these heights, highest first.
  ///
  /// A header is judged by the one above it: below a damaged one, mend that first and ask again.
  public func damage(in heights: ClosedRange<UInt64>) -> [Damage] {
    var damage: [Damage] = []
    for height in heights.reversed() where 1...max(1, executed.height) ~= height {
      func examine(_ body: () throws(LedgerFault) -> Void) {
        do { try body() } catch { damage.append(Damage(height: height, fault: error)) }
      }
      var digests: [Digest] = []
      examine { () throws(LedgerFault) in
        guard let block = try block(at: height) else {
          throw .missing(what: "block", place: "height \(height)")
        }
        try check(block, at: height)
        digests = block.batches
      }
      for digest in digests { examine { () throws(LedgerFault) in _ = try submitted(digest) } }
      examine { () throws(LedgerFault) in
        let positions = try positions(of: height)
        try check(try records(positions), at: positions)
      }
    }
    return damage
  }

  /// Replaces a block with its content and log records by what another node has of them.
  /// - Throws: `LedgerFault` if they are not what this chain's digests name; nothing is written.
  public func repair(_ package: BlockPackage, records: [LogRecord]) throws(LedgerFault) {
    let block = package.block
    let height = block.header.height
    try check(block, at: height)
    let positions = try positions(of: height)
    try check(records, at: positions)
    guard package.batches.count == block.batches.count else {
      throw .missing(what: "batch", place: "height \(height)")
    }
    var batches: [Batch] = []
    for (digest, encoded) in zip(block.batches, package.batches) {
      var transactions: [Transaction] = []
      for bytes in encoded {
        do {
          transactions.append(try Transaction(decoding: bytes, suite: suite))
        } catch {
          throw .malformed(what: "transaction", place: "height \(height)", reason: "\(error)")
        }
      }
      let batch = Batch(transactions, suite: suite)
      guard batch.digest == digest else {
        throw .inconsistent(
          what: "batch", place: "height \(height)", expected: "\(digest)",
          found: "\(batch.digest)")
      }
      batches.append(batch)
    }
    var write = WriteBatch()
    put(batches, &write)
    write.put(Tables.blocks, height.bigEndianBytes, block.encoded)
    try scan(
      Tables.log,
      in: KeyRange(
        from: positions.lowerBound.bigEndianBytes, to: positions.upperBound.bigEndianBytes)
    ) { key, _ in
      write.delete(Tables.log, key)
      return true
    }
    for segment in LogSegment.segments(of: records, from: positions.lowerBound) {
      write.put(Tables.log, segment.first.bigEndianBytes, segment.encoded)
    }
    try self.write(write, sync: true)
  }

  /// A block is the one that the header above it names, or the newest, and its certificate, if it
  /// has one, is signed.
  private func check(_ block: StoredBlock, at height: UInt64) throws(LedgerFault) {
    let place = "height \(height)"
    guard let tip, 1...tip.header.height ~= height else {
      throw .notAvailable(what: "block \(height)")
    }
    var expected = tip.header.hash
    if height < tip.header.height {
      guard let above = try self.block(at: height + 1) else {
        throw .missing(what: "block", place: "height \(height + 1)")
      }
      expected = above.header.parent
    }
    let header = block.header
    guard header.hash == expected else {
      throw .inconsistent(
        what: "header", place: place, expected: "\(expected)", found: "\(header.hash)")
    }
    let root = BlockHeader.batchesRoot(block.batches, suite: suite)
    guard root == header.batchesRoot else {
      throw .inconsistent(
        what: "header's batches root", place: place, expected: "\(root)",
        found: "\(header.batchesRoot)")
    }
    guard let certificate = block.finalization else {
      if header.endsEpoch { throw .missing(what: "certificate", place: place) }
      return
    }
    guard let epoch = try epoch(header.epoch) else {
      throw .missing(what: "epoch", place: "\(header.epoch)")
    }
    do {
      try epoch.verify(certificate, for: header, suite: suite)
    } catch {
      throw .malformed(what: "certificate", place: place, reason: "\(error)")
    }
  }

  /// Where the log records of a block are.
  private func positions(of height: UInt64) throws(LedgerFault) -> Range<UInt64> {
    let start = try stateRecord(at: height - 1).executed.logSize
    let end = try stateRecord(at: height).executed.logSize
    guard start <= end, end <= executed.logSize else {
      throw .inconsistent(
        what: "log size", place: "height \(height)", expected: "at least \(start)",
        found: "\(end)")
    }
    return start..<end
  }

  /// Records are those of the log whose root is known.
  private func check(
    _ records: [LogRecord], at positions: Range<UInt64>
  ) throws(LedgerFault) {
    guard records.count == positions.count else {
      throw .missing(what: "log record", place: "\(positions.lowerBound + UInt64(records.count))")
    }
    let log = now().log
    for (position, record) in zip(positions, records) {
      let proof: InclusionProof
      do {
        proof = try log.inclusionProof(
          of: position, inSize: log.size, pages: LogPages(store: store))
      } catch {
        throw LedgerFault(error)
      }
      let leaf = record.leafHash(suite)
      guard proof.verify(leafHash: leaf, head: log.head, suite: suite) else {
        throw .inconsistent(
          what: "log record", place: "\(position)", expected: "one under \(log.root)",
          found: "\(leaf)")
      }
    }
  }
}
