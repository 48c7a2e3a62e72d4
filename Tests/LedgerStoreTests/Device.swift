import Foundation
import LedgerStore
import RocksStorage
import Storage

/// The kinds of store on which a ledger must be the same.
enum Device: CaseIterable, Sendable {
  case memory, rocks

  /// Runs `body` with a function that opens the device; whoever opened it before has let go.
  func run(_ body: (_ open: () throws -> any KeyValueStore) throws -> Void) throws {
    switch self {
    case .memory:
      let store = MemoryStore()
      try body { store }
    case .rocks:
      let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("ledger-store-tests-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      try body { try RocksStore(path: directory.path + "/store", tables: Tables.all) }
    }
  }
}

/// A stored value and where it is.
struct StoredEntry: Hashable {
  let table: String
  let key: [UInt8]
  let value: [UInt8]
}

extension KeyValueStore {
  func entries(of table: Table) throws -> [StoredEntry] {
    var entries: [StoredEntry] = []
    try scan(table, in: KeyRange(), reversed: false) { key, value in
      entries.append(StoredEntry(table: table.name, key: key, value: value))
      return true
    }
    return entries
  }

  /// All that is stored, table by table.
  func contents() throws -> [StoredEntry] {
    try Tables.all.flatMap(entries)
  }

  /// The same content in a store that can be altered.
  func copy() throws -> MemoryStore {
    let copy = MemoryStore()
    for entry in try contents() { try copy.put(entry.table, entry.key, entry.value) }
    return copy
  }

  func put(_ table: String, _ key: [UInt8], _ value: [UInt8]) throws {
    var batch = WriteBatch()
    batch.put(Table(table), key, value)
    try write(batch, sync: false)
  }

  func remove(_ table: String, _ key: [UInt8]) throws {
    var batch = WriteBatch()
    batch.delete(Table(table), key)
    try write(batch, sync: false)
  }
}
