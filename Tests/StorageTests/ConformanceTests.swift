import Foundation
import Storage
import Synchronization
import Testing

@Suite("Every store keeps the promises of KeyValueStore")
struct ConformanceTests {
  @Test("What is put can be got, what is deleted cannot", arguments: Implementation.allCases)
  func putGetDelete(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      try store.put(Tables.state, [1], [10])
      #expect(try store.get(Tables.state, [1]) == [10])
      #expect(try store.get(Tables.state, [2]) == nil)
      #expect(try store.get(Tables.index, [1]) == nil, "tables share no keys")

      var batch = WriteBatch()
      batch.delete(Tables.state, [1])
      batch.delete(Tables.state, [3])
      try store.write(batch, sync: true)
      #expect(try store.get(Tables.state, [1]) == nil)
    }
  }

  @Test("The last change of a key in a batch wins", arguments: Implementation.allCases)
  func orderWithinBatch(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      var batch = WriteBatch()
      batch.put(Tables.state, [1], [1])
      batch.put(Tables.state, [1], [2])
      batch.put(Tables.state, [2], [1])
      batch.delete(Tables.state, [2])
      batch.delete(Tables.state, [3])
      batch.put(Tables.state, [3], [3])
      try store.write(batch, sync: false)
      #expect(try store.get(Tables.state, [[1], [2], [3]]) == [[2], nil, [3]])
    }
  }

  @Test("Many keys are got in the order asked, twice if asked twice",
    arguments: Implementation.allCases)
  func multiGet(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      for number in 0..<UInt8(100) { try store.put(Tables.bodies, [number], [number, 0]) }
      let asked = (0..<UInt8(100)).map { [$0 &* 37 % 128] } + [[5], [], [5]]
      let expected = asked.map { key in key.first.flatMap { $0 < 100 ? [$0, 0] : nil } }
      #expect(try store.get(Tables.bodies, asked) == expected)
      #expect(try store.get(Tables.bodies, []) == [])
    }
  }

  @Test("Empty keys and empty values are entries", arguments: Implementation.allCases)
  func emptyBytes(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      for table in Tables.all {
        try store.put(table, [], [])
        try store.put(table, [7], [])
        #expect(try store.get(table, []) == [])
        #expect(try store.get(table, [[7], []]) == [[], []])
        let expected = [Entry(key: [], value: []), Entry(key: [7], value: [])]
        #expect(try store.entries(table) == expected)
      }
    }
  }

  @Test("Values of one mebibyte come back whole", arguments: Implementation.allCases)
  func largeValues(_ implementation: Implementation) throws {
    var generator = SeededGenerator(seed: 1)
    let values = (0..<4).map { _ in generator.bytes(count: 1 << 20) }
    try implementation.withStore { store in
      for (number, value) in values.enumerated() {
        try store.put(Tables.bodies, [UInt8(number)], value)
      }
      #expect(try store.entries(Tables.bodies).map(\.value) == values)
      #expect(try store.get(Tables.bodies, [[2], [0]]) == [values[2], values[0]])
    }
  }

  @Test("A range includes its lower and excludes its upper bound",
    arguments: Implementation.allCases)
  func rangeBounds(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      for key: [UInt8] in [[], [1], [1, 0], [1, 255], [2], [255], [255, 255]] {
        try store.put(Tables.state, key, [0])
      }
      func keys(_ range: KeyRange, reversed: Bool = false) throws -> [[UInt8]] {
        try store.keys(Tables.state, in: range, reversed: reversed)
      }
      #expect(try keys(KeyRange(from: [1], to: [2])) == [[1], [1, 0], [1, 255]])
      #expect(try keys(KeyRange(from: [1], to: [2]), reversed: true) == [[1, 255], [1, 0], [1]])
      #expect(try keys(KeyRange(from: [2])) == [[2], [255], [255, 255]])
      #expect(try keys(KeyRange(from: [2]), reversed: true) == [[255, 255], [255], [2]])
      #expect(try keys(KeyRange(to: [1])) == [[]])
      #expect(try keys(KeyRange(from: [1, 1], to: [1, 2])) == [])
      #expect(try keys(KeyRange(from: [2], to: [2])) == [])
      #expect(try keys(KeyRange(from: [2], to: [1])) == [], "an inverted range is empty")
      #expect(try keys(KeyRange(from: [2], to: [1]), reversed: true) == [])
      #expect(try keys(KeyRange(from: [], to: [])) == [])
    }
  }

  @Test("A prefix range holds exactly the keys with the prefix, also at 0xff",
    arguments: Implementation.allCases)
  func prefixes(_ implementation: Implementation) throws {
    let keys: [[UInt8]] = [
      [], [0], [1], [1, 254, 255], [1, 255], [1, 255, 0], [1, 255, 255], [2], [254], [255],
      [255, 0], [255, 255], [255, 255, 255],
    ]
    try implementation.withStore { store in
      for key in keys { try store.put(Tables.index, key, [0]) }
      for prefix in keys {
        let expected = keys.filter { $0.starts(with: prefix) }
        let range = KeyRange(prefix: prefix)
        #expect(try store.keys(Tables.index, in: range) == expected)
        #expect(try store.keys(Tables.index, in: range, reversed: true) == expected.reversed())
      }
    }
  }

  @Test("A scan stops when told, and shows one moment", arguments: Implementation.allCases)
  func scanStopsAndIsConsistent(_ implementation: Implementation) throws {
    try implementation.withStore { store in
      for number in 0..<UInt8(10) { try store.put(Tables.state, [number], [0]) }
      for reversed in [false, true] {
        var visited = 0
        try store.scan(Tables.state, in: KeyRange(), reversed: reversed) { _, _ in
          visited += 1
          return visited < 3
        }
        #expect(visited == 3)
      }
      // Writing from within the scan neither blocks nor changes what it sees.
      var seen: [[UInt8]] = []
      try store.scan(Tables.state, in: KeyRange(), reversed: false) { key, _ in
        seen.append(key)
        #expect(throws: Never.self) { try store.put(Tables.state, key + [1], [1]) }
        return true
      }
      #expect(seen == (0..<10).map { [$0] })
      #expect(try store.keys(Tables.state).count == 20)
    }
  }

  @Test("Random histories match a sorted dictionary",
    arguments: Implementation.allCases, [UInt64](1...4))
  func naiveTwin(_ implementation: Implementation, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func randomKey() -> [UInt8] {
      // Few short keys over few bytes: overwrites, deletes and shared prefixes are common.
      let bytes: [UInt8] = [0, 1, 127, 254, 255]
      return (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        bytes[Int.random(in: 0..<bytes.count, using: &generator)]
      }
    }
    var twin: [Table: [[UInt8]: [UInt8]]] = [:]
    try implementation.withStore { store in
      for _ in 0..<500 {
        let table = Tables.all[Int.random(in: 0..<Tables.all.count, using: &generator)]
        var batch = WriteBatch()
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
          let key = randomKey()
          if Int.random(in: 0..<3, using: &generator) == 0 {
            batch.delete(table, key)
            twin[table]?[key] = nil
          } else {
            let value = generator.bytes(count: Int.random(in: 0...900, using: &generator))
            batch.put(table, key, value)
            twin[table, default: [:]][key] = value
          }
        }
        try store.write(batch, sync: false)

        let lower = randomKey()
        let upper = Bool.random(using: &generator) ? randomKey() : nil
        let reversed = Bool.random(using: &generator)
        let ascending = twin[table, default: [:]]
          .filter { key, _ in
            !key.lexicographicallyPrecedes(lower)
              && upper.map { key.lexicographicallyPrecedes($0) } ?? true
          }
          .map { Entry(key: $0, value: $1) }
          .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let range = KeyRange(from: lower, to: upper)
        #expect(
          try store.entries(table, in: range, reversed: reversed)
            == (reversed ? ascending.reversed() : ascending), "seed \(seed)")
        let asked = (0..<5).map { _ in randomKey() }
        #expect(try store.get(table, asked) == asked.map { twin[table]?[$0] }, "seed \(seed)")
        #expect(try store.get(table, lower) == twin[table]?[lower], "seed \(seed)")
      }
    }
  }

  @Test("Readers beside a writer never see half of a batch", arguments: Implementation.allCases)
  func concurrentReaders(_ implementation: Implementation) throws {
    func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 255)] }
    try implementation.withStore { store in
      let progress = Progress()
      let readers = DispatchGroup()
      for _ in 0..<3 {
        readers.enter()
        Thread {
          expectWholeBatches(in: store, progress)
          readers.leave()
        }.start()
      }
      // Writing starts beside readers and goes on until each could look often.
      var round = 0
      while round < 200 || (progress.reads.load(ordering: .relaxed) < 60 && round < 60_000) {
        round += 1
        var batch = WriteBatch()
        batch.put(Tables.index, [0], bytes(round))
        for key in 0..<UInt8(8) { batch.put(Tables.state, [key], bytes(round)) }
        try store.write(batch, sync: false)
      }
      progress.isDone.store(true, ordering: .releasing)
      readers.wait()
      #expect(progress.reads.load(ordering: .relaxed) >= 60)
    }
  }

  private final class Progress: Sendable {
    let isDone = Atomic(false)
    let reads = Atomic(0)
  }

  private func expectWholeBatches(in store: any KeyValueStore, _ progress: Progress) {
    while !progress.isDone.load(ordering: .acquiring) {
      do {
        let earlier = try store.get(Tables.index, [0]) ?? [0, 0]
        let scanned = try store.entries(Tables.state).map(\.value)
        #expect(Set(scanned).count <= 1, "a scan saw two batches")
        let got = try store.get(Tables.state, (0..<UInt8(8)).map { [$0] })
        #expect(Set(got).count == 1, "a multi-get saw two batches")
        let later = scanned.first ?? [0, 0]
        #expect(!later.lexicographicallyPrecedes(earlier), "one table ran ahead of another")
      } catch {
        Issue.record(error)
        return
      }
      progress.reads.add(1, ordering: .relaxed)
    }
  }
}
