internal import Cryptography
internal import LedgerModel
internal import NodeAPI
internal import Synchronization

/// Who waits for which transaction.
final class Submissions: Sendable {
  /// What a submitter is told: the block and the receipts, or why there are none.
  typealias Answer = Result<Outcome, Problem>

  struct Outcome: Sendable {
    let height: UInt64
    let receipts: [Receipt]
  }

  private let waiting = Mutex<[Digest: [CheckedContinuation<Answer, Never>]]>([:])

  func wait(for id: Digest, _ continuation: CheckedContinuation<Answer, Never>) {
    waiting.withLock { $0[id, default: []].append(continuation) }
  }

  /// Whether somebody waits for the transaction.
  func isAwaited(_ id: Digest) -> Bool { waiting.withLock { $0[id] != nil } }

  func resolve(_ id: Digest, _ answer: Answer) {
    let continuations = waiting.withLock { $0.removeValue(forKey: id) } ?? []
    for continuation in continuations { continuation.resume(returning: answer) }
  }

  /// Answers everyone, because the node stops.
  func resolveAll(_ problem: Problem) {
    let all = waiting.withLock { waiting in
      defer { waiting = [:] }
      return waiting.values.flatMap { $0 }
    }
    for continuation in all { continuation.resume(returning: .failure(problem)) }
  }
}
