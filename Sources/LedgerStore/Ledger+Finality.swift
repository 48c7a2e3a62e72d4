public import LedgerModel

// A block that became final through one after it has no certificate of its own: the headers up to
// the next certificate prove it, each by the hash of the one before.

extension Ledger {
  /// The nearest block at this height or below that has a certificate of its own.
  /// - Returns: `nil` if none of `Limits.headersPerCertificate` blocks has one.
  public func certified(atOrBelow height: UInt64) throws(LedgerFault) -> StoredBlock? {
    var height = min(height, executed.height)
    for _ in 0..<Limits.headersPerCertificate {
      guard height > 0 else { return nil }
      guard let block = try block(at: height) else {
        throw .missing(what: "block", place: "height \(height)")
      }
      if block.finalization != nil { return block }
      height -= 1
    }
    return nil
  }

  /// The nearest block at this height or above that has a certificate of its own.
  /// - Returns: `nil` if none of `Limits.headersPerCertificate` blocks has one.
  public func certified(atOrAbove height: UInt64) throws(LedgerFault) -> StoredBlock? {
    guard let last = try headers(from: height, limit: 1).last else { return nil }
    return try block(at: last.header.height)
  }

  /// Finalised headers from a height on, the last of which has a certificate (P9).
  ///
  /// There are `limit` at most, or as many as it takes to prove the first; none if nothing proves
  /// it yet.
  public func headers(
    from height: UInt64, limit: Int
  ) throws(LedgerFault) -> [ProvenHeader] {
    var headers: [ProvenHeader] = []
    var proven = 0
    while headers.count < (proven > 0 ? limit : Limits.headersPerCertificate) {
      let (next, overflow) = height.addingReportingOverflow(UInt64(headers.count))
      guard !overflow, let block = try block(at: next) else { break }
      headers.append(ProvenHeader(header: block.header, finalization: block.finalization))
      if block.finalization != nil { proven = headers.count }
    }
    return Array(headers.prefix(proven))
  }
}
