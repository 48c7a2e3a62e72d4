public import LedgerModel
internal import Wire

// The messages of gateway.proto, and the checked values that they stand for.

extension WireGatewayDocumentId {
  /// The message for an id.
  public init(_ id: DocumentID) {
    self.init()
    origin = id.origin
    key = id.key
  }
}

extension DocumentID {
  /// - Throws: `ModelFault.invalid` that names the part.
  public init(_ message: WireGatewayDocumentId) throws(ModelFault) {
    try self.init(origin: message.origin, key: message.key)
  }
}

extension WireGatewayDocument {
  /// The message for a document.
  public init(_ document: GatewayDocument) {
    self.init()
    version = GatewayDocument.version
    id = WireGatewayDocumentId(document.id)
    messageType = document.heading.messageType
    sender = document.heading.sender
    recipient = document.heading.recipient
    policy = document.heading.policy
    purpose = document.heading.purpose
    timeoutMs = document.heading.timeoutMs
    businessKey = document.heading.businessKey
    body = document.body.data
    guard let content = document.content else { return }
    schema = content.schema
    schemaVersion = content.schemaVersion
    self.content = content.bytes.data
  }
}

extension GatewayDocument {
  /// The version of the form.
  static let version: UInt32 = 1

  /// - Throws: `ModelFault.invalid` that names the field.
  public init(_ message: WireGatewayDocument) throws(ModelFault) {
    guard message.version == Self.version else {
      throw .invalid(
        field: "version", value: "\(message.version)", remedy: "use version \(Self.version)")
    }
    var content: Content?
    if message.schema > 0 {
      content = Content(
        schema: message.schema, schemaVersion: message.schemaVersion,
        bytes: message.content.octets)
    } else if message.schemaVersion > 0 || !message.content.isEmpty {
      throw .invalid(field: "schema", value: "0", remedy: "name the content's schema")
    }
    try self.init(
      id: DocumentID(message.id),
      heading: Heading(
        messageType: message.messageType, sender: message.sender, recipient: message.recipient,
        policy: message.policy, purpose: message.purpose, timeoutMs: message.timeoutMs,
        businessKey: message.businessKey),
      body: message.body.octets, content: content)
  }

  /// The canonical encoding.
  public var encoded: [UInt8] { WireGatewayDocument(self).encoded }

  /// Reads what `encoded` writes.
  /// - Throws: `ModelFault.wire` for bytes that are not the one encoding of a message, `invalid`
  ///   for one that is no document.
  public init(encoded bytes: [UInt8]) throws(ModelFault) {
    let message: WireGatewayDocument
    do {
      message = try WireGatewayDocument(strict: bytes, limit: GatewayLimits.documentBytes)
    } catch {
      throw .wire(error)
    }
    try self.init(message)
  }
}

extension WireGatewayOutcome {
  /// The message for an outcome.
  /// - Parameter outcome: `nil`: no such document.
  public init(_ outcome: GatewayOutcome?) {
    self.init()
    switch outcome {
    case nil: status = .unknown
    case .pending: status = .pending
    case .done: status = .done
    case .refused(let code):
      status = .refused
      self.code = code.description
    }
  }

  /// The outcome that the message stands for; `nil`: no such document.
  /// - Throws: `ModelFault.invalid` for an unknown status, or a code where none belongs.
  public func checked() throws(ModelFault) -> GatewayOutcome? {
    func plain(_ outcome: GatewayOutcome?) throws(ModelFault) -> GatewayOutcome? {
      guard code.isEmpty else {
        throw .invalid(field: "code", value: code, remedy: "leave it out unless REFUSED")
      }
      return outcome
    }
    switch status {
    case .unknown: return try plain(nil)
    case .pending: return try plain(.pending)
    case .done: return try plain(.done)
    case .refused:
      guard let code = GatewayCode(code) else {
        throw .invalid(
          field: "code", value: code,
          remedy: "use 1 to \(GatewayLimits.codeBytes) of a-z, 0-9, '.', '_' and '-'")
      }
      return .refused(code)
    case .UNRECOGNIZED(let number):
      throw .invalid(field: "status", value: "\(number)", remedy: "use a status of the schema")
    }
  }
}
