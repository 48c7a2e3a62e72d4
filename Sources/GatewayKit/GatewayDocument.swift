public import LedgerModel

/// Names one document wherever it passes.
/// - Source: docs/spec/22-gateways.md, rule A1.
public struct DocumentID: Hashable, Sendable, CustomStringConvertible {
  /// Where it was made: the chain id in hexadecimal, or the system's name. Has no `/`.
  public let origin: String
  /// Unique for its origin: `channel:sequence` of a packet, or the system's own number.
  public let key: String

  /// - Throws: `ModelFault.invalid` that names the part.
  public init(origin: String, key: String) throws(ModelFault) {
    self.origin = try origin.checkedWord("id.origin", within: GatewayLimits.nameBytes)
    guard !origin.utf8.contains(UInt8(ascii: "/")) else {
      throw .invalid(field: "id.origin", value: origin, remedy: "leave out the slash")
    }
    self.key = try key.checkedWord("id.key", within: GatewayLimits.keyBytes)
  }

  /// `origin/key`.
  public var description: String { "\(origin)/\(key)" }
}

/// A standard document with its public part and its content in the clear; its form is checked.
/// - Source: docs/spec/22-gateways.md, rule A2.
public struct GatewayDocument: Hashable, Sendable {
  /// What the document is about, with the schema that says how to read it.
  public struct Content: Hashable, Sendable {
    public let schema: UInt32
    public let schemaVersion: UInt32
    public let bytes: [UInt8]

    public init(schema: UInt32, schemaVersion: UInt32, bytes: [UInt8]) {
      self.schema = schema
      self.schemaVersion = schemaVersion
      self.bytes = bytes
    }
  }

  /// Who sends what to whom, why, and until when.
  public struct Heading: Hashable, Sendable {
    public var messageType: String
    public var sender: String
    public var recipient: String
    /// Under which the sender releases the content.
    public var policy: String
    public var purpose: String
    /// Milliseconds since 1970 by the clock of where it goes.
    public var timeoutMs: UInt64
    /// Of one message type, used once.
    public var businessKey: String

    public init(
      messageType: String, sender: String, recipient: String, policy: String, purpose: String,
      timeoutMs: UInt64, businessKey: String
    ) {
      self.messageType = messageType
      self.sender = sender
      self.recipient = recipient
      self.policy = policy
      self.purpose = purpose
      self.timeoutMs = timeoutMs
      self.businessKey = businessKey
    }
  }

  public let id: DocumentID
  public let heading: Heading
  /// The public part: the message type's own message.
  public let body: [UInt8]
  public let content: Content?

  /// - Throws: `ModelFault.invalid` that names the field, its value and the remedy.
  public init(
    id: DocumentID, heading: Heading, body: [UInt8], content: Content?
  ) throws(ModelFault) {
    try heading.check()
    guard body.count <= GatewayLimits.bodyBytes else {
      throw .invalid(
        field: "body", value: "\(body.count) bytes",
        remedy: "use at most \(GatewayLimits.bodyBytes) bytes")
    }
    try content?.check()
    self.id = id
    self.heading = heading
    self.body = body
    self.content = content
  }
}

extension GatewayDocument.Heading {
  fileprivate func check() throws(ModelFault) {
    let names = GatewayLimits.nameBytes
    _ = try messageType.checkedWord("message_type", within: names)
    _ = try sender.checkedWord("sender", within: names)
    _ = try recipient.checkedWord("recipient", within: names)
    _ = try policy.checkedWord("policy", within: names)
    _ = try businessKey.checkedWord("business_key", within: GatewayLimits.businessKeyBytes)
    let isPlain = purpose.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F...0x9F ~= $0.value)
    }
    guard isPlain, 1...GatewayLimits.purposeBytes ~= purpose.utf8.count else {
      throw .invalid(
        field: "purpose", value: "\(purpose.utf8.count) bytes",
        remedy: "use 1 to \(GatewayLimits.purposeBytes) bytes without control characters")
    }
    guard timeoutMs > 0 else {
      throw .invalid(
        field: "timeout_ms", value: "0", remedy: "give milliseconds since 1970-01-01 UTC")
    }
  }
}

extension GatewayDocument.Content {
  fileprivate func check() throws(ModelFault) {
    guard schema > 0 else {
      throw .invalid(field: "schema", value: "0", remedy: "name the content's schema")
    }
    guard schemaVersion > 0 else {
      throw .invalid(field: "schema_version", value: "0", remedy: "name the schema's version")
    }
    guard bytes.count <= GatewayLimits.contentBytes else {
      throw .invalid(
        field: "content", value: "\(bytes.count) bytes",
        remedy: "use at most \(GatewayLimits.contentBytes) bytes")
    }
  }
}

extension String {
  /// Printable ASCII characters without blanks.
  func checkedWord(_ field: String, within limit: Int) throws(ModelFault) -> String {
    guard 1...limit ~= utf8.count, utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw .invalid(
        field: field, value: String(prefix(80)),
        remedy: "use 1 to \(limit) printable ASCII characters without blanks")
    }
    return self
  }
}
