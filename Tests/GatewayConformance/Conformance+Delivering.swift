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
    let documents = try await variety()
    for document in documents { _ = try await gateway.deliver(document) }
    try expect(try await rig.taken(), documents, "taken")
  }

  func namesRefusal() async throws {
    guard let code = GatewayCode("bureau.unknown_voucher") else { return }
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
    let document = try await document(1, lasting: 2)
    try expect(try await gateway.deliver(document), .done, "the answer in time")
    try await rig.pass(.seconds(3))
    try expect(try await gateway.deliver(document), .done, "the answer after the timeout")
    try expect(try await rig.taken(), [document], "taken")
  }

  func tellsOutcome() async throws {
    let document = try await document(1)
    try expect(try await gateway.outcome(of: document.id), nil, "the outcome before delivery")
    try await rig.decide(document.heading.businessKey, .pending)
    try expect(try await gateway.deliver(document), .pending, "the answer")
    try expect(try await gateway.outcome(of: document.id), .pending, "the outcome")
    try await rig.decide(document.heading.businessKey, .done)
    try expect(try await gateway.outcome(of: document.id), .done, "the outcome once decided")
    try expect(try await gateway.deliver(document), .done, "the answer once decided")
  }

  /// Documents that differ in every field, the least and the most of each.
  func variety(origin: String = "somewhere") async throws -> [GatewayDocument] {
    let now = try await rig.nowMs()
    let least = try GatewayDocument(
      id: DocumentID(origin: origin, key: "1"),
      heading: GatewayDocument.Heading(
        messageType: "t", sender: "s", recipient: "r", policy: "p", purpose: "u",
        timeoutMs: now + 60_000, businessKey: "b"),
      body: [], content: nil)
    func full(_ count: Int) -> String { String(repeating: "~", count: count) }
    let most = try GatewayDocument(
      id: DocumentID(origin: origin, key: full(GatewayLimits.keyBytes)),
      heading: GatewayDocument.Heading(
        messageType: full(GatewayLimits.nameBytes), sender: full(GatewayLimits.nameBytes),
        recipient: full(GatewayLimits.nameBytes), policy: full(GatewayLimits.nameBytes),
        purpose: String(repeating: "\"票", count: GatewayLimits.purposeBytes / 4),
        timeoutMs: .max, businessKey: full(GatewayLimits.businessKeyBytes)),
      body: (0..<GatewayLimits.bodyBytes).map { UInt8(truncatingIfNeeded: $0) },
      content: GatewayDocument.Content(
        schema: .max, schemaVersion: .max,
        bytes: (0..<rig.contentBytesMax).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
    let empty = try GatewayDocument(
      id: DocumentID(origin: origin, key: "2"), heading: least.heading.named("c"), body: [0],
      content: GatewayDocument.Content(schema: 1, schemaVersion: 1, bytes: []))
    return [least, most, empty]
  }
}

extension GatewayDocument.Heading {
  fileprivate func named(_ businessKey: String) -> Self {
    var heading = self
    heading.businessKey = businessKey
    return heading
  }
}
