public import Cryptography
internal import Wire

/// Calls under one member's signature, decoded and within limits. The signature is not yet checked.
///
/// - Source: docs/spec/02-transactions.md, rules T1 to T6.
public struct Transaction: Sendable {
  /// One call of a contract method.
  public struct Call: Hashable, Sendable {
    public let contract: String
    public let method: String
    public let arguments: [UInt8]
    /// Digests of what travels beside the arguments.
    public let attachments: [Digest]

    public init(contract: String, method: String, arguments: [UInt8], attachments: [Digest] = []) {
      self.contract = contract
      self.method = method
      self.arguments = arguments
      self.attachments = attachments
    }
  }

  /// Covers the body, never the signature (D7).
  public let id: Digest
  public let chainID: Digest
  public let member: String
  public let idempotencyKey: [UInt8]
  /// The last height at which it may be executed.
  public let validUntil: UInt64
  public let isAllOrNothing: Bool
  public let calls: [Call]
  /// The body as received, which is what was hashed.
  public let body: [UInt8]
  public let signature: Signature
  /// Contents of the calls' attachments, in the calls' order, each matching its digest.
  public let attachments: [[UInt8]]

  /// Bytes that the transaction occupies in memory and on the wire, about.
  public var byteCount: Int {
    body.count + Signature.byteCount + attachments.reduce(0) { $0 + $1.count }
  }
}

extension Transaction {
  /// Builds and signs a transaction.
  /// - Parameter attachments: Contents for the digests of `calls`, in their order.
  public init(
    chainID: Digest, member: String, idempotencyKey: [UInt8], validUntil: UInt64,
    allOrNothing: Bool = false, calls: [Call], attachments: [[UInt8]] = [], key: PrivateKey,
    suite: any CryptoSuite
  ) throws(CryptographyFault) {
    try self.init(
      chainID: chainID, member: member, idempotencyKey: idempotencyKey, validUntil: validUntil,
      allOrNothing: allOrNothing, calls: calls, attachments: attachments, suite: suite
    ) { (id) throws(CryptographyFault) in try suite.sign(id.span, with: key) }
  }

  /// Builds a transaction that another signs, who keeps the key.
  /// - Parameter sign: Signs the bytes of the transaction's id.
  public init(
    chainID: Digest, member: String, idempotencyKey: [UInt8], validUntil: UInt64,
    allOrNothing: Bool = false, calls: [Call], attachments: [[UInt8]] = [],
    suite: any CryptoSuite, sign: ([UInt8]) throws(CryptographyFault) -> Signature
  ) throws(CryptographyFault) {
    var wire = WireTransactionBody()
    wire.format = 1
    wire.chainID = chainID.bytes.data
    wire.member = member
    wire.idempotencyKey = idempotencyKey.data
    wire.validUntilHeight = validUntil
    wire.mode = allOrNothing ? .allOrNothing : .independent
    wire.calls = calls.map { call in
      var wire = WireCall()
      wire.contract = call.contract
      wire.method = call.method
      wire.arguments = call.arguments.data
      wire.attachments = call.attachments.map { $0.bytes.data }
      return wire
    }
    let body = wire.encoded
    let id = suite.hash(.transaction, body)
    self.init(
      id: id, chainID: chainID, member: member, idempotencyKey: idempotencyKey,
      validUntil: validUntil, isAllOrNothing: allOrNothing, calls: calls, body: body,
      signature: try sign(id.bytes), attachments: attachments)
  }

  /// The same transaction with the signature it was submitted with elsewhere: a body may be signed
  /// more than once, and a batch commits to the signature that it carries.
  public func with(signature: Signature) -> Transaction {
    Transaction(
      id: id, chainID: chainID, member: member, idempotencyKey: idempotencyKey,
      validUntil: validUntil, isAllOrNothing: isAllOrNothing, calls: calls, body: body,
      signature: signature, attachments: attachments)
  }

  /// The same transaction with the contents that were stored beside it.
  public func with(attachments: [[UInt8]]) -> Transaction {
    Transaction(
      id: id, chainID: chainID, member: member, idempotencyKey: idempotencyKey,
      validUntil: validUntil, isAllOrNothing: isAllOrNothing, calls: calls, body: body,
      signature: signature, attachments: attachments)
  }

  /// The `SignedTransaction` message.
  /// - Parameter withAttachments: False for what is kept: attachments are stored by digest.
  public func encoded(withAttachments: Bool = true) -> [UInt8] {
    var wire = WireSignedTransaction()
    wire.body = body.data
    wire.signature = signature.bytes.data
    if withAttachments { wire.attachments = attachments.map(\.data) }
    return wire.encoded
  }

  /// Reads a `SignedTransaction` and checks everything that needs no state: sizes, counts, digests.
  /// - Parameter attachmentsIncluded: False for stored transactions.
  public init(
    decoding bytes: [UInt8], suite: any CryptoSuite, attachmentsIncluded: Bool = true
  ) throws(ModelFault) {
    let signed: WireSignedTransaction
    let wire: WireTransactionBody
    do {
      signed = try WireSignedTransaction(strict: bytes, limit: Limits.transactionBytes)
      wire = try WireTransactionBody(strict: signed.body.octets, limit: Limits.transactionBytes)
    } catch {
      throw .wire(error)
    }
    guard wire.format == 1 else {
      throw .invalid(field: "format", value: "\(wire.format)", remedy: "this node reads format 1")
    }
    chainID = try Digest(wire.chainID, field: "chain_id")
    member = try Member.checkedSigner(wire.member, field: "member")
    idempotencyKey = wire.idempotencyKey.octets
    guard 1...Limits.idempotencyKeyBytes ~= idempotencyKey.count else {
      throw .invalid(
        field: "idempotency_key", value: "\(idempotencyKey.count) bytes",
        remedy: "use 1 to \(Limits.idempotencyKeyBytes) bytes that name this submission")
    }
    validUntil = wire.validUntilHeight
    switch wire.mode {
    case .independent: isAllOrNothing = false
    case .allOrNothing: isAllOrNothing = true
    case .UNRECOGNIZED(let mode):
      throw .invalid(field: "mode", value: "\(mode)", remedy: "use independent or all-or-nothing")
    }
    guard 1...Limits.callsPerTransaction ~= wire.calls.count else {
      throw .invalid(
        field: "calls", value: "\(wire.calls.count)",
        remedy: "put 1 to \(Limits.callsPerTransaction) calls under one signature")
    }
    var calls: [Call] = []
    calls.reserveCapacity(wire.calls.count)
    for (index, call) in wire.calls.enumerated() {
      calls.append(try Call(call, index: index))
    }
    self.calls = calls
    guard let signature = Signature(signed.signature.octets) else {
      throw .invalid(
        field: "signature", value: "\(signed.signature.count) bytes",
        remedy: "a signature has 64 bytes (r and s, 32 each, or Ed25519's encoding), never DER")
    }
    self.signature = signature
    attachments = signed.attachments.map(\.octets)
    body = signed.body.octets
    id = suite.hash(.transaction, body)
    if Member.isValidator(member) { try checkReport() }
    if attachmentsIncluded { try checkAttachments(suite) }
  }

  private func checkAttachments(_ suite: any CryptoSuite) throws(ModelFault) {
    let named = calls.lazy.flatMap(\.attachments)
    let count = calls.reduce(0) { $0 + $1.attachments.count }
    guard count == attachments.count else {
      throw .invalid(
        field: "attachments", value: "\(attachments.count)",
        remedy: "the calls name \(count): send each once, in the calls' order")
    }
    for (digest, content) in zip(named, attachments) {
      guard content.count <= Limits.attachmentBytes else {
        throw .invalid(
          field: "attachments", value: "\(content.count) bytes",
          remedy: "an attachment has at most \(Limits.attachmentBytes) bytes")
      }
      guard suite.hash(.attachment, content) == digest else {
        throw .invalid(
          field: "attachments", value: digest.hex,
          remedy: "the content sent does not have this digest: send the content that was signed")
      }
    }
  }
}

extension Transaction.Call {
  fileprivate init(_ wire: WireCall, index: Int) throws(ModelFault) {
    contract = try wire.contract.checkedName(field: "calls[\(index)].contract")
    method = try wire.method.checkedName(field: "calls[\(index)].method")
    arguments = wire.arguments.octets
    guard arguments.count <= Limits.argumentBytes else {
      throw .invalid(
        field: "calls[\(index)].arguments", value: "\(arguments.count) bytes",
        remedy: "at most \(Limits.argumentBytes) bytes; larger content goes into an attachment")
    }
    guard wire.attachments.count <= Limits.attachmentsPerCall else {
      throw .invalid(
        field: "calls[\(index)].attachments", value: "\(wire.attachments.count)",
        remedy: "a call has at most \(Limits.attachmentsPerCall) attachments")
    }
    var digests: [Digest] = []
    for digest in wire.attachments {
      digests.append(try Digest(digest, field: "calls[\(index)].attachments"))
    }
    attachments = digests
  }
}
