import GatewayConformance
import Testing

extension EndToEnd {
  /// A chain as a place, before a real node.
  @Suite("A chain as a gateway")
  struct ChainGateway {
    @Test(
      "A chain keeps every promise of gateways", arguments: ["sm", "nist"])
    func conformance(suite: String) async throws {
      try await TestNetwork.with(suite: suite, participants: ChainRig.participants) { network in
        try await network.start()
        try await withLyingNode(of: network) { node, remote in
          for (number, check) in ConformanceCheck.allCases.enumerated() {
            let rig = try await ChainRig(
              network, channel: "channel-\(number)", through: node, remote)
            do {
              try await Conformance(check, on: rig).run()
            } catch {
              Issue.record("\(error)")
            }
            node.disturb(nil)
          }
        }
      }
    }
  }
}
