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
        let named = block.header.executed
        let state = try stateRecord(at: named.height).executed
        guard state == named else {
          throw .inconsistent(
            what: "state", place: "height \(named.height)", expected: "\(named)",
            found: "\(state)")
        }
      }
      for digest in digests { examine { () throws(LedgerFault) in _ = try submitted(digest) } }
      examine { () throws(LedgerFault) in
        let positions = try positions(of: height)
        try check(try records(positions), at: positions)
      }
    }
    return damage
  }

  /// The highest block below the newest that is not the one the block above names. Who has it can
  /// give it again, if a certificate above proves that name.
  func damagedBlock(in heights: ClosedRange<UInt64>, below tip: StoredBlock) -> Damage? {
    var name = tip.header.hash
    var isProven = false
    for height in heights.reversed() {
      do throws(LedgerFault) {
        guard let block = try block(at: height) else {
          throw .missing(what: "block", place: "height \(height)")
        }
        try check(block, named: name)
        name = block.header.parent
        if block.finalization != nil { isProven = true }
      } catch {
        return isProven ? Damage(height: height, fault: error) : nil
      }
    }
    return nil
  }

  /// The stored log records of a block, if they are what the log's root names.
  public func soundRecords(of height: UInt64) -> [LogRecord]? {
    do throws(LedgerFault) {
      let positions = try positions(of: height)
      let records = try records(positions)
      try check(records, at: positions)
      return records
    } catch {
      return nil
    }
  }

  /// The transactions of another node's block, if it is the one that this chain names at its
  /// height and they are what it orders.
  /// - Throws: `LedgerFault` for the first thing that is wrong with it.
  public func check(_ package: BlockPackage) throws(LedgerFault) -> [Transaction] {
    try batches(of: package).flatMap(\.transactions)
  }

  /// Replaces a block with its content and log records by what another node has of them.
  /// - Parameter records: `nil` to leave the stored ones.
  /// - Throws: `LedgerFault` if they are not what this chain's digests name; nothing is written.
  public func repair(_ package: BlockPackage, records: [LogRecord]?) throws(LedgerFault) {
    let height = package.block.header.height
    let batches = try batches(of: package)
    let block = try withCertificate(package.block)
    var write = WriteBatch()
    put(batches, &write)
    write.put(Tables.blocks, height.bigEndianBytes, block.encoded)
    if let records { try replace(records, of: height, &write) }
    try self.write(write, sync: true)
  }

  private func batches(of package: BlockPackage) throws(LedgerFault) -> [Batch] {
    let block = package.block
    let height = block.header.height
    try check(block, at: height)
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
    return batches
  }

  /// Not every node has the same certificates. One that is stored here is not given up for a block
  /// that came without; and if it cannot be read, only a certificate above makes up for it.
  private func withCertificate(_ block: StoredBlock) throws(LedgerFault) -> StoredBlock {
    guard block.finalization == nil else { return block }
    let height = block.header.height
    do throws(LedgerFault) {
      if let stored = try self.block(at: height), stored.header.hash == block.header.hash {
        let own = StoredBlock(
          header: block.header, batches: block.batches, finalization: stored.finalization)
        try check(own, at: height)
        return own
      }
    } catch {}  // Then it is part of the damage.
    guard try certified(atOrAbove: height + 1) != nil else {
      throw .missing(what: "certificate", place: "height \(height)")
    }
    return block
  }

  private func replace(
    _ records: [LogRecord], of height: UInt64, _ write: inout WriteBatch
  ) throws(LedgerFault) {
    let positions = try positions(of: height)
    try check(records, at: positions)
    var stored: [[UInt8]] = []
    try scan(
      Tables.log,
      in: KeyRange(
        from: positions.lowerBound.bigEndianBytes, to: positions.upperBound.bigEndianBytes)
    ) { key, _ in
      stored.append(key)
      return true
    }
    for key in stored { write.delete(Tables.log, key) }
    for segment in LogSegment.segments(of: records, from: positions.lowerBound) {
      write.put(Tables.log, segment.first.bigEndianBytes, segment.encoded)
    }
  }

  /// A block is the one that the header above it names, or the newest.
  private func check(_ block: StoredBlock, at height: UInt64) throws(LedgerFault) {
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
    guard block.header.height == height else {
      throw .inconsistent(
        what: "header's height", place: "height \(height)", expected: "\(height)",
        found: "\(block.header.height)")
    }
    try check(block, named: expected)
  }

  /// A block has this hash, and its certificate, if it has one, is signed.
  private func check(_ block: StoredBlock, named expected: Digest) throws(LedgerFault) {
    let header = block.header
    let place = "height \(header.height)"
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
    let epoch = try recordedEpoch(header.epoch)
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
