import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import SwiftProtobuf
import Wire

/// A finance chain and a province with every type of message between them, and a router that
/// carries all there is.
final class Exchange {
  private let crossing: Crossing
  let finance: RelayChain
  let province: RelayChain

  init() throws {
    crossing = try Crossing(.intl, .nist, types: RelayContract.messageTypeNames)
    finance = crossing.here
    province = crossing.there
    var terms = crossing.terms(from: finance, to: province)
    terms.messageTypes = RelayContract.messageTypeNames
    try finance.decide([WireChange(.setChannel(terms))])
  }

  func other(than chain: RelayChain) -> RelayChain { chain === finance ? province : finance }
}

// Sending.
extension Exchange {
  /// A packet under the business key that its type asks for.
  func packet(
    _ type: String, _ body: some Message, by sender: String, from chain: RelayChain,
    to recipient: String = "patient", hasContent: Bool = true, lasting: UInt64 = 3_600_000
  ) -> RelayPacket {
    let destination = other(than: chain)
    var packet = crossing.packet("")
    packet.sourceChain = chain.id.data
    packet.destinationChain = destination.id.data
    packet.messageType = type
    packet.sender = sender
    packet.recipient = recipient
    packet.timeoutMs = max(chain.timeMs, destination.timeMs) + lasting
    packet.body = body.encoded.data
    packet.businessKey = RelayContract.businessKey(of: packet) ?? ""
    if !hasContent { Crossing.empty(&packet) }
    return packet
  }

  func send(_ packet: RelayPacket, from chain: RelayChain) throws -> Receipt {
    let content = Array("sealed \(packet.businessKey)".utf8)
    var call = RelaySend()
    call.packet = packet
    let hasContent = packet.schema > 0
    if hasContent { call.sealed = Crossing.sealed(content, on: chain) }
    let receipt = try chain.submit(
      packet.sender,
      RelayChain.Request(
        method: "send", arguments: call.encoded, contents: hasContent ? [content] : []))
    try chain.run()
    return receipt
  }

  func givenSent(_ packet: RelayPacket, from chain: RelayChain) throws {
    let receipt = try send(packet, from: chain)
    guard receipt.isDone else { throw RelayChain.Unexpected(receipt: receipt) }
  }
}

// What a router does.
extension Exchange {
  /// Brings everything that was sent from this chain to the other, or passes over what is too late.
  func carry(from source: RelayChain) throws {
    let destination = other(than: source)
    let evidence = try Crossing.sync(source, to: destination)
    let sent = try source.channel().sent
    while try destination.channel().received < sent {
      let sequence = try destination.channel().received + 1
      try destination.given("router", receive(sequence, from: source, evidence))
    }
    try destination.run()
  }

  private func receive(
    _ sequence: UInt64, from source: RelayChain, _ evidence: Crossing.Evidence
  ) throws -> RelayChain.Request {
    struct NotSent: Error { let sequence: UInt64 }
    guard let sent = try source.sent(sequence) else { throw NotSent(sequence: sequence) }
    let destination = other(than: source)
    let proof = try source.ledger.prove(
      RelayContract.sent(Crossing.channel, sequence), at: evidence.anchor
    ).value.encoded.data
    // The next block is a second later.
    if destination.timeMs + 1_000 >= sent.packet.timeoutMs {
      var call = RelaySkip()
      call.channel = Crossing.channel
      call.header = evidence.name
      call.proof = proof
      return RelayChain.Request(method: "skip", arguments: call.encoded)
    }
    var call = RelayReceive()
    call.channel = Crossing.channel
    call.header = evidence.name
    call.proof = proof
    guard sent.hasSealed else {
      return RelayChain.Request(method: "receive", arguments: call.encoded)
    }
    let content = Array("sealed again".utf8)
    call.sealed = Crossing.sealed(content, to: [sent.packet.recipient], on: destination)
    call.records = Crossing.records(from: sent, on: source, to: call.sealed, on: destination)
    return RelayChain.Request(method: "receive", arguments: call.encoded, contents: [content])
  }

  /// Brings what became of them back.
  func answer(to source: RelayChain) throws {
    let destination = other(than: source)
    let evidence = try Crossing.sync(destination, to: source)
    for sequence in 1...(try source.channel().sent)
    where try source.sent(sequence)?.state == .sent {
      var call = RelayAcknowledge()
      call.channel = Crossing.channel
      call.header = evidence.name
      call.proof = try destination.ledger.prove(
        RelayContract.received(Crossing.channel, sequence), at: evidence.anchor
      ).value.encoded.data
      try source.given(
        "router", RelayChain.Request(method: "acknowledge", arguments: call.encoded))
    }
    try source.run()
  }

  /// The whole way, there and back.
  func settle(from source: RelayChain) throws {
    try carry(from: source)
    try answer(to: source)
  }

  /// Shows to this chain that the newest packet it sent was not received in time.
  func timeOut(from source: RelayChain) throws {
    let destination = other(than: source)
    struct NotSent: Error {}
    let sequence = try source.channel().sent
    guard let sent = try source.sent(sequence) else { throw NotSent() }
    try destination.run(at: max(sent.packet.timeoutMs, destination.timeMs + 1))
    let passed = try Crossing.sync(destination, to: source).name.height
    try destination.run()
    let evidence = try Crossing.sync(destination, to: source)
    var call = RelayTimeOut()
    call.packet = sent.packet
    call.header = evidence.name
    call.passedHeight = passed
    call.proof = try destination.ledger.prove(
      RelayContract.received(Crossing.channel, sequence), at: evidence.anchor
    ).absence.encoded.data
    try source.given("router", RelayChain.Request(method: "timeOut", arguments: call.encoded))
    try source.run()
  }
}

// Invoices.
extension Exchange {
  static let code = "46060226"

  static func facts(_ number: String, _ amountFen: Int64 = 10_000) -> InvoiceFacts {
    var facts = InvoiceFacts()
    facts.code = code
    facts.number = number
    facts.amountFen = amountFen
    facts.issueDate = 20_260_101
    facts.institution = "hospital-1"
    facts.region = "460100"
    facts.payerTag = [UInt8](repeating: 0x51, count: 32).data
    facts.checkTag = [UInt8](repeating: 0x52, count: 32).data
    return facts
  }

  private static func sealed(_ content: [UInt8], on chain: RelayChain) -> InvoiceSealed {
    let key = Crossing.sealed(content, to: ["patient"], on: chain)
    var sealed = InvoiceSealed()
    sealed.attachment = key.attachment
    sealed.commitment = [UInt8](repeating: 0x53, count: 32).data
    sealed.schema = 1
    sealed.ownerKey.recipient = "patient"
    sealed.ownerKey.keyID = key.keys[0].keyID
    sealed.ownerKey.wrapped = key.keys[0].wrapped
    return sealed
  }

  /// A blue invoice of 100 yuan, or a red one of this blue one, as its chain recorded it.
  func givenRecorded(_ number: String, reversing blue: String? = nil, on chain: RelayChain) throws {
    let content = Array("file \(number)".utf8)
    let (method, arguments): (String, [UInt8])
    if let blue {
      var put = InvoicePutRed()
      put.facts = Self.facts(number, -10_000)
      put.owner = "patient"
      put.sealed = Self.sealed(content, on: chain)
      put.blueCode = Self.code
      put.blueNumber = blue
      (method, arguments) = ("putRed", put.encoded)
    } else {
      var put = InvoicePutBlue()
      put.facts = Self.facts(number)
      put.owner = "patient"
      put.sealed = Self.sealed(content, on: chain)
      (method, arguments) = ("putBlue", put.encoded)
    }
    try chain.given(
      "hospital",
      RelayChain.Request(
        contract: InvoiceContract.name, method: method, arguments: arguments,
        contents: [content]))
  }

  func share(_ number: String, reversing blue: String? = nil, lasting: UInt64 = 3_600_000)
    -> RelayPacket
  {
    var share = RelayInvoiceShare()
    share.facts = Self.facts(number, blue == nil ? 10_000 : -10_000)
    share.blueCode = blue == nil ? "" : Self.code
    share.blueNumber = blue ?? ""
    share.cursor = 7
    return packet("invoice.share", share, by: "hospital", from: finance, lasting: lasting)
  }

  /// Invoices that finance recorded and the province has.
  func givenShared(_ numbers: String...) throws {
    for number in numbers {
      try givenRecorded(number, on: finance)
      try givenSent(share(number), from: finance)
    }
    try settle(from: finance)
  }

  static func call(_ method: String, _ arguments: some Message) -> RelayChain.Request {
    RelayChain.Request(
      contract: InvoiceContract.name, method: method, arguments: arguments.encoded)
  }

  static func post(_ number: String, _ amountFen: Int64, _ id: String) -> RelayChain.Request {
    var post = InvoicePost()
    post.code = code
    post.number = number
    post.amountFen = amountFen
    post.postingID = id
    return call("post", post)
  }

  static func lock(_ number: String, until expiresMs: UInt64) -> RelayChain.Request {
    var lock = InvoiceLock()
    lock.code = code
    lock.number = number
    lock.purpose = "claim"
    lock.expiresMs = expiresMs
    return call("lock", lock)
  }
}

// Looking.
extension RelayChain {
  func invoice(_ number: String) throws -> InvoiceState? {
    try value(
      of: InvoiceContract.asset(code: Exchange.code, number: number), as: InvoiceState.self)
  }

  func message(_ packet: RelayPacket) throws -> RelaySentMessage? {
    try value(
      of: AssetID(
        namespace: "message.sent", key: "\(packet.messageType):\(packet.businessKey)"),
      as: RelaySentMessage.self)
  }

  /// What the newest event of an asset says of a packet's end.
  func lastStep(_ asset: AssetID) throws -> RelayStep? {
    try ledger.records(0..<ledger.executed.logSize).filter { $0.kind == 1 }
      .map { try AssetEvent(decoding: $0.bytes) }
      .last { $0.asset == asset }
      .map { try RelayStep(strict: $0.details, limit: Limits.valueBytes) }
  }
}
