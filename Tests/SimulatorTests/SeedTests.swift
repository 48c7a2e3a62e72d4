import Simulator
import Testing

/// Whole networks under faults. `scripts/simulate` runs any number of them.
@Suite("Simulated networks")
struct SeedTests {
  /// As many as a quarter of a minute runs.
  static let seeds: Range<UInt64> = 1..<61

  @Test(
    "Whatever goes wrong, nothing diverges, and all is executed once it heals", arguments: seeds)
  func run(seed: UInt64) throws {
    let options = SimulationOptions(seed: seed)
    let outcome = try Simulation.run(options)
    guard !outcome.faults.isEmpty else { return }
    Issue.record("\(try Simulation.report(options))")
  }

  @Test("A seed repeats a run to the last byte", arguments: [3, 11, 17, 29] as [UInt64])
  func repeats(seed: UInt64) throws {
    let options = SimulationOptions(seed: seed)
    #expect(try Simulation.run(options) == Simulation.run(options))
  }

  @Test("Another seed is another run")
  func differs() throws {
    let first = try Simulation.run(SimulationOptions(seed: 3))
    let second = try Simulation.run(SimulationOptions(seed: 4))
    #expect(first.digest != second.digest)
  }

  @Test("Seeds bring every size, every liar, changes of validators and every fault")
  func covers() {
    let all = (1...500 as ClosedRange<UInt64>).map { SimulationOptions(seed: $0) }
    #expect(Set(all.map(\.validators)) == [1, 4, 5, 7])
    #expect(Set(all.flatMap { $0.disrupters.map(\.kind) }) == Set(Disruption.Kind.allCases))
    #expect(all.allSatisfy { $0.disrupters.count <= $0.maxFaulty })
    for keyPath in [
      \SimulationOptions.crashesMs, \.linkResetsMs, \.partitionsMs, \.pausesMs, \.clockStepsMs,
    ] {
      #expect(
        all.contains { $0[keyPath: keyPath] > 0 } && all.contains { $0[keyPath: keyPath] == 0 })
    }
    let changes = all.flatMap(\.changes)
    #expect(changes.contains { if case .add = $0 { true } else { false } })
    #expect(changes.contains { if case .remove = $0 { true } else { false } })
    #expect(changes.contains { if case .replace = $0 { true } else { false } })
    #expect(changes.contains { if case .memberKey = $0 { true } else { false } })
  }
}
