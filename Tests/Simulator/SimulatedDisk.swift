package import Storage
internal import Synchronization
package import TestLedger

/// A disk that loses what was not synced when the power goes.
///
/// A batch is applied at once and can be read; until a synced one follows, it can be undone. A
/// process that merely dies leaves all its batches, as the page cache does.
package final class SimulatedDisk: KeyValueStore {
  /// How a node ends.
  package enum Crash: Hashable, Sendable {
    /// The process alone: what was written stays.
    case process
    /// The machine: of the batches since the last sync only some of the oldest stay.
    case power
  }

  /// When a write fails, since the node dies in it.
  package struct CrashPoint: Hashable, Sendable {
    /// Counted from the next write as 1.
    package var write: Int
    /// Whether the write still takes effect.
    package let takesEffect: Bool

    package init(write: Int, takesEffect: Bool) {
      self.write = write
      self.takesEffect = takesEffect
    }
  }

  private struct Undo {
    let table: Table
    let key: [UInt8]
    let value: [UInt8]?
  }

  private struct State {
    /// For each batch since the last sync what it replaced.
    var unsynced: [[Undo]] = []
    var crashPoint: CrashPoint?
    var isDead = false
    var writes = 0
  }

  private let store = MemoryStore()
  private let state = Mutex(State())

  package init() {}

  /// Whether a crash point was reached; nothing can be read or written until `revive`.
  package var isDead: Bool { state.withLock { $0.isDead } }

  package func arm(_ point: CrashPoint) { state.withLock { $0.crashPoint = point } }

  package func disarm() { state.withLock { $0.crashPoint = nil } }

  /// Ends the life of whoever used the disk, and makes it ready for the next one.
  /// - Returns: How many batches were lost.
  package func crash(
    _ crash: Crash, using generator: inout SeededGenerator
  ) throws(StorageFault) -> Int {
    let unsynced = state.withLock { state in
      defer {
        state.unsynced = []
        state.crashPoint = nil
        state.isDead = false
      }
      return state.unsynced
    }
    guard crash == .power else { return 0 }
    let kept = Int.random(in: 0...unsynced.count, using: &generator)
    for undos in unsynced[kept...].reversed() {
      var batch = WriteBatch()
      for undo in undos.reversed() {
        if let value = undo.value {
          batch.put(undo.table, undo.key, value)
        } else {
          batch.delete(undo.table, undo.key)
        }
      }
      try store.write(batch, sync: false)
    }
    return unsynced.count - kept
  }

  package func get(_ table: Table, _ key: [UInt8]) throws(StorageFault) -> [UInt8]? {
    try checkAlive()
    return store.get(table, key)
  }

  package func get(_ table: Table, _ keys: [[UInt8]]) throws(StorageFault) -> [[UInt8]?] {
    try checkAlive()
    return store.get(table, keys)
  }

  package func scan(
    _ table: Table, in range: KeyRange, reversed: Bool,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) throws(StorageFault) {
    try checkAlive()
    store.scan(table, in: range, reversed: reversed, visit)
  }

  package func write(_ batch: WriteBatch, sync: Bool) throws(StorageFault) {
    try checkAlive()
    let due: CrashPoint? = state.withLock { state in
      state.writes += 1
      state.crashPoint?.write -= 1
      guard let point = state.crashPoint, point.write <= 0 else { return nil }
      state.isDead = true
      return point
    }
    if due?.takesEffect ?? true { try apply(batch, sync: sync) }
    if due != nil { throw Self.dead }
  }

  private func apply(_ batch: WriteBatch, sync: Bool) throws(StorageFault) {
    let undos = batch.changes.map { change in
      switch change {
      case .put(let table, let key, _), .delete(let table, let key):
        Undo(table: table, key: key, value: store.get(table, key))
      }
    }
    try store.write(batch, sync: sync)
    // All tables share one log: a sync covers every batch before.
    state.withLock { $0.unsynced = sync ? [] : $0.unsynced + [undos] }
  }

  private func checkAlive() throws(StorageFault) {
    if isDead { throw Self.dead }
  }

  private static let dead = StorageFault.failed(reason: "the simulated node has crashed")
}
