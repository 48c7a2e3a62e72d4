internal import Cryptography
internal import LedgerModel
internal import Merkle
internal import Storage

// What is checked when a ledger is opened (docs/spec/09-storage.md, L2 to L6).

extension Ledger {
  /// Headers that are checked at every start; `checkChain` goes back to the first.
  private static let headersChecked = UInt64(Limits.headersPerCertificate)

  /// Reads the newest state and checks that blocks, log and index agree on it.
  /// - Parameter opensDamaged: Whether a block that `repair` can mend is no reason to stop.
  func soundState(opensDamaged: Bool) throws(LedgerFault) -> Current {
    guard let height = try get(Tables.meta, Meta.tip).flatMap({ UInt64(bigEndian: $0) }) else {
      throw .missing(what: "newest height", place: "meta")
    }
    let state = try stateRecord(at: height)
    let log = try soundLog(state.executed)
    try checkIndex(state)
    guard height > 0 else {
      return Current(tip: nil, state: state, log: log, epoch: Epoch(first: genesis))
    }
    guard let tip = try block(at: height) else {
      throw .missing(what: "block", place: "height \(height)")
    }
    let first = height > Self.headersChecked ? height - Self.headersChecked + 1 : 1
    do throws(LedgerFault) {
      try checkFinality(first...height)
      try checkChain(first...height)
    } catch {
      let heights = (max(first, 2) - 1)...height
      guard opensDamaged, damagedBlock(in: heights, below: tip) != nil else { throw error }
    }
    return Current(tip: tip, state: state, log: log, epoch: try epoch(after: tip.header))
  }

  /// L3. Each header follows from the one before and commits to a state that this node had.
  public func checkChain(_ heights: ClosedRange<UInt64>) throws(LedgerFault) {
    var parent: StoredBlock?
    if heights.lowerBound > 1 {
      parent = try block(at: heights.lowerBound - 1)
      guard parent != nil else {
        throw .missing(what: "block", place: "height \(heights.lowerBound - 1)")
      }
    }
    var current = Epoch(first: genesis)
    if let parent { current = try epoch(after: parent.header) }
    for height in heights {
      guard let block = try block(at: height) else {
        throw .missing(what: "block", place: "height \(height)")
      }
      let header = block.header
      let place = "height \(height)"
      try expect(header.height, height, "header's height", place)
      try expect(header.chainID, genesis.chainID, "header's chain id", place)
      try expect(
        header.parent, parent?.header.hash ?? genesis.chainID, "header's parent", place)
      try expect(
        header.batchesRoot, BlockHeader.batchesRoot(block.batches, suite: suite),
        "header's batches root", place)
      let state = try stateRecord(at: header.executed.height)
      try expect(header.executed, state.executed, "header's executed state", place)
      try expect(header.epoch, current.number, "header's epoch", place)
      try expect(header.validatorSet, current.hash, "header's validator set", place)
      try checkCertificate(block)
      if header.endsEpoch { current = try epoch(after: header) }
      parent = block
    }
  }

  /// The epoch that the block after this one belongs to. If this one ends its epoch, the record of
  /// the next must be the one that this header commits to.
  private func epoch(after header: BlockHeader) throws(LedgerFault) -> Epoch {
    guard header.endsEpoch else { return try recordedEpoch(header.epoch) }
    let (number, overflow) = header.epoch.addingReportingOverflow(1)
    guard !overflow else { throw .missing(what: "epoch", place: "after \(header.epoch)") }
    let next = try recordedEpoch(number)
    try expect(next.hash, header.nextValidatorSet, "validators of the epoch", "epoch \(number)")
    try expect(next.after, header.height, "beginning of the epoch", "epoch \(number)")
    return next
  }

  /// The state that was recorded after a block.
  func stateRecord(at height: UInt64) throws(LedgerFault) -> StateRecord {
    guard let bytes = try get(Tables.states, height.bigEndianBytes) else {
      throw .missing(what: "state", place: "height \(height)")
    }
    return try StateRecord(height: height, decoding: bytes)
  }

  /// L4. The log's root follows from its records and pages.
  private func soundLog(_ executed: ExecutedState) throws(LedgerFault) -> MerkleLog {
    let first = MerkleLog.firstOpenLeaf(size: executed.logSize)
    let tail = try records(first..<executed.logSize)
    let log: MerkleLog
    do {
      log = try MerkleLog(
        suite: suite, size: executed.logSize, tail: tail.map { $0.leafHash(suite) },
        pages: LogPages(store: store))
    } catch {
      throw LedgerFault(error)
    }
    try expect(log.root, executed.logRoot, "log root", "height \(executed.height)")
    if let beyond = try records(executed.logSize..<executed.logSize + 1).first {
      throw .inconsistent(
        what: "end of the log", place: "height \(executed.height)", expected: "nothing",
        found: "a record of kind \(beyond.kind)")
    }
    return log
  }

  /// L5. The index's root follows from its root node.
  private func checkIndex(_ state: StateRecord) throws(LedgerFault) {
    do {
      let root = try IndexTree(suite: suite, source: nodes).root(at: state.indexVersion)
      try expect(
        root, state.executed.indexRoot, "index root", "height \(state.executed.height)")
    } catch let fault as IndexFault<LedgerFault> {
      throw LedgerFault(fault)
    } catch let fault as LedgerFault {
      throw fault
    } catch {
      throw .malformed(what: "index", place: "root", reason: "\(error)")
    }
  }

  /// L6. The newest certificate was signed by a quorum of its block's epoch. The blocks above it
  /// are final through blocks to come; `checkChain` links them to it.
  private func checkFinality(_ heights: ClosedRange<UInt64>) throws(LedgerFault) {
    for height in heights.reversed() {
      guard let block = try block(at: height) else {
        throw .missing(what: "block", place: "height \(height)")
      }
      guard let certificate = block.finalization else { continue }
      try checkCertificate(block)
      let epoch = try recordedEpoch(block.header.epoch)
      do {
        try certificate.verify(by: epoch.validators, chainID: genesis.chainID, suite: suite)
      } catch {
        throw .malformed(what: "certificate", place: "height \(height)", reason: "\(error)")
      }
      return
    }
    // A node may stop between a chain's first blocks and the one through which they are final.
    guard heights.lowerBound > 1 || heights.upperBound > Limits.executionLag else { return }
    throw .missing(
      what: "certificate", place: "heights \(heights.lowerBound) to \(heights.upperBound)")
  }

  /// A block's own certificate is about it; the last block of an epoch has one. Signatures are not
  /// checked.
  private func checkCertificate(_ block: StoredBlock) throws(LedgerFault) {
    let place = "height \(block.header.height)"
    guard let certificate = block.finalization else {
      if block.header.endsEpoch { throw .missing(what: "certificate", place: place) }
      return
    }
    try expect(
      certificate.subject.block ?? .zero, block.header.hash, "block of the certificate", place)
    do {
      try certificate.checkSubject(block.header)
    } catch {
      throw .malformed(what: "certificate", place: place, reason: "\(error)")
    }
  }

  private func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, _ place: String
  ) throws(LedgerFault) {
    guard found == expected else {
      throw .inconsistent(
        what: what, place: place, expected: "\(expected)", found: "\(found)")
    }
  }
}
