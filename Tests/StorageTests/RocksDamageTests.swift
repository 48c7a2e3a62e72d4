import Foundation
import RocksStorage
import Storage
import Testing

@Suite("Damaged bytes are a fault, never wrong data")
struct RocksDamageTests {
  private static let entryCount: UInt16 = 1_000
  private static let flips = 12

  @Test("A flipped byte in the middle of a data file is reported as corrupt",
    arguments: [".sst", ".blob"])
  func flippedByteInTheMiddle(suffix: String) throws {
    try withTemporaryDirectory { path in
      let written = try fill(path, flushed: true)
      try flipByte(atPart: 0.5, of: file(in: path, suffix))
      guard case .fault(.corrupt) = outcome(of: path, written) else {
        Issue.record("expected corrupt, got \(outcome(of: path, written))")
        return
      }
    }
  }

  @Test("Wherever a byte of a file flips, reading gives a fault or the right data",
    arguments: [".sst", ".blob", "MANIFEST-", "CURRENT", ".log"])
  func flippedByteAnywhere(kind: String) throws {
    try withTemporaryDirectory { path in
      let written = try fill(path, flushed: kind != ".log")
      let name = try file(in: path, kind).lastPathComponent
      var faults = 0
      for step in 0..<Self.flips {
        try withTemporaryDirectory { copy in
          let target = copy + "/store"
          try FileManager.default.copyItem(atPath: path, toPath: target)
          let part = Double(step) / Double(Self.flips)
          try flipByte(atPart: part, of: URL(fileURLWithPath: target + "/" + name))
          switch outcome(of: target, written) {
          case .fault: faults += 1
          case .right: break
          case .wrong(let what): Issue.record("\(what) after flip \(step) in \(name)")
          }
        }
      }
      #expect(faults > 0)
    }
  }

  @Test("A log cut short inside its last record loses that record only")
  func tornTail() throws {
    try withTemporaryDirectory { path in
      let log: URL
      do {
        let store = try RocksStore(path: path, tables: Tables.all)
        log = try file(in: path, ".log")
        for number in 0..<UInt8(20) {
          var batch = WriteBatch()
          batch.put(Tables.state, [number], [UInt8](repeating: number, count: 100))
          batch.put(Tables.index, [number], [])
          try store.write(batch, sync: true)
        }
      }
      let bytes = try Data(contentsOf: log)
      try bytes.dropLast(40).write(to: log)
      let store = try RocksStore(path: path, tables: Tables.all)
      #expect(try store.keys(Tables.state) == (0..<19).map { [$0] })
      #expect(try store.keys(Tables.index) == (0..<19).map { [$0] })
    }
  }

  @Test("A store that lost its CURRENT file is not replaced by an empty one")
  func lostCurrent() throws {
    try withTemporaryDirectory { path in
      _ = try fill(path, flushed: true)
      try FileManager.default.removeItem(atPath: path + "/CURRENT")
      let fault = #expect(throws: StorageFault.self) {
        try RocksStore(path: path, tables: Tables.all)
      }
      guard case .corrupt = fault else {
        Issue.record("expected corrupt, got \(String(describing: fault))")
        return
      }
    }
  }

  private enum Outcome {
    case right
    case wrong(String)
    case fault(StorageFault)
  }

  /// What opening and reading everything gives.
  private func outcome(of path: String, _ written: [Table: [Entry]]) -> Outcome {
    do throws(StorageFault) {
      let store = try RocksStore(path: path, tables: Tables.all)
      for (table, expected) in written {
        var scanned: [Entry] = []
        try store.scan(table, in: KeyRange(), reversed: false) { key, value in
          scanned.append(Entry(key: key, value: value))
          return true
        }
        guard scanned == expected else { return .wrong("scan of \(table.name)") }
        let got = try store.get(table, expected.map(\.key))
        guard got == expected.map(\.value) else { return .wrong("multi-get of \(table.name)") }
        for entry in expected {
          guard try store.get(table, entry.key) == entry.value else {
            return .wrong("get of \(entry.key) in \(table.name)")
          }
        }
      }
      return .right
    } catch {
      return .fault(error)
    }
  }

  /// Writes entries into a new store and closes it.
  private func fill(_ path: String, flushed: Bool) throws -> [Table: [Entry]] {
    var generator = SeededGenerator(seed: 5)
    var written: [Table: [Entry]] = [:]
    let store = try RocksStore(path: path, tables: Tables.all)
    for number in 0..<Self.entryCount {
      let key = [UInt8(number >> 8), UInt8(number & 255)]
      var batch = WriteBatch()
      for (table, count) in [(Tables.state, 80), (Tables.bodies, 700)] {
        let entry = Entry(key: key, value: generator.bytes(count: count))
        batch.put(table, entry.key, entry.value)
        written[table, default: []].append(entry)
      }
      try store.write(batch, sync: false)
    }
    if flushed { try store.flush() }
    return written
  }

  /// The largest file in `path` whose name holds `kind`.
  private func file(in path: String, _ kind: String) throws -> URL {
    let files = try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: path), includingPropertiesForKeys: [.fileSizeKey])
    let sized = try files.filter { $0.lastPathComponent.contains(kind) }
      .map { ($0, try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
    return try #require(sized.max { $0.1 < $1.1 }).0
  }

  private func flipByte(atPart part: Double, of file: URL) throws {
    var bytes = try Data(contentsOf: file)
    bytes[Int(Double(bytes.count) * part)] ^= 0x10
    try bytes.write(to: file)
  }
}
