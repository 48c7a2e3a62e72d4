import LedgerClient
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// What governance decides about settings holds at nodes that were running before.
  @Suite("Settings")
  struct Settings {
    @Test("A running node takes over the heartbeat and the quota that a decision sets")
    func takeEffect() async throws {
      try await ValidatorNetwork.with(isolated: false) { network in
        // So few bytes of its own may be spread and not ordered that the rest waits in its pool.
        var configuration = try NodeConfiguration(home: network.folder.home(0))
        configuration.poolBytes = 4_096
        try configuration.write(home: network.folder.home(0))
        try await network.start()
        try await Crowd.with(network) { crowd in try await settings(network, crowd) }
        #expect(network.dead.isEmpty)
      }
    }

    private func settings(_ network: ValidatorNetwork, _ crowd: Crowd) async throws {
      try await network.decide(
        "settings", "--set", "heartbeat_ms=300", "--set", "pool_transactions_per_member=2",
        begins: 1)

      // With the heartbeat of before, an idle chain would have grown by two blocks at most.
      let height = try await network.status(0).height
      try await network.eventually("an idle chain grows", within: .seconds(15)) {
        try await network.status(0).height >= height + 10
      }

      for node in [2, 3] { await network.kill(node) }
      let refused = try await crowd.flood(100, at: 0)
      #expect(!refused.isEmpty, "without a quorum, one member's transactions wait without bound")
      for problem in refused {
        // With the quota of before, the pool's own bound would have been met first.
        #expect(problem.status == 429, "\(problem)")
        #expect(problem.code == "pool.quota", "\(problem)")
        #expect(problem.remedy.contains("at most 2 transactions"), "\(problem)")
      }
      for node in [2, 3] { try network.launch(node) }
      try await crowd.finish()
      try await network.settle()
      for node in ValidatorNetwork.all { try await crowd.check(node) }
    }
  }
}
