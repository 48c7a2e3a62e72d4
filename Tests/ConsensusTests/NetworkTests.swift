import Consensus
import LedgerModel
import Testing

/// Whole networks, each run from one seed. First nothing may diverge, then it must go on.
@Suite struct NetworkTests {
  /// Runs until every honest ledger has grown by `blocks` after the network has healed.
  private func run(
    _ options: SimulatedNetwork.Options, blocks: Int = 8, within milliseconds: Int = 10_000
  ) throws -> SimulatedNetwork {
    var network = try #require(SimulatedNetwork(options))
    network.run(until: options.healsAt) { _ in false }
    let target = NetworkChecker(network: network).height + blocks
    network.run(until: options.healsAt + milliseconds) {
      NetworkChecker(network: $0).height >= target
    }
    let checker = NetworkChecker(network: network)
    #expect(checker.faults == [], "seed \(options.seed)")
    #expect(checker.height >= target, "seed \(options.seed): stands at \(checker.height)")
    return network
  }

  @Test("Without faults no view is given up", arguments: [1, 2, 3, 4, 7])
  func healthy(_ count: Int) throws {
    for seed in UInt64(0)..<10 {
      let network = try run(.init(count: count, seed: seed, duplicatePercent: 10), blocks: 20)
      #expect(!network.signed.contains { $0.subject.kind == .nullify }, "seed \(seed)")
    }
  }

  @Test("An idle network makes a block a heartbeat and gives up on no view", arguments: [1, 4])
  func idle(_ count: Int) throws {
    let network = try run(.init(count: count, seed: 1, hasWork: false), blocks: 20, within: 30_000)
    #expect(!network.signed.contains { $0.subject.kind == .nullify })
    #expect(network.now >= 20 * timing.heartbeat)
  }

  @Test(
    "Four validators, one silent, lossy network with crashes: no fork, then progress",
    arguments: [UInt64(0)..<40, 40..<80])
  func oneSilent(_ seeds: Range<UInt64>) throws {
    for seed in seeds {
      _ = try run(
        .init(
          count: 4, seed: seed, silent: [Int(seed % 4)], healsAt: 1_500, lossPercent: 20,
          duplicatePercent: 10, crashPermille: 10))
    }
  }

  @Test(
    "Four validators, one liar, lossy network with crashes: no fork, then progress",
    arguments: [UInt64(100)..<160, 160..<220])
  func oneLiar(_ seeds: Range<UInt64>) throws {
    var evidence = 0
    for seed in seeds {
      evidence += try run(
        .init(
          count: 4, seed: seed, liars: [Int(seed % 4)], healsAt: 1_500, lossPercent: 10,
          duplicatePercent: 10, crashPermille: 10)
      ).evidenceCount
    }
    #expect(evidence > 0)
  }

  @Test(
    "Seven validators, a liar and a silent one or two liars: no fork, then progress",
    arguments: [UInt64(300)..<350, 350..<400])
  func seven(_ seeds: Range<UInt64>) throws {
    for seed in seeds {
      let first = Int(seed % 7)
      let second = Int((seed + 1 + seed % 5) % 7)
      _ = try run(
        .init(
          count: 7, seed: seed, silent: seed.isMultiple(of: 2) ? [second] : [],
          liars: seed.isMultiple(of: 2) ? [first] : [first, second], healsAt: 1_000,
          lossPercent: 10, duplicatePercent: 5, crashPermille: 5),
        blocks: 4)
    }
  }

  @Test("With more liars than the protocol bears, the checker or a replica sees a fork")
  func checkerCanFail() throws {
    var broken = 0
    for seed in UInt64(500)..<520 {
      var network = try #require(
        SimulatedNetwork(
          .init(count: 4, seed: seed, liars: [0, 1], healsAt: 1_000, lossPercent: 30)))
      network.run(until: 6_000) { _ in false }
      if !NetworkChecker(network: network).faults.isEmpty { broken += 1 }
    }
    #expect(broken > 0)
  }

  @Test(
    "A validator that crashes after any record it wrote comes back and contradicts nothing",
    arguments: [1, 4])
  func crashAtEachRecord(_ count: Int) throws {
    for records in 1...40 {
      let victim = records % count
      let network = try run(
        .init(
          count: count, seed: UInt64(records), silent: count == 4 ? [(victim + 2) % 4] : [],
          lossPercent: 5, crash: (victim, records)),
        blocks: 12)
      #expect(network.nodes[victim].hasCrashedOnPurpose)
    }
  }

  @Test(
    "After all lost power the chain goes on within a second of the last restart",
    arguments: [1, 4, 7])
  func powerLoss(_ count: Int) throws {
    for seed in UInt64(600)..<610 {
      var network = try #require(SimulatedNetwork(.init(count: count, seed: seed)))
      network.run(until: 400 + Int(seed % 10)) { _ in false }
      let height = NetworkChecker(network: network).height
      #expect(height > 0)
      network.losePower()
      network.run(until: network.now + 300 + 1_000) { _ in false }
      let checker = NetworkChecker(network: network)
      #expect(checker.faults == [], "seed \(seed)")
      #expect(checker.height > height, "seed \(seed)")
    }
  }

  @Test("The same seed gives the same run")
  func reproducible() throws {
    let options = SimulatedNetwork.Options(
      count: 4, seed: 42, liars: [3], healsAt: 1_500, lossPercent: 20, duplicatePercent: 10,
      crashPermille: 10)
    let runs = try (0..<2).map { _ in try run(options) }
    #expect(runs[0].transcript == runs[1].transcript)
    #expect(runs[0].transcript.count > 500)
  }
}
