import Foundation
import LedgerModel
import Testing

@testable import Consensus

/// Every order of events of four validators, one a liar, within bounds.
@Suite struct ModelTests {
  @Test("In two views no order of events with few timeouts breaks I1 to I7", arguments: 0..<4)
  func twoViews(_ liar: Int) throws {
    // Two timeouts and the liar nullify a view; that takes long where the liar leads view 2.
    for (endsEpoch, timeoutsMax) in [(false, liar < 2 ? 2 : 1), (true, 1)] {
      var checker = try #require(
        ModelChecker(
          liar: liar, views: 2, endsEpoch: endsEpoch, isLean: true, timeoutsMax: timeoutsMax))
      checker.run()
      #expect(checker.faults == [])
      #expect(checker.isComplete)
      // Something must have become final, or nothing was checked.
      #expect(checker.reached & checker.universe.finalizations != 0)
    }
  }

  /// The bounds of the large run: liar, views, whether lean, timeouts.
  private static let bounds: [(liar: Int, views: UInt64, isLean: Bool, timeoutsMax: Int)] = [
    (0, 2, false, .max), (1, 2, true, .max), (2, 2, true, .max),
    (0, 3, true, 4), (1, 3, true, 3), (2, 3, true, 2),
  ]

  @Test(
    "In larger bounds no order of events breaks I1 to I7",
    .enabled(if: ProcessInfo.processInfo.environment["YILIAN_MODEL"] != nil))
  func large() throws {
    for (liar, views, isLean, timeoutsMax) in Self.bounds {
      var checker = try #require(
        ModelChecker(liar: liar, views: views, isLean: isLean, timeoutsMax: timeoutsMax))
      let took = ContinuousClock().measure { checker.run() }
      print("model: liar \(liar), \(views) views: \(checker.states) states in \(took)")
      #expect(checker.faults == [])
      #expect(checker.isComplete)
    }
  }

  @Test(
    "The model check finds a broken rule",
    arguments: [
      BrokenRule.voteTwice, .nullifyAndFinalize, .quorumTooSmall, .ignoreNullifications,
      .finalizeUncertified,
    ])
  func canary(_ rule: BrokenRule) throws {
    let isFound = try (1...2).contains { liar in
      var checker = try #require(
        ModelChecker(liar: liar, views: 2, breaking: rule, statesMax: 50_000))
      checker.run()
      return !checker.faults.isEmpty
    }
    #expect(isFound)
  }
}
