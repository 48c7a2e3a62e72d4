import Cryptography
import GatewayKit
import LedgerModel
import Testing

@Suite("Document")
struct DocumentTests {
  /// A change of one part, and the field that must be named.
  private struct BadPart: CustomStringConvertible, Sendable {
    let description: String
    var heading: @Sendable (inout GatewayDocument.Heading) -> Void = { _ in }
    var body: [UInt8] = []
    var content: GatewayDocument.Content?
  }

  private static let bad: [BadPart] = [
    BadPart(description: "message_type", heading: { $0.messageType = "" }),
    BadPart(description: "sender", heading: { $0.sender = "two words" }),
    BadPart(
      description: "recipient", heading: { $0.recipient = String(repeating: "r", count: 65) }),
    BadPart(description: "policy", heading: { $0.policy = "政策" }),
    BadPart(description: "purpose", heading: { $0.purpose = "line\nbreak" }),
    BadPart(description: "purpose", heading: { $0.purpose = "" }),
    BadPart(description: "purpose", heading: { $0.purpose = String(repeating: "途", count: 67) }),
    BadPart(description: "timeout_ms", heading: { $0.timeoutMs = 0 }),
    BadPart(
      description: "business_key",
      heading: { $0.businessKey = String(repeating: "b", count: 96) }),
    BadPart(description: "body", body: [UInt8](repeating: 0, count: 4_097)),
    BadPart(description: "schema", content: .init(schema: 0, schemaVersion: 1, bytes: [])),
    BadPart(description: "schema_version", content: .init(schema: 1, schemaVersion: 0, bytes: [])),
    BadPart(
      description: "content",
      content: .init(
        schema: 1, schemaVersion: 1,
        bytes: [UInt8](repeating: 0, count: GatewayLimits.contentBytes + 1))),
  ]

  @Test("A part that is not of its form is refused by name", arguments: bad)
  private func badParts(_ part: BadPart) throws {
    var heading = heading(1)
    part.heading(&heading)
    let id = try DocumentID(origin: "o", key: "k")
    let fault = #expect(throws: ModelFault.self) {
      try GatewayDocument(id: id, heading: heading, body: part.body, content: part.content)
    }
    guard case .invalid(part.description, _, _) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
  }

  @Test("An id is printable ASCII, and its origin has no slash")
  func ids() throws {
    #expect(try DocumentID(origin: "a", key: "c/1:2").description == "a/c/1:2")
    for (origin, key) in [("", "k"), ("a/b", "k"), ("o", ""), ("o", "两"), ("o o", "k")] {
      #expect(throws: ModelFault.self) { try DocumentID(origin: origin, key: key) }
    }
    #expect(throws: ModelFault.self) {
      try DocumentID(origin: "o", key: String(repeating: "k", count: 97))
    }
  }

  @Test("What is read has one encoding, however it is mutilated")
  func mutilated() throws {
    let good = try sample(3).encoded
    #expect(try GatewayDocument(encoded: good) == sample(3))
    for count in good.indices { check(Array(good.prefix(count))) }
    for index in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << bit
        check(bytes)
      }
    }
    // Content without a schema, and another version.
    for tail: [UInt8] in [[0x6a, 1, 7], [0x60, 1]] {
      let plain = try GatewayDocument(
        id: DocumentID(origin: "o", key: "k"), heading: heading(1), body: [], content: nil)
      #expect(throws: ModelFault.self) { try GatewayDocument(encoded: plain.encoded + tail) }
    }
    #expect(throws: ModelFault.self) { try GatewayDocument(encoded: [8, 2] + good.dropFirst(2)) }
  }

  private func check(_ bytes: [UInt8]) {
    guard let document = try? GatewayDocument(encoded: bytes) else { return }
    #expect(document.encoded == bytes)
  }

  @Test("A code is of few letters")
  func codes() {
    #expect(GatewayCode("bureau.closed_period-2")?.description == "bureau.closed_period-2")
    for text in ["", "Upper", "with blank", "码", String(repeating: "a", count: 65)] {
      #expect(GatewayCode(text) == nil)
    }
  }
}
