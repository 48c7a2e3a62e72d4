import LedgerModel
import Testing

@testable import Consensus

/// Twins: a faulty validator is two honest programs with one key, in a network that is divided
/// differently in each view (Bano and others, "Twins: BFT Systems Made Robust", 2022).
@Suite struct TwinsTests {
  private func run(_ options: SimulatedNetwork.Options) throws {
    var network = try #require(SimulatedNetwork(options))
    network.run(until: options.healsAt) { _ in false }
    let target = NetworkChecker(network: network).height + 4
    network.run(until: options.healsAt + 8_000) { NetworkChecker(network: $0).height >= target }
    let checker = NetworkChecker(network: network)
    #expect(checker.faults == [], "\(options)")
    #expect(checker.height >= target, "\(options)")
  }

  @Test("Four validators with a twin, all partitions of two views: no fork, then progress")
  func allPartitions() throws {
    // Node 0 is always in part 0; the other four choose.
    let divisions = (0..<16).map { choice in [0] + (0..<4).map { choice >> $0 & 1 } }
    for (number, first) in divisions.enumerated() {
      for second in divisions {
        try run(
          .init(
            count: 4, seed: UInt64(number), healsAt: 1_200, twins: [1 + number % 2],
            partitions: [first, second]))
      }
    }
  }

  @Test(
    "A twin of four or two of seven, random partitions of four to six views: no fork, progress",
    arguments: [4, 7])
  func randomPartitions(_ count: Int) throws {
    for seed in UInt64(0)..<40 {
      var generator = SeededGenerator(seed: seed)
      let twins = count == 4 ? [Int(seed % 4)] : [Int(seed % 7), Int((seed + 1 + seed % 5) % 7)]
      let partitions = (0..<Int.random(in: 4...6, using: &generator)).map { _ in
        (0..<count + twins.count).map { _ in Int.random(in: 0...1, using: &generator) }
      }
      try run(
        .init(
          count: count, seed: seed, healsAt: 2_500, lastBlockPercent: 0, twins: twins,
          partitions: partitions, partsNullify: generator.chance(30)))
    }
  }
}
