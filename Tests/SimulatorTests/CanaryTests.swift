import Consensus
import NodeCore
import Simulator
import Testing

/// A simulator that does not notice a broken rule is no test of it.
@Suite("Rules broken on purpose")
struct CanaryTests {
  struct Canary: CustomStringConvertible, Sendable {
    let sabotage: NodeCore.Sabotage
    /// Seeds within which it must be noticed: some four times as many as it took.
    let bound: UInt64
    var description: String { "\(sabotage)" }
  }

  static let canaries: [Canary] = [
    Canary(sabotage: .consensus(.voteTwice), bound: 50),
    Canary(sabotage: .consensus(.nullifyAndFinalize), bound: 8),
    Canary(sabotage: .consensus(.quorumTooSmall), bound: 8),
    Canary(sabotage: .consensus(.ignoreNullifications), bound: 60),
    Canary(sabotage: .consensus(.finalizeUncertified), bound: 12),
    Canary(sabotage: .consensus(.outliveEpoch), bound: 8),
    Canary(sabotage: .skipJournal, bound: 200),
    Canary(sabotage: .voteWithoutData, bound: 60),
    Canary(sabotage: .concealLies, bound: 60),
  ]

  @Test("Each is noticed within its seeds", arguments: canaries)
  func isNoticed(_ canary: Canary) throws {
    let found = try (1...canary.bound).first { seed in
      var options = SimulationOptions(seed: seed)
      options.sabotage = canary.sabotage
      return try !Simulation.run(options).faults.isEmpty
    }
    #expect(found != nil)
  }
}
