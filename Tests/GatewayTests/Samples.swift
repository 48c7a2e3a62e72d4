import GatewayKit
import Testing

/// Documents for tests, different for each number.
func sample(
  _ number: Int, origin: String = "finance", key: String? = nil, contentBytes: Int = 10
) throws -> GatewayDocument {
  try GatewayDocument(
    id: DocumentID(origin: origin, key: key ?? "sync:\(number)"), heading: heading(number),
    body: [UInt8(truncatingIfNeeded: number)],
    content: .init(
      schema: 1, schemaVersion: 1,
      bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: contentBytes)))
}

func heading(_ number: Int) -> GatewayDocument.Heading {
  GatewayDocument.Heading(
    messageType: "notice", sender: "finance", recipient: "hospital", policy: "policy-1",
    purpose: "settlement", timeoutMs: 4_000_000_000_000, businessKey: "key-\(number)")
}

func code(_ text: String) throws -> GatewayCode {
  try #require(GatewayCode(text))
}
