internal import Synchronization

/// A store in memory for tests and simulation; nothing survives it, `sync` has no effect.
///
/// Any table may be used without being declared. A scan sees the table as it was when it began.
public final class MemoryStore: KeyValueStore {
  private struct State {
    var tables: [String: SortedEntries] = [:]
    var writesLeft: Int?
  }
  private let state: Mutex<State>

  /// Makes an empty store.
  /// - Parameter writesAllowed: How many writes succeed before the device counts as full: every
  ///   later one throws `StorageFault.full` and changes nothing. `nil`: no limit.
  public init(failingAfterWrites writesAllowed: Int? = nil) {
    state = Mutex(State(writesLeft: writesAllowed))
  }

  public func get(_ table: Table, _ key: [UInt8]) -> [UInt8]? {
    state.withLock { $0.tables[table.name]?[key] }
  }

  public func get(_ table: Table, _ keys: [[UInt8]]) -> [[UInt8]?] {
    guard let entries = entries(of: table) else { return keys.map { _ in nil } }
    return keys.map { entries[$0] }
  }

  public func scan(
    _ table: Table, in range: KeyRange, reversed: Bool,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) {
    // Visited outside the lock, so that `visit` may use the store.
    guard let found = entries(of: table)?[range] else { return }
    if reversed {
      for entry in found.reversed() where !visit(entry.key, entry.value) { return }
    } else {
      for entry in found where !visit(entry.key, entry.value) { return }
    }
  }

  public func write(_ batch: WriteBatch, sync: Bool) throws(StorageFault) {
    let accepted = state.withLock { state in
      if let left = state.writesLeft {
        guard left > 0 else { return false }
        state.writesLeft = left - 1
      }
      for change in batch.changes {
        switch change {
        case .put(let table, let key, let value):
          state.tables[table.name, default: SortedEntries()][key] = value
        case .delete(let table, let key):
          state.tables[table.name]?[key] = nil
        }
      }
      return true
    }
    guard accepted else { throw .full(reason: "the writes allowed at creation are used up") }
  }

  private func entries(of table: Table) -> SortedEntries? {
    state.withLock { $0.tables[table.name] }
  }
}
