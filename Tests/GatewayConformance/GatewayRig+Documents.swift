package import GatewayKit

// Documents for places that take whatever has the form of one.
extension GatewayRig {
  package var refusal: String { "bureau.unknown_voucher" }

  package func document(_ wanted: Wanted) throws -> GatewayDocument {
    let number = wanted.number
    return try GatewayDocument(
      id: DocumentID(
        origin: wanted.way == .toPlace ? "somewhere" : "place", key: "channel:\(number)"),
      heading: GatewayDocument.Heading(
        messageType: "notice", sender: "finance", recipient: "hospital", policy: "policy-1",
        purpose: "对账 \(number)", timeoutMs: wanted.timeoutMs, businessKey: "key-\(number)"),
      body: [8, UInt8(truncatingIfNeeded: number)],
      content: GatewayDocument.Content(
        schema: 7, schemaVersion: 2, bytes: .pattern(wanted.contentBytes, number)))
  }

  package func variety(_ way: Wanted.Way) async throws -> [GatewayDocument] {
    let origin = way == .toPlace ? "somewhere" : "place"
    let now = try await nowMs()
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
      body: .pattern(GatewayLimits.bodyBytes, 1),
      content: GatewayDocument.Content(
        schema: .max, schemaVersion: .max, bytes: .pattern(contentBytesMax, 2)))
    var heading = least.heading
    heading.businessKey = "c"
    let empty = try GatewayDocument(
      id: DocumentID(origin: origin, key: "2"), heading: heading, body: [0],
      content: GatewayDocument.Content(schema: 1, schemaVersion: 1, bytes: []))
    return [least, most, empty]
  }
}

extension [UInt8] {
  /// Bytes that differ from place to place, and for each number.
  package static func pattern(_ count: Int, _ number: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
  }
}
