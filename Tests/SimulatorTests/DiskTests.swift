import Simulator
import Storage
import TestLedger
import Testing

/// The simulated disk loses what a real one may lose, and nothing else.
@Suite("The simulated disk")
struct DiskTests {
  private static let table = Table("table")

  private func write(_ number: UInt8, _ disk: SimulatedDisk, sync: Bool = false) throws {
    var batch = WriteBatch()
    batch.put(Self.table, [number], [number])
    batch.put(Self.table, [0], [number])
    try disk.write(batch, sync: sync)
  }

  private func keys(_ disk: SimulatedDisk) throws -> [UInt8] {
    var keys: [UInt8] = []
    try disk.scan(Self.table, in: KeyRange(from: [1]), reversed: false) { key, _ in
      keys += key
      return true
    }
    return keys
  }

  @Test("Losing power keeps what was synced and a prefix of the rest")
  func power() throws {
    var found: Set<Int> = []
    for seed in 0..<40 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let disk = SimulatedDisk()
      try write(1, disk)
      try write(2, disk, sync: true)
      for number in 3...5 as ClosedRange<UInt8> { try write(number, disk) }
      let lost = try disk.crash(.power, using: &generator)
      let kept = try keys(disk)
      #expect(kept == Array((1...5).prefix(5 - lost)) && kept.count >= 2)
      #expect(try disk.get(Self.table, [0]) == kept.suffix(1))
      found.insert(kept.count)
    }
    #expect(found == [2, 3, 4, 5])
  }

  @Test("A process that dies loses nothing that it wrote")
  func process() throws {
    var generator = SeededGenerator(seed: 1)
    let disk = SimulatedDisk()
    for number in 1...3 as ClosedRange<UInt8> { try write(number, disk) }
    #expect(try disk.crash(.process, using: &generator) == 0)
    #expect(try keys(disk) == [1, 2, 3])
  }

  @Test("A crash at a write comes before or after it takes effect", arguments: [false, true])
  func armed(takesEffect: Bool) throws {
    var generator = SeededGenerator(seed: 1)
    let disk = SimulatedDisk()
    disk.arm(SimulatedDisk.CrashPoint(write: 2, takesEffect: takesEffect))
    try write(1, disk, sync: true)
    #expect(throws: StorageFault.self) { try write(2, disk, sync: true) }
    #expect(disk.isDead)
    #expect(throws: StorageFault.self) { try write(3, disk) }
    _ = try disk.crash(.power, using: &generator)
    #expect(try keys(disk) == (takesEffect ? [1, 2] : [1]))
  }
}
