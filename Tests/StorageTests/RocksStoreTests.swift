import Foundation
import RocksStorage
import Storage
import Testing

@Suite("A store on disk outlives its process")
struct RocksStoreTests {
  @Test("Everything is there after reopening, flushed or not", arguments: [false, true])
  func reopening(flushed: Bool) throws {
    var generator = SeededGenerator(seed: 2)
    let values = (0..<50).map { _ in generator.bytes(count: 2_000) }
    try withTemporaryDirectory { path in
      do {
        let store = try RocksStore(path: path, tables: Tables.all)
        for (number, value) in values.enumerated() {
          var batch = WriteBatch()
          batch.put(Tables.bodies, [UInt8(number)], value)
          batch.put(Tables.state, [UInt8(number)], [UInt8(number)])
          try store.write(batch, sync: number == values.count - 1)
        }
        if flushed {
          try store.flush()
          store.compact()
        }
      }
      let store = try RocksStore(path: path, tables: Tables.all)
      #expect(try store.entries(Tables.bodies).map(\.value) == values)
      #expect(try store.keys(Tables.state).count == values.count)
    }
  }

  @Test("Tables that are not named any more keep their entries, new ones begin empty")
  func tablesComeAndGo() throws {
    try withTemporaryDirectory { path in
      do {
        let store = try RocksStore(path: path, tables: Tables.all)
        try store.put(Tables.bodies, [1], [UInt8](repeating: 3, count: 1_000))
        try store.flush()
      }
      do {
        let added = Table("added")
        let store = try RocksStore(path: path, tables: [added])
        #expect(try store.get(added, [1]) == nil)
        try store.put(added, [1], [1])
        let fault = #expect(throws: StorageFault.self) {
          try store.get(Table("never named"), [1])
        }
        #expect(fault.map { "\($0)".contains("never named") } == true)
      }
      let store = try RocksStore(path: path, tables: Tables.all)
      #expect(try store.get(Tables.bodies, [1]) == [UInt8](repeating: 3, count: 1_000))
    }
  }

  @Test("A second opener is refused while the first lives, even by another name of the directory")
  func secondOpener() throws {
    try withTemporaryDirectory { path in
      do {
        let first = try RocksStore(path: path, tables: Tables.all)
        for name in [path, path + "/../" + URL(fileURLWithPath: path).lastPathComponent] {
          let fault = #expect(throws: StorageFault.self) {
            try RocksStore(path: name, tables: Tables.all)
          }
          let expected = try StorageFault.cannotOpen(
            path: #require(realPath(path)), reason: "this process has it open already")
          #expect(fault == expected)
        }
        try first.put(Tables.state, [1], [1])
      }
      let second = try RocksStore(path: path, tables: Tables.all)
      #expect(try second.get(Tables.state, [1]) == [1])
    }
  }

  @Test("A path that cannot be a store is refused by name")
  func impossiblePaths() throws {
    try withTemporaryDirectory { path in
      let file = path + "/file"
      try Data([1]).write(to: URL(fileURLWithPath: file))
      for impossible in [file, path + "/missing/parent", ""] {
        let fault = #expect(throws: StorageFault.self) {
          try RocksStore(path: impossible, tables: Tables.all)
        }
        guard case .cannotOpen = fault else {
          Issue.record("expected cannotOpen, got \(String(describing: fault))")
          return
        }
      }
    }
  }

  @Test("Large values lie outside the key tree, and deleting them frees the disk")
  func largeValuesAreCollected() throws {
    var generator = SeededGenerator(seed: 3)
    try withTemporaryDirectory { path in
      let store = try RocksStore(path: path, tables: Tables.all)
      for number in 0..<UInt8(32) {
        try store.put(Tables.bodies, [number], generator.bytes(count: 1 << 18))
      }
      try store.flush()
      let files = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(files.contains { $0.hasSuffix(".blob") })
      #expect(store.approximateSizeOnDisk >= 8 << 20)

      var batch = WriteBatch()
      for number in 0..<UInt8(32) { batch.delete(Tables.bodies, [number]) }
      try store.write(batch, sync: true)
      try store.flush()
      store.compact()
      #expect(store.approximateSizeOnDisk < 1 << 20)
    }
  }

  @Test("Memory stays near its budget however much is written")
  func memoryBudget() throws {
    var options = RocksOptions()
    options.blockCacheBytes = 2 << 20
    options.writeBufferBytes = 6 << 20
    var generator = SeededGenerator(seed: 4)
    try withTemporaryDirectory { path in
      let store = try RocksStore(path: path, tables: Tables.all, options: options)
      var highest: UInt64 = 0
      for _ in 0..<200 {
        var batch = WriteBatch()
        for _ in 0..<400 {
          batch.put(Tables.state, generator.bytes(count: 16), [UInt8](repeating: 1, count: 400))
        }
        try store.write(batch, sync: false)
        highest = max(highest, store.memoryUse().writeBufferBytes)
      }
      // The budget starts a flush; what is being flushed meanwhile counts on top of it.
      #expect(highest > 0 && highest < 2 * 6 << 20)
      var entries = 0
      try store.scan(Tables.state, in: KeyRange(), reversed: false) { _, _ in
        entries += 1
        return true
      }
      #expect(entries == 80_000)
      let use = store.memoryUse()
      #expect(use.blockCacheBytes > 0 && use.blockCacheBytes < 4 << 20)
    }
  }

  @Test("A write into the reserved disk space is refused whole, and later ones succeed again")
  func reservedSpace() throws {
    try withTemporaryDirectory { path in
      do {
        let roomy = try RocksStore(path: path, tables: Tables.all)
        try roomy.put(Tables.state, [1], [1])
      }
      do {
        var options = RocksOptions()
        options.reservedDiskBytes = .max
        let cramped = try RocksStore(path: path, tables: Tables.all, options: options)
        let fault = #expect(throws: StorageFault.self) {
          try cramped.put(Tables.state, [1], [2], sync: true)
        }
        guard case .full = fault else {
          Issue.record("expected full, got \(String(describing: fault))")
          return
        }
        #expect(try cramped.get(Tables.state, [1]) == [1])
      }
      let roomy = try RocksStore(path: path, tables: Tables.all)
      try roomy.put(Tables.state, [1], [3], sync: true)
      #expect(try roomy.get(Tables.state, [1]) == [3])
    }
  }

  private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
