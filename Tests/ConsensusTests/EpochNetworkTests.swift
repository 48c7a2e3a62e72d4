import LedgerModel
import Testing

@testable import Consensus

/// Networks whose epoch ends, or whose nodes catch up by height.
@Suite struct EpochNetworkTests {
  private func run(_ options: SimulatedNetwork.Options) throws -> SimulatedNetwork {
    var network = try #require(SimulatedNetwork(options))
    network.run(until: options.healsAt + 20_000) { NetworkChecker(network: $0).hasEnded }
    let checker = NetworkChecker(network: network)
    #expect(checker.faults == [], "seed \(options.seed)")
    #expect(checker.hasEnded, "seed \(options.seed): \(checker.height) blocks, no end")
    return network
  }

  @Test("All end the epoch with one block and sign nothing after", arguments: [1, 4, 7])
  func healthy(_ count: Int) throws {
    for seed in UInt64(0)..<20 {
      _ = try run(.init(count: count, seed: seed, duplicatePercent: 10, lastBlockPercent: 20))
    }
  }

  @Test("Through crashes, loss and liars all end the epoch with one block", arguments: [1, 4, 7])
  func faulty(_ count: Int) throws {
    var again = 0
    for seed in UInt64(1_000)..<1_040 {
      let liars: Set<Int> = count > 1 ? [Int(seed) % count] : []
      let network = try run(
        .init(
          count: count, seed: seed, liars: liars, healsAt: 1_500, lossPercent: 20,
          duplicatePercent: 10, crashPermille: 10, lastBlockPercent: 20,
          catchUpPermille: seed.isMultiple(of: 2) ? 10 : 0))
      again += network.signed.count { _, subject in
        subject.block.flatMap { network.blocks[$0]?.view } ?? subject.view != subject.view
      }
    }
    #expect(count == 1 || again > 0, "no run proposed a last block twice")
  }

  @Test("Nodes that catch up by height agree with those that do not", arguments: [4, 7])
  func catchUp(_ count: Int) throws {
    for seed in UInt64(2_000)..<2_030 {
      let options = SimulatedNetwork.Options(
        count: count, seed: seed, liars: [Int(seed) % count], healsAt: 1_500, lossPercent: 30,
        crashPermille: 5, catchUpPermille: 50)
      var network = try #require(SimulatedNetwork(options))
      network.run(until: 1_500) { _ in false }
      let target = NetworkChecker(network: network).height + 8
      network.run(until: 12_000) { NetworkChecker(network: $0).height >= target }
      #expect(NetworkChecker(network: network).faults == [], "seed \(seed)")
      #expect(NetworkChecker(network: network).height >= target, "seed \(seed)")
    }
  }

  @Test("A broken rule is seen within a few runs", arguments: BrokenRule.allCases)
  func canary(_ rule: BrokenRule) throws {
    let found = try (UInt64(0)..<60).first { seed in
      var network = try #require(
        SimulatedNetwork(
          .init(
            count: 4, seed: seed, liars: [Int(seed % 4)], healsAt: 1_500, lossPercent: 20,
            lastBlockPercent: rule == .outliveEpoch ? 20 : 0, broken: rule)))
      network.run(until: 3_000) { _ in false }
      return !NetworkChecker(network: network).faults.isEmpty
    }
    #expect(found != nil)
  }
}
