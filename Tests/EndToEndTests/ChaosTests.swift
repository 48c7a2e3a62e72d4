import Foundation
import Glibc
import Testing

extension EndToEnd {
  /// Four real nodes, each in a network namespace of its own.
  @Suite("Real processes")
  struct Chaos {
    /// `YILIAN_CHAOS_SECONDS` makes it longer; `YILIAN_SEED` makes the same choices again.
    private static let seconds =
      ProcessInfo.processInfo.environment["YILIAN_CHAOS_SECONDS"].flatMap { Int($0) } ?? 20

    @Test(
      "Validators killed, paused and cut off at random lose nothing and agree",
      .enabled(Islands.obstacle) { await Islands.arePossible() })
    func chaos() async throws {
      let seed = SeededGenerator.seedOfRun
      print("real processes for \(Self.seconds) s: YILIAN_SEED=\(seed)")
      try await ValidatorNetwork.with(isolated: true) { network in
        try await network.start()
        try await Crowd.with(network, seed: seed) { crowd in
          let work = Task { await crowd.work() }
          do {
            try await disrupt(network, for: .seconds(Self.seconds), seed: seed)
          } catch {
            Issue.record("\(error)")
          }
          // All is healed: the clients that are under way, and every node, are served.
          for node in ValidatorNetwork.all { try await crowd.print(through: [node]) }
          work.cancel()
          await work.value
          try await crowd.finish()
          try await crowd.check()
          for node in ValidatorNetwork.all { try await crowd.print(through: [node]) }
          let acknowledged = await crowd.promises.acknowledged.count
          print("real processes: \(acknowledged) transactions acknowledged, none lost")
          #expect(acknowledged > Self.seconds, "clients were hardly served")
        }
        check(network)
      }
    }

    private func disrupt(
      _ network: ValidatorNetwork, for duration: Duration, seed: UInt64
    ) async throws {
      var random = SeededGenerator(seed: seed)
      let end = ContinuousClock.now + duration
      while ContinuousClock.now < end {
        let disruption = Disruption.random(using: &random)
        try await disruption.happen(to: network)
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_500, using: &random)))
        try #require(network.dead.isEmpty, "nodes ended after \(disruption)")
      }
    }

    private func check(_ network: ValidatorNetwork) {
      #expect(network.dead.isEmpty)
      for node in ValidatorNetwork.all {
        let lines = network.logText(node).split(separator: "\n")
        let alarms = lines.filter { $0.contains(" critical ") || $0.contains(" error ") }
        #expect(alarms.isEmpty, "node \(node)")
      }
    }
  }
}

/// Something that happens to some nodes for a while; afterwards it is over.
private struct Disruption: CustomStringConvertible {
  enum Kind: CaseIterable {
    case kill, stop, pause, cut, split
  }

  let kind: Kind
  let nodes: [Int]
  let milliseconds: Int

  var description: String { "\(kind) of \(nodes) for \(milliseconds) ms" }

  /// Mostly of one node, which the others must not notice for long.
  static func random(using random: inout SeededGenerator) -> Self {
    let kind = Kind.allCases.randomElement(using: &random) ?? .kill
    let count = kind == .split ? 2 : [1, 1, 1, 2, 4].randomElement(using: &random) ?? 1
    return Self(
      kind: kind, nodes: Array(ValidatorNetwork.all.shuffled(using: &random).prefix(count)),
      milliseconds: Int.random(in: 0...(count == 1 ? 4_000 : 2_000), using: &random))
  }

  func happen(to network: ValidatorNetwork) async throws {
    for node in nodes { try await begin(node, network) }
    try await Task.sleep(for: .milliseconds(milliseconds))
    for node in nodes { try await end(node, network) }
  }

  private func begin(_ node: Int, _ network: ValidatorNetwork) async throws {
    switch kind {
    case .kill: await network.kill(node)
    case .stop: await network.stop(node)
    case .pause: network.pause(node, true)
    case .cut: try await network.islands?.cut(node, true)
    case .split: try await network.islands?.move(node, to: .other)
    }
  }

  private func end(_ node: Int, _ network: ValidatorNetwork) async throws {
    switch kind {
    case .kill, .stop: try network.launch(node)
    case .pause: network.pause(node, false)
    case .cut: try await network.islands?.cut(node, false)
    case .split: try await network.islands?.move(node, to: .main)
    }
  }
}
