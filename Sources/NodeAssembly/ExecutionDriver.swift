internal import Cryptography
internal import Execution
internal import Foundation
internal import LedgerModel
internal import LedgerStore
internal import Logging
internal import Synchronization

/// Executes finalised blocks in order on a thread of its own, and acknowledges what is on disk.
final class ExecutionDriver: Sendable {
  /// A block that is final, with its transactions.
  struct Work: Sendable {
    let block: StoredBlock
    let transactions: [Transaction]
  }

  private let ledger: Ledger
  private let executor: BlockExecutor
  private let submissions: Submissions
  private let stages: Stages
  private let mailbox = Mailbox<Work?>()
  /// Called after each block with the height that is now executed.
  private let executed: @Sendable (UInt64) -> Void
  /// Called once if the ledger cannot be written.
  private let failed: @Sendable (any Error) -> Void

  init(
    ledger: Ledger, executor: BlockExecutor, submissions: Submissions, stages: Stages,
    executed: @escaping @Sendable (UInt64) -> Void,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.ledger = ledger
    self.executor = executor
    self.submissions = submissions
    self.stages = stages
    self.executed = executed
    self.failed = failed
  }

  /// Queues a block; the orderer keeps at most `OrderingDriver.blocksInFlight` of them here.
  func execute(_ work: Work) { mailbox.send(work) }

  /// Ends the thread once what is queued is done.
  func stop() { mailbox.send(nil) }

  /// The thread's loop.
  func run() {
    while true {
      for work in mailbox.receive(waitMs: 60_000) {
        guard let work else { return }
        do {
          try perform(work)
        } catch {
          failed(error)
          return
        }
      }
    }
  }

  /// Executes one block and writes it, with its certificate, in one synced batch.
  func perform(_ work: Work) throws {
    let header = work.block.header
    let result = try Stages.time(stages.execute) { () throws(StateFault) in
      try executor.execute(
        work.transactions, height: header.height, timeMs: header.timeMs,
        logSize: ledger.executed.logSize, state: ledger)
    }
    try ledger.commit(result, of: work.block) { (stage, body) throws(LedgerFault) in
      switch stage {
      case .merkle: try Stages.time(stages.merkle, body)
      case .store: try Stages.time(stages.store, body)
      }
    }
    stages.blocks.add(1, ordering: .relaxed)
    acknowledge(work, result)
    executed(header.height)
  }

  private func acknowledge(_ work: Work, _ result: BlockResult) {
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
