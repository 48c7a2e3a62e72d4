internal import GatewayKit

extension Conformance {
  func givesWhole() async throws {
    let documents = try await rig.offer(rig.variety(.fromPlace))
    try expect(try await all().documents, documents, "given")
  }

  func keepsOrder() async throws {
    let documents = try await offered(1...10)
    for limit in [1, 3, GatewayLimits.pageDocuments] {
      try expect(
        try await all(limit: limit).documents.map(\.id), documents.map(\.id),
        "given in pages of \(limit)")
    }
  }

  func repeatsCursor() async throws {
    try await offered(1...4)
    let first = try await gateway.documents(after: nil, limit: 2)
    let second = try await gateway.documents(after: first.cursor, limit: 2)
    let later = try await offered(5...6)
    try expect(try await gateway.documents(after: nil, limit: 2), first, "the first page again")
    for _ in 0..<2 {
      let again = try await gateway.documents(after: first.cursor, limit: 2)
      try expect(again, second, "the second page again")
    }
    let rest = try await all(after: second.cursor)
    try expect(rest.documents, later, "the rest")
  }

  /// Offers documents of these numbers.
  @discardableResult
  private func offered(_ numbers: ClosedRange<Int>) async throws -> [GatewayDocument] {
    var documents: [GatewayDocument] = []
    for number in numbers { documents.append(try await document(number, .fromPlace)) }
    return try await rig.offer(documents)
  }

  func waitsAtEnd() async throws {
    try expect(try await gateway.documents(after: nil, limit: 5).documents, [], "before any")
    let first = try await offered(1...1)
    let (documents, end) = try await all()
    try expect(documents, first, "the first")
    let empty = try await gateway.documents(after: end, limit: 5)
    try expect(empty.documents, [], "at the end")
    try expect(empty.cursor, end, "the cursor at the end")
    let second = try await offered(2...2)
    try expect(try await all(after: end).documents, second, "what came later")
  }

  func refusesCursor() async throws {
    try await offered(1...1)
    for bytes: [UInt8] in [[0xff], Array("not a cursor".utf8), Array(repeating: 9, count: 256)] {
      try await expectFault("a cursor of \(bytes.count) bytes", where: Self.isUnknownCursor) {
        () async throws(GatewayFault) in
        try await gateway.documents(after: GatewayCursor(bytes), limit: 1)
      }
    }
  }

  private static func isUnknownCursor(_ fault: GatewayFault) -> Bool {
    fault == .refused(.unknownCursor)
  }

  func settlesOnce() async throws {
    let documents = try await offered(1...2)
    let (first, second) = (documents[0], documents[1])
    _ = try await all()
    for _ in 0..<2 {
      try await gateway.settle(first.id, as: .done)
      try await gateway.settle(second.id, as: .refused(.late))
    }
    try expect(
      try await rig.settled(), [Told(first.id, .done), Told(second.id, .refused(.late))],
      "settled")
  }

  func settlesOneWay() async throws {
    let document = try await offered(1...1)[0]
    _ = try await all()
    try await gateway.settle(document.id, as: .done)
    try await expectFault("another outcome", where: { $0 == .refused(.settledOtherwise) }) {
      () async throws(GatewayFault) in
      try await gateway.settle(document.id, as: .refused(.late))
    }
    try expect(try await rig.settled(), [Told(document.id, .done)], "settled")
  }

  func settlesOwn() async throws {
    let stranger = try await document(1)
    try await expectFault("a stranger's", where: { $0 == .refused(.unknownDocument) }) {
      () async throws(GatewayFault) in
      try await gateway.settle(stranger.id, as: .done)
    }
    try expect(try await rig.settled(), [], "settled")
  }
}
