internal import Cryptography
internal import LedgerModel
internal import Merkle
internal import Storage

// What is checked when a ledger is opened (docs/spec/09-storage.md, L2 to L6).

extension Ledger {
  /// Headers that are checked at every start; `checkChain` goes back to the first.
  private static let headersChecked: UInt64 = 1_000

  /// Reads the newest state and checks that blocks, log and index agree on it.
  func soundState() throws(LedgerFault) -> Current {
    guard let height = try get(Tables.meta, Meta.tip).flatMap({ UInt64(bigEndian: $0) }) else {
      throw .missing(what: "newest height", place: "meta")
    }
    let state = try stateRecord(at: height)
    let log = try soundLog(state.executed)
    try checkIndex(state)
    let tip = height == 0 ? nil : try block(at: height)
    if height > 0 {
      guard let tip else { throw .missing(what: "block", place: "height \(height)") }
      try checkCertificate(tip)
      let first = height > Self.headersChecked ? height - Self.headersChecked + 1 : 1
      try checkChain(first...height)
    }
    return Current(tip: tip, state: state, log: log)
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
      parent = block
    }
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

  /// L6. The newest block is final.
  private func checkCertificate(_ block: StoredBlock) throws(LedgerFault) {
    let place = "height \(block.header.height)"
    guard let certificate = block.finalization else {
      throw .missing(what: "certificate", place: place)
    }
    try expect(
      certificate.subject.block ?? .zero, block.header.hash, "block of the certificate", place)
    do {
      try certificate.verify(by: genesis.validators, chainID: genesis.chainID, suite: suite)
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
