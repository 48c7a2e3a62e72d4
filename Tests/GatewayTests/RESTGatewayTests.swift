import BureauServer
import Cryptography
import GatewayConformance
import GatewayKit
import RESTGateway
import Testing

@Suite("REST gateway", .serialized)
struct RESTGatewayTests {
  @Test(
    "Keeps every promise of a gateway over real HTTP",
    arguments: ConformanceCheck.allCases, SuiteID.allCases)
  func conformance(_ check: ConformanceCheck, _ suite: SuiteID) async throws {
    try await RESTRig.with(suite) { rig in
      try await Conformance(check, on: rig).run()
    }
  }

  /// What a call must throw when the server does that.
  private func isExpected(_ fault: GatewayFault, after trick: Trick) -> Bool {
    switch (trick, fault) {
    case (.stall, .timedOut), (.answersTooLate, .timedOut), (.trickles, .timedOut): true
    case (.cut, .unreachable), (.cutsAfterwards, .unreachable), (.fails, .unreachable): true
    case (.asksForPatience, .busy(retryAfter: .seconds(7))): true
    case (.asksForPatienceUntilDate, .busy(retryAfter: nil)): true
    case (.limits, .busy(retryAfter: .seconds(1))): true
    case (.unknownPath, .violation), (.redirects, .violation): true
    case (.page, .violation), (.huge, .violation), (.empty, .violation): true
    case (.strangersSignature, .violation), (.olderAnswer, .violation): true
    case (.otherKind, .violation), (.refusalWithoutCode, .violation): true
    default: false
    }
  }

  @Test(
    "A server that stalls, fails, repeats or lies is a typed fault, never an answer",
    arguments: Trick.allCases)
  func tricks(_ trick: Trick) async throws {
    try await RESTRig.with { rig in
      let (incoming, outgoing) = (try sample(1), try sample(2, origin: "bureau"))
      await rig.offer([outgoing])
      // One call of each kind is answered well, so that there is an older answer to repeat.
      #expect(try await rig.client.outcome(of: incoming.id) == nil)
      rig.server.misbehave(trick)
      let isSlow = [.stall, .answersTooLate, .trickles].contains(trick)
      try await rig.waiting(isSlow ? .seconds(1) : .seconds(30)) { client in
        let calls: [@Sendable () async throws -> Void] = [
          { _ = try await client.deliver(incoming) },
          { _ = try await client.outcome(of: incoming.id) },
          { _ = try await client.documents(after: nil, limit: 3) },
          { try await client.settle(outgoing.id, as: .done) },
        ]
        for (index, call) in calls.enumerated() {
          let fault = await #expect(throws: GatewayFault.self) { try await call() }
          if let fault { #expect(isExpected(fault, after: trick), "call \(index): \(fault)") }
        }
      }
      rig.server.misbehave(nil)
      #expect(try await rig.client.deliver(incoming) == .done)
      #expect(try await rig.client.documents(after: nil, limit: 3).documents == [outgoing])
      try await rig.client.settle(outgoing.id, as: .done)
      #expect(await rig.taken() == [incoming])
      #expect(await rig.settled() == [Told(outgoing.id, .done)])
    }
  }

  @Test("Calls with an effect carry the document's id as their idempotency key")
  func idempotencyKeys() async throws {
    try await RESTRig.with { rig in
      let outgoing = try sample(2, origin: "bureau")
      await rig.offer([outgoing])
      _ = try await rig.client.deliver(try sample(1))
      _ = try await rig.client.outcome(of: try sample(1).id)
      _ = try await rig.client.documents(after: nil, limit: 1)
      try await rig.client.settle(outgoing.id, as: .done)
      #expect(
        rig.server.keysSeen == [
          "/v1/documents finance/sync:1", "/v1/outcomes/query -", "/v1/documents/query -",
          "/v1/outcomes bureau/sync:2",
        ])
    }
  }

  @Test("A server that does not run is away in words, not in those of a library")
  func away() async throws {
    try await RESTRig.with { rig in
      await rig.server.stop()
      let id = try sample(1).id
      await #expect(throws: GatewayFault.unreachable(reason: "connection refused")) {
        try await rig.client.outcome(of: id)
      }
    }
  }

  @Test("The largest document passes both ways")
  func largest() async throws {
    try await RESTRig.with { rig in
      let document = try sample(1, contentBytes: GatewayLimits.contentBytes)
      // The place in memory takes less, and says so.
      #expect(try await rig.client.deliver(document) == .refused(.tooLarge))
      await rig.offer([document])
      #expect(try await rig.client.documents(after: nil, limit: 1).documents == [document])
    }
  }

  @Test(
    "An address that cannot be one is refused by name",
    arguments: ["bureau:80", "http://", "http://bureau/path", "ftp://bureau", "https://b?x"])
  func addresses(_ url: String) throws {
    let keys = try TestKeys(.intl).router
    #expect(throws: AddressFault.url(url)) { try RESTGateway(url: url, keys: keys) }
    let file = "/no/such/file"
    let fault = #expect(throws: AddressFault.self) {
      try RESTGateway(url: "https://bureau:1", keys: keys, trustRoots: file)
    }
    guard case .trustRoots(file, _) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
  }
}
