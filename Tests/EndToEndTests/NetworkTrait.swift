import Foundation
import Testing

/// Keeps one network with a running node for all tests of a suite.
struct NetworkTrait: SuiteTrait, TestScoping {
  let suite: String
  let importsFixtures: Bool

  func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
  ) async throws {
    try await TestNetwork.with(suite: suite) { network in
      let started = try await network.yilian("network", "start")
      try #require(started.status == 0, "\(started)\n\(network.logText)")
      if importsFixtures {
        let imported = try await network.yilian("invoice", "import", Samples.invoices.path)
        try #require(imported.status == 0, "\(imported)")
      }
      try await TestNetwork.$shared.withValue(network) { try await body() }
    }
  }
}

extension Trait where Self == NetworkTrait {
  /// A network for the suite, with the sample invoices recorded.
  static func network(suite: String, importsFixtures: Bool = true) -> Self {
    NetworkTrait(suite: suite, importsFixtures: importsFixtures)
  }
}
