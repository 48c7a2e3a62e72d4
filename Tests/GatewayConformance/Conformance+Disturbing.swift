internal import GatewayKit

extension Conformance {
  func survivesOutage() async throws {
    try await disturbed(.unreachable) { $0.isTransient }
  }

  func tellsBusy() async throws {
    try await disturbed(.busy) { fault in
      if case .busy = fault { true } else { false }
    }
  }

  /// No call has effect while it is disturbed; each can be made afterwards.
  private func disturbed(
    _ disturbance: Disturbance, expecting isExpected: @Sendable (GatewayFault) -> Bool
  ) async throws {
    let incoming = try await document(1)
    let outgoing = try await rig.offer([try await document(2, .fromPlace)])[0]
    try await rig.disturb(disturbance)
    try await expectFaults(incoming, outgoing, isExpected)
    try await rig.disturb(nil)
    try expect(try await rig.taken(), [], "taken while it was disturbed")
    try expect(try await rig.settled(), [], "settled while it was disturbed")
    try await makeAllCalls(incoming, outgoing)
  }

  func survivesLostAnswer() async throws {
    let incoming = try await document(1)
    let outgoing = try await rig.offer([try await document(2, .fromPlace)])[0]
    try await rig.disturb(.answerLost)
    try await expectFaults(incoming, outgoing) { $0.isTransient }
    try await rig.disturb(nil)
    try await makeAllCalls(incoming, outgoing)
  }

  func survivesRestart() async throws {
    let incoming = try await document(1)
    let outgoing = try await rig.offer([try await document(2, .fromPlace)])[0]
    try await makeAllCalls(incoming, outgoing)
    let end = try await all().cursor
    try await rig.restart()
    try await makeAllCalls(incoming, outgoing)
    try expect(try await all(after: end).documents, [], "after the last cursor")
    try await expectFault("another outcome", where: { $0 == .refused(.settledOtherwise) }) {
      () async throws(GatewayFault) in
      try await gateway.settle(outgoing.id, as: .refused(.late))
    }
  }

  private func expectFaults(
    _ incoming: GatewayDocument, _ outgoing: GatewayDocument,
    _ isExpected: @Sendable (GatewayFault) -> Bool
  ) async throws {
    try await expectFault("deliver", where: isExpected) { () async throws(GatewayFault) in
      try await gateway.deliver(incoming)
    }
    try await expectFault("outcome", where: isExpected) { () async throws(GatewayFault) in
      try await gateway.outcome(of: incoming.id)
    }
    try await expectFault("documents", where: isExpected) { () async throws(GatewayFault) in
      try await gateway.documents(after: nil, limit: 1)
    }
    try await expectFault("settle", where: isExpected) { () async throws(GatewayFault) in
      try await gateway.settle(outgoing.id, as: .done)
    }
  }

  /// Every call is answered, and has had effect once.
  private func makeAllCalls(
    _ incoming: GatewayDocument, _ outgoing: GatewayDocument
  ) async throws {
    try expect(try await all().documents, [outgoing], "given")
    try expect(try await gateway.deliver(incoming), .done, "the answer")
    try expect(try await gateway.outcome(of: incoming.id), .done, "the outcome")
    try await gateway.settle(outgoing.id, as: .done)
    try expect(try await rig.taken(), [incoming], "taken")
    try expect(try await rig.settled(), [Told(outgoing.id, .done)], "settled")
  }
}
