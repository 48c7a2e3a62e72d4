import GatewayConformance
import GatewayKit
import LedgerClient
import Testing

@testable import YilianGateway

/// What a chain's refusals mean to who carries documents.
@Suite("Refusals of a chain as a gateway")
struct ChainRefusalTests {
  @Test("Only what a chain will never answer otherwise ends the settling of a document")
  func settling() {
    #expect(GatewayFault.settling("relay.settled") == nil)
    #expect(GatewayFault.settling("relay.settled_otherwise") == .refused(.settledOtherwise))
    #expect(GatewayFault.settling("relay.unknown_packet") == .refused(.unknownDocument))
    for code in ["relay.not_gateway", "contract.restricted", "relay.leads_to_chain", "No Code"] {
      #expect(Self.isViolation(GatewayFault.settling(code)), "\(code)")
    }
  }

  @Test(
    "A suspended member, a replaced key and a node without the ledger are faults, not answers",
    arguments: [
      (401, "transaction.wrong_signature"), (409, "transaction.reused_key"),
      (404, "ledger.not_available"), (403, "registry.suspended"),
    ])
  func nodes(status: Int, code: String) {
    let report = ProblemReport(
      code: code, status: status, field: "member", value: "gateway", remedy: "", retryAfter: nil)
    let fault = GatewayFault(LedgerClientFault.node(.refused(report)))
    #expect(Self.isViolation(fault), "\(fault)")
    #expect("\(fault)".contains(code))
    let own = LedgerClientFault.refused(code: code, field: "", value: "", remedy: "")
    #expect(Self.isViolation(GatewayFault(own)))
  }

  private static func isViolation(_ fault: GatewayFault?) -> Bool {
    if case .violation? = fault { true } else { false }
  }
}

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
