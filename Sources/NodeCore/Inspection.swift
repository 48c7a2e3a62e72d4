internal import Cryptography
internal import Execution
internal import LedgerModel
public import LedgerStore
internal import Wire

/// A look at stored blocks for damage, or the repair of one (N7).
///
/// Takes long, so drivers run it beside the machine and give the machine what was found.
public struct Inspection: Sendable {
  enum Task: Sendable {
    /// Look from the highest of these heights down to the first damage.
    case look(ClosedRange<UInt64>)
    /// Repair a block with what is stored, which is enough for its log records.
    case repair(height: UInt64)
    /// Repair a block with a peer's answer to a catch-up request.
    case repairWith(answer: [UInt8], from: PeerID, height: UInt64)
  }

  /// What came of it.
  public enum Finding: Sendable {
    /// Nothing is damaged down to this height.
    case sound(downTo: UInt64)
    case damaged(height: UInt64, LedgerFault)
    case repaired(height: UInt64)
    /// What is stored, or what this peer sent, is not the block.
    case notRepaired(height: UInt64, InspectionFault, from: PeerID?)
    /// The block is whole now, but something is damaged that it does not mend.
    case beyondRepair(height: UInt64, LedgerFault)
  }

  let ledger: Ledger
  let executor: BlockExecutor
  let task: Task

  /// Looks or repairs.
  public func run() -> Finding {
    switch task {
    case .look(let heights):
      for height in heights.reversed() {
        if let damage = ledger.damage(in: height...height).first {
          return .damaged(height: height, damage.fault)
        }
      }
      return .sound(downTo: heights.lowerBound)
    case .repair(let height):
      return repair(height, from: nil) { () throws(InspectionFault) in
        try whole { () throws(LedgerFault) in
          guard let package = try ledger.package(at: height) else {
            throw .missing(what: "block", place: "height \(height)")
          }
          return package
        }
      }
    case .repairWith(let answer, let peer, let height):
      return repair(height, from: peer) { () throws(InspectionFault) in
        do throws(CatchUpFault) {
          return try CatchUpCheck.package(at: height, in: answer, suite: ledger.suite)
        } catch {
          throw .answer(error)
        }
      }
    }
  }

  private func repair(
    _ height: UInt64, from peer: PeerID?,
    with given: () throws(InspectionFault) -> BlockPackage
  ) -> Finding {
    let package: BlockPackage
    let transactions: [Transaction]
    do throws(InspectionFault) {
      package = try given()
      transactions = try whole { () throws(LedgerFault) in try ledger.check(package) }
    } catch {
      if case .block(let fault) = error, fault.keepsFromJudging(height) {
        return .beyondRepair(height: height, fault)
      }
      return .notRepaired(height: height, error, from: peer)
    }
    do throws(LedgerFault) {
      try ledger.repair(package, records: nil)
      if ledger.soundRecords(of: height) == nil {
        try ledger.repair(package, records: try records(of: package.block.header, transactions))
      }
    } catch {
      return .beyondRepair(height: height, error)
    }
    if let left = ledger.damage(in: height...height).first {
      return .beyondRepair(height: height, left.fault)
    }
    return .repaired(height: height)
  }

  private func whole<Value>(
    _ body: () throws(LedgerFault) -> Value
  ) throws(InspectionFault) -> Value {
    do { return try body() } catch { throw .block(error) }
  }

  /// The log records of a block, as they came of executing it on the state before it.
  private func records(
    of header: BlockHeader, _ transactions: [Transaction]
  ) throws(LedgerFault) -> [LogRecord] {
    let state = try ledger.state(asOf: header.height - 1)
    do {
      return try executor.execute(
        transactions, height: header.height, timeMs: header.timeMs, logSize: state.logSize,
        endingEpoch: header.endsEpoch
          ? EpochEnd(epoch: header.epoch, executedHeight: header.executed.height) : nil,
        state: state
      ).records
    } catch {
      throw .malformed(what: "state", place: "height \(state.height)", reason: "\(error)")
    }
  }
}

/// Why something given is not the block that is damaged here.
public enum InspectionFault: Error, Hashable, Sendable {
  case answer(CatchUpFault)
  case block(LedgerFault)

  /// Whether an honest peer may have sent it: it may itself miss the block, or its certificate.
  var isInnocent: Bool {
    switch self {
    case .answer(let fault): fault == .empty
    case .block(.missing("certificate", _)): true
    case .block: false
    }
  }
}

extension LedgerFault {
  /// Whether it is in what this node holds itself and judges a block of this height by: the block
  /// above, and the epoch, which is looked at once the header is known to be the right one.
  fileprivate func keepsFromJudging(_ height: UInt64) -> Bool {
    switch self {
    case .storage, .missing("epoch", _), .malformed("epoch", _, _): true
    case .missing(_, let place), .malformed(_, let place, _): place == "height \(height + 1)"
    case .inconsistent, .otherChain, .notNext, .notAvailable: false
    }
  }
}

extension CatchUpCheck {
  /// The block of one height in an answer; nothing of it is checked but that it can be read.
  static func package(
    at height: UInt64, in bytes: [UInt8], suite: any CryptoSuite
  ) throws(CatchUpFault) -> BlockPackage {
    let wire = try decode(bytes)
    guard height >= wire.fromHeight, height - wire.fromHeight < UInt64(wire.blocks.count) else {
      throw .empty
    }
    let package = wire.blocks[Int(height - wire.fromHeight)]
    let block = try block(package, suite: suite)
    guard block.header.height == height else { throw .doesNotFollow(height: height) }
    return BlockPackage(
      block: block, batches: package.batches.map { $0.transactions.map(\.octets) })
  }
}
