internal import Cryptography
internal import LedgerModel
internal import NodeAPI
internal import NodeCore
internal import Synchronization

/// Who waits for which transaction. Bounded in number and time: clients that give up are not
/// noticed, and a node that orders nothing must still answer questions.
final class Submissions: Sendable {
  /// What a submitter is told: the block and the receipts, or why there are none.
  typealias Answer = Result<Outcome, Problem>

  struct Outcome: Sendable {
    let height: UInt64
    let receipts: [Receipt]
  }

  /// Most that wait at once: half of the connections that the API accepts.
  private static let countMax = 2_048
  /// How long one waits; its transaction stays, and may be ordered later.
  private static let patienceMs: UInt64 = 20_000

  private struct Waiter {
    let continuation: CheckedContinuation<Answer, Never>
    let sinceMs: UInt64
  }

  private struct State {
    var waiters: [Digest: [Waiter]] = [:]
    var count = 0
    /// When one may next have waited for too long.
    var nextExpiryMs: UInt64 = 0
    /// What everyone is told from now on.
    var closing: Problem?
  }

  private let state = Mutex(State())

  /// - Returns: Whether the transaction is to be ordered: false if it is under way for another
  ///   submitter, or if too many wait.
  func wait(for id: Digest, _ continuation: CheckedContinuation<Answer, Never>) -> Bool {
    let waiter = Waiter(continuation: continuation, sinceMs: Clock.now().steadyMs)
    let isFirst: Result<Bool, Problem> = state.withLock { state in
      if let problem = state.closing { return .failure(problem) }
      guard state.count < Self.countMax else { return .failure(.tooManyWait(Self.countMax)) }
      state.count += 1
      state.waiters[id, default: []].append(waiter)
      return .success(state.waiters[id]?.count == 1)
    }
    do throws(Problem) {
      return try isFirst.get()
    } catch {
      continuation.resume(returning: .failure(error))
      return false
    }
  }

  /// Whether somebody waits for the transaction.
  func isAwaited(_ id: Digest) -> Bool { state.withLock { $0.waiters[id] != nil } }

  func resolve(_ id: Digest, _ answer: Answer) {
    let waiters = state.withLock { state in
      let waiters = state.waiters.removeValue(forKey: id) ?? []
      state.count -= waiters.count
      return waiters
    }
    for waiter in waiters { waiter.continuation.resume(returning: answer) }
  }

  /// Answers those who have waited for too long. Called at least once a second.
  func expire(nowMs: UInt64) {
    let expired: [Waiter] = state.withLock { state in
      guard nowMs >= state.nextExpiryMs else { return [] }
      state.nextExpiryMs = nowMs + 1_000
      var expired: [Waiter] = []
      for (id, waiters) in state.waiters {
        let patient = waiters.filter { nowMs < $0.sinceMs + Self.patienceMs }
        guard patient.count < waiters.count else { continue }
        expired += waiters.filter { nowMs >= $0.sinceMs + Self.patienceMs }
        state.waiters[id] = patient.isEmpty ? nil : patient
      }
      state.count -= expired.count
      return expired
    }
    for waiter in expired { waiter.continuation.resume(returning: .failure(.notOrderedYet)) }
  }

  /// Answers everyone, now and from now on, because the node stops: a server that stops waits for
  /// the answers it still owes.
  func close(_ problem: Problem) {
    let all = state.withLock { state in
      state.closing = problem
      defer { (state.waiters, state.count) = ([:], 0) }
      return state.waiters.values.flatMap { $0 }
    }
    for waiter in all { waiter.continuation.resume(returning: .failure(problem)) }
  }
}

extension Problem {
  static let notOrderedYet = Problem(
    "node.not_ordered_yet", status: 503, field: "node", value: "",
    remedy: "no block has it yet, /v1/status says why: submit the same transaction again, here or "
      + "to another node, it is executed at most once", retryAfter: 1)

  static func tooManyWait(_ limit: Int) -> Problem {
    Problem(
      "node.overloaded", status: 503, field: "submissions", value: "\(limit) wait",
      remedy: "submit the same transaction again later, or to another node", retryAfter: 1)
  }
}
