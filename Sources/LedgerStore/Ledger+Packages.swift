public import Cryptography
internal import LedgerModel

// Final blocks with their content, for nodes that catch up.

extension Ledger {
  /// Final blocks from a height on with all their content, the last of which has a certificate.
  ///
  /// They are all of one epoch. They have `byteLimit` bytes of transactions at most, or as many as
  /// it takes to prove the first block.
  /// - Returns: Nothing if no block here proves the first.
  /// - Throws: `LedgerFault` if content is missing or is not what its digest names.
  public func blocks(
    from height: UInt64, byteLimit: Int
  ) throws(LedgerFault) -> [BlockPackage] {
    // Where nothing proves the first block, no content is read.
    guard try certified(atOrAbove: height) != nil else { return [] }
    var packages: [BlockPackage] = []
    var proven = 0
    var byteCount = 0
    while packages.count < Limits.headersPerCertificate {
      let (next, overflow) = height.addingReportingOverflow(UInt64(packages.count))
      let package: BlockPackage
      do throws(LedgerFault) {
        guard !overflow, let found = try self.package(at: next) else { break }
        package = found
      } catch {
        // What is proven is whole: damage above is no reason to keep it back.
        if proven > 0 { break }
        throw error
      }
      byteCount += package.byteCount
      if byteCount > byteLimit, proven > 0 { break }
      packages.append(package)
      if package.block.finalization != nil { proven = packages.count }
      if package.block.header.endsEpoch { break }
    }
    return Array(packages.prefix(proven))
  }

  /// The block at a height with all its content, checked against the digests it names.
  public func package(at height: UInt64) throws(LedgerFault) -> BlockPackage? {
    guard let block = try block(at: height) else { return nil }
    var batches: [[[UInt8]]] = []
    for digest in block.batches { batches.append(try submitted(digest)) }
    return BlockPackage(block: block, batches: batches)
  }

  /// The transactions of a batch, encoded as they were submitted.
  /// - Throws: `LedgerFault.missing` if it was not stored with a block (see `hasBatch`).
  public func submitted(_ digest: Digest) throws(LedgerFault) -> [[UInt8]] {
    let transactions = try transactions(ofBatch: digest)
    let found = Batch(transactions, suite: suite).digest
    guard found == digest else {
      throw .inconsistent(
        what: "batch", place: digest.hex, expected: "\(digest)", found: "\(found)")
    }
    return try transactions.map { (transaction) throws(LedgerFault) in
      var contents: [[UInt8]] = []
      for name in transaction.calls.lazy.flatMap(\.attachments) {
        guard let content = try attachment(name) else {
          throw .missing(what: "attachment", place: name.hex)
        }
        guard suite.hash(.attachment, content) == name else {
          throw .malformed(
            what: "attachment", place: name.hex, reason: "the content has another digest")
        }
        contents.append(content)
      }
      return transaction.with(attachments: contents).encoded()
    }
  }
}
