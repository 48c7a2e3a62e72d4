internal import Cryptography
internal import Execution
internal import Foundation
internal import LedgerModel
internal import LedgerStore
internal import Logging
internal import NodeCore
internal import Synchronization

/// Executes finalised blocks in order on one thread, and writes and acknowledges them on another,
/// so that executing a block overlaps with writing the one before.
final class ExecutionDriver: Sendable {
  private struct Executed: Sendable {
    let work: FinalBlock
    let result: BlockResult
  }

  private let ledger: Ledger
  private let executor: BlockExecutor
  private let pending: PendingState
  private let submissions: Submissions
  private let stages: Stages
  private let toExecute = Mailbox<FinalBlock?>()
  private let toWrite = Mailbox<Executed?>()
  /// Called after each block with the state that is now on disk.
  private let executed: @Sendable (ExecutedState) -> Void
  /// Called once if the ledger cannot be read or written.
  private let failed: @Sendable (any Error) -> Void

  init(
    ledger: Ledger, executor: BlockExecutor, submissions: Submissions, stages: Stages,
    executed: @escaping @Sendable (ExecutedState) -> Void,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.ledger = ledger
    self.executor = executor
    pending = PendingState(ledger)
    self.submissions = submissions
    self.stages = stages
    self.executed = executed
    self.failed = failed
  }

  /// Queues a block; the machine bounds how many and how large those are.
  func execute(_ work: FinalBlock) { toExecute.send(work) }

  /// Ends both threads once what is queued is done.
  func stop() { toExecute.send(nil) }

  /// The executing thread's loop.
  func runExecution() {
    defer { toWrite.send(nil) }
    while true {
      for work in toExecute.receive(waitMs: 60_000) {
        guard let work else { return }
        do {
          toWrite.send(Executed(work: work, result: try result(of: work)))
        } catch {
          return failed(error)
        }
      }
    }
  }

  /// The writing thread's loop.
  func runWriting() {
    while true {
      for block in toWrite.receive(waitMs: 60_000) {
        guard let block else { return }
        do {
          try write(block)
        } catch {
          return failed(error)
        }
      }
    }
  }

  private func result(of work: FinalBlock) throws(StateFault) -> BlockResult {
    let header = work.block.header
    let result = try Stages.time(stages.execute) { () throws(StateFault) in
      try executor.execute(
        work.transactions, height: header.height, timeMs: header.timeMs, logSize: pending.logSize,
        endingEpoch: header.endsEpoch
          ? EpochEnd(epoch: header.epoch, executedHeight: header.executed.height) : nil,
        state: pending)
    }
    pending.add(result)
    return result
  }

  /// Writes a block with its certificate in one synced batch, then tells who waits.
  private func write(_ block: Executed) throws(LedgerFault) {
    let state = try ledger.commit(block.result, of: block.work.block) {
      (stage, body) throws(LedgerFault) in
      switch stage {
      case .merkle: try Stages.time(stages.merkle, body)
      case .store: try Stages.time(stages.store, body)
      }
    }
    pending.remove(block.result)
    stages.blocks.add(1, ordering: .relaxed)
    acknowledge(block.work, block.result)
    executed(state)
  }

  private func acknowledge(_ work: FinalBlock, _ result: BlockResult) {
    for executed in result.transactions {
      stages.transactions.add(1, ordering: .relaxed)
      stages.records.add(UInt64(executed.receipts.count), ordering: .relaxed)
      submissions.resolve(
        executed.id,
        .success(Submissions.Outcome(height: result.height, receipts: executed.receipts)))
    }
    // Repeated in this block and executed earlier: the first receipts are the answer.
    for transaction in work.transactions where submissions.isAwaited(transaction.id) {
      do {
        if let outcome = try ledger.outcome(of: transaction.id) {
          submissions.resolve(transaction.id, .success(outcome))
        }
      } catch {
        submissions.resolve(transaction.id, .failure(.init(error)))
      }
    }
  }
}

extension Ledger {
  /// The receipts of a transaction that was executed before.
  func outcome(of id: Digest) throws(LedgerFault) -> Submissions.Outcome? {
    guard let place = try receipts(of: id) else { return nil }
    let records = try records(place.position..<place.position + UInt64(place.count))
    var receipts: [Receipt] = []
    for record in records {
      do {
        receipts.append(try Receipt(decoding: record.bytes))
      } catch {
        throw .malformed(what: "receipt", place: id.hex, reason: "\(error)")
      }
    }
    return Submissions.Outcome(height: place.height, receipts: receipts)
  }
}
