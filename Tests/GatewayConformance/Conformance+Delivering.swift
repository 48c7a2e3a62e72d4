internal import GatewayKit

extension Conformance {
  func takesOnce() async throws {
    let document = try await document(1)
    try expect(try await gateway.deliver(document), .done, "the first answer")
    try expect(try await gateway.deliver(document), .done, "the second answer")
    try expect(try await rig.taken(), [document], "taken")
  }

  func takesOnceAtOnce() async throws {
    let document = try await document(1)
    let outcomes = try await withThrowingTaskGroup(of: GatewayOutcome.self) { group in
      for _ in 0..<8 { group.addTask { try await gateway.deliver(document) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try expect(outcomes, Array(repeating: .done, count: 8), "the answers")
    try expect(try await rig.taken(), [document], "taken")
  }

  func refusesOther() async throws {
    let document = try await document(1)
    _ = try await gateway.deliver(document)
    let other = try altered(document)
    try expect(try await gateway.deliver(other), .refused(.conflict), "the other's answer")
    try expect(try await gateway.deliver(document), .done, "the first's answer again")
    try expect(try await rig.taken(), [document], "taken")
  }

  func takesWhole() async throws {
    let documents = try await rig.variety(.toPlace)
    for document in documents { _ = try await gateway.deliver(document) }
    try expect(try await rig.taken(), documents, "taken")
  }

  func namesRefusal() async throws {
    guard let code = GatewayCode(rig.refusal) else { return }
    let (refused, good) = (try await document(1), try await document(2))
    try await rig.decide(refused.heading.businessKey, .refused(code))
    for _ in 0..<2 {
      try expect(try await gateway.deliver(refused), .refused(code), "the answer")
    }
    try expect(try await gateway.outcome(of: refused.id), .refused(code), "the outcome")
    try expect(try await gateway.deliver(good), .done, "the next one's answer")
  }

  func refusesLarge() async throws {
    let limit = rig.contentBytesMax
    let largest = try await document(1, contentBytes: limit)
    try expect(try await gateway.deliver(largest), .done, "the answer at \(limit) bytes")
    if limit < GatewayLimits.contentBytes {
      let larger = try await document(2, contentBytes: limit + 1)
      try expect(
        try await gateway.deliver(larger), .refused(.tooLarge), "the answer at one byte more")
    }
    try expect(try await rig.taken().map(\.id), [largest.id], "taken")
  }

  func refusesLate() async throws {
    let late = try await document(1, lasting: -60)
    try expect(try await gateway.deliver(late), .refused(.late), "the answer")
    try expect(try await rig.taken(), [], "taken")
  }

  func answersAfterTimeout() async throws {
    let document = try await document(1, lasting: 10)
    try expect(try await gateway.deliver(document), .done, "the answer in time")
    try await rig.pass(.seconds(11))
    try expect(try await gateway.deliver(document), .done, "the answer after the timeout")
    try expect(try await rig.taken(), [document], "taken")
  }

  func tellsOutcome() async throws {
    let document = try await document(1, isPending: true)
    try expect(try await gateway.outcome(of: document.id), nil, "the outcome before delivery")
    try await rig.decide(document.heading.businessKey, .pending)
    try expect(try await gateway.deliver(document), .pending, "the answer")
    try expect(try await gateway.outcome(of: document.id), .pending, "the outcome")
    try await rig.decide(document.heading.businessKey, .done)
    try expect(try await gateway.outcome(of: document.id), .done, "the outcome once decided")
    try expect(try await gateway.deliver(document), .done, "the answer once decided")
  }
}
