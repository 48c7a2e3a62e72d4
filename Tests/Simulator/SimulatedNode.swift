internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import Synchronization
internal import TransactionPool

/// One node's process, from start to crash and again, with what stays.
final class SimulatedNode {
  /// Transactions that clients gave it, shared with its machine.
  final class Waiting: Sendable {
    let pool = Mutex(
      TransactionPool(
        limits: .init(bytes: 16_384, transactionsPerMember: 16, bytesPerMember: 8_192)))
    /// Submissions that are being judged.
    let judging = Mutex(0)

    var intake: NodeCore.Intake {
      NodeCore.Intake(
        take: { [self] transactions, calls, bytes in
          pool.withLock { $0.take(transactions: transactions, calls: calls, bytes: bytes) }
        },
        isEmpty: { [self] in pool.withLock { $0.isEmpty } },
        isQuiet: { [self] in judging.withLock { $0 == 0 } })
    }
  }

  /// The machine of one life, which is never copied.
  final class Machine {
    var core: NodeCore

    init(_ core: NodeCore) { self.core = core }

    func flush() throws(NodeCoreFault) -> (actions: [NodeCore.Action], wakeMs: UInt64) {
      try Self.flush(&core)
    }

    private static func flush(
      _ core: inout NodeCore
    ) throws(NodeCoreFault) -> (actions: [NodeCore.Action], wakeMs: UInt64) {
      (try core.flush(), core.nextWakeMs)
    }
  }

  let number: Int
  let id: PeerID
  /// Its liar's mind, if it is faulty.
  var disrupter: Disrupter?
  let disk = SimulatedDisk()
  /// Counts its lives: answers to an earlier one are void.
  var life = 0
  var machine: Machine?
  var ledger: Ledger?
  var waiting = Waiting()
  var toExecute: [FinalBlock] = []
  var isExecuting = false
  /// What the machine has yet to hear of executed blocks, oldest first.
  var toTell: [ExecutedState] = []
  /// The newest block that the checker knows of.
  var countedHeight: UInt64 = 0
  var isFlushing = false
  var wakesAtMs: UInt64?
  var pausedUntilMs: UInt64 = 0
  /// By how much its wall clock is wrong, milliseconds.
  var clockSkewMs: Int64 = 0
  var startedAtMs: UInt64 = 0
  /// Ticks since the start of a second, to notice a machine that never rests.
  var ticks = (secondMs: UInt64(0), count: 0)

  init(number: Int, id: PeerID) {
    self.number = number
    self.id = id
  }

  var isRunning: Bool { machine != nil }
  var isHonest: Bool { disrupter == nil }
}
