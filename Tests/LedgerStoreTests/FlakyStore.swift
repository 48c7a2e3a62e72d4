import Storage
import Synchronization

/// A store whose every second write fails and changes nothing.
final class FlakyStore: KeyValueStore {
  private let store = MemoryStore()
  private let writes = Mutex(0)

  func get(_ table: Table, _ key: [UInt8]) throws(StorageFault) -> [UInt8]? {
    store.get(table, key)
  }

  func get(_ table: Table, _ keys: [[UInt8]]) throws(StorageFault) -> [[UInt8]?] {
    store.get(table, keys)
  }

  func scan(
    _ table: Table, in range: KeyRange, reversed: Bool,
    _ visit: (_ key: [UInt8], _ value: [UInt8]) -> Bool
  ) throws(StorageFault) {
    store.scan(table, in: range, reversed: reversed, visit)
  }

  func write(_ batch: WriteBatch, sync: Bool) throws(StorageFault) {
    let number = writes.withLock { writes in
      writes += 1
      return writes
    }
    guard number.isMultiple(of: 2) else { throw .failed(reason: "write \(number)") }
    try store.write(batch, sync: sync)
  }
}
