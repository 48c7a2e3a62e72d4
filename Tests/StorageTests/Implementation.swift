import Foundation
import RocksStorage
import Storage

/// The stores that must behave alike.
enum Implementation: CaseIterable, Sendable {
  case memory, rocks

  /// Runs `body` with an empty store.
  func withStore(_ body: (any KeyValueStore) throws -> Void) throws {
    switch self {
    case .memory: try body(MemoryStore())
    case .rocks: try withTemporaryDirectory { try body(RocksStore(path: $0, tables: Tables.all)) }
    }
  }
}

enum Tables {
  static let state = Table("state")
  static let index = Table("index")
  static let bodies = Table("bodies", holdsLargeValues: true)
  static let all = [state, index, bodies]
}

/// Runs `body` with the path of an empty directory that is gone afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("storage-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  try body(directory.path)
}

extension KeyValueStore {
  func put(_ table: Table, _ key: [UInt8], _ value: [UInt8], sync: Bool = false) throws {
    var batch = WriteBatch()
    batch.put(table, key, value)
    try write(batch, sync: sync)
  }

  /// The entries of `range` as a scan gives them.
  func entries(
    _ table: Table, in range: KeyRange = KeyRange(), reversed: Bool = false
  ) throws -> [Entry] {
    var found: [Entry] = []
    try scan(table, in: range, reversed: reversed) { key, value in
      found.append(Entry(key: key, value: value))
      return true
    }
    return found
  }

  func keys(_ table: Table, in range: KeyRange = KeyRange(), reversed: Bool = false) throws
    -> [[UInt8]]
  {
    try entries(table, in: range, reversed: reversed).map(\.key)
  }
}

struct Entry: Hashable {
  let key: [UInt8]
  let value: [UInt8]
}
