internal import BuiltinContracts
public import Cryptography
public import GatewayKit
public import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import NIOPosix
internal import SwiftProtobuf
internal import Wire

/// Attaches a chain of this project, at its end of a channel to a place without a chain.
///
/// Documents for the chain become packets that its gateway member deposits; packets that are sent
/// on the channel are the documents it gives. What the place makes of them the member settles.
/// Everything that nodes say is proven.
/// - Source: docs/spec/22-gateways.md, rules A19 to A23; docs/spec/20-relay.md, rules R40 to R44.
public struct YilianGateway: Gateway {
  /// The chain's name and the channel's id.
  public let name: String
  let nodes: ChainNodes
  let channel: String
  let packets: PlacePackets
  private let nowMs: @Sendable () -> UInt64

  /// - Parameters:
  ///   - ledgers: The chain's nodes, at least one, asked in this order.
  ///   - channel: Its terms name the member as gateway.
  ///   - member: Who deposits and settles, with its two keys.
  ///   - nowMs: This machine's clock, for questions to nodes.
  public init(
    ledgers: [RemoteLedger], channel: String, member: String, signing: PrivateKey,
    sealing: PrivateKey, nowMs: @escaping @Sendable () -> UInt64
  ) {
    let identity = Identity(member: member, signing: signing, sealing: sealing)
    nodes = ChainNodes(ledgers: ledgers, identity: identity)
    name = "\(nodes.genesis.name)/\(channel)"
    self.channel = channel
    packets = PlacePackets(
      chain: nodes.genesis.chainID, suite: nodes.suite, channel: channel, member: member,
      sealing: sealing)
    self.nowMs = nowMs
  }

  public func deliver(
    _ document: GatewayDocument
  ) async throws(GatewayFault) -> GatewayOutcome {
    let known = try await nodes.values(of: [
      Channel.asset(channel), Member.asset(document.heading.recipient),
    ])
    guard let terms = try known.message(0, WireChannelRecord.self) else {
      throw .refusal("relay.unknown_channel")
    }
    let recipient = try known.message(1, WireMemberRecord.self)
    let (call, attachments) = try await blocking { [packets] () throws(CryptographyFault) in
      try packets.deposit(document, over: terms, to: recipient)
    }
    let receipt = try await nodes.submit(call, attachments: attachments)
    if case .refused(let refused) = receipt.outcome {
      switch refused.code {
      case "relay.already_received": break
      case "relay.other_document": return .refused(.conflict)
      case "relay.late": return .refused(.late)
      // The recipient's key was replaced meanwhile.
      case "relay.sealed_content": throw .busy(retryAfter: nil)
      default: throw .refusal(refused.code)
      }
    }
    guard let outcome = try await outcome(of: document.id) else {
      throw .violation(reason: "\(document.id) was deposited and is not there")
    }
    return outcome
  }

  public func outcome(of id: DocumentID) async throws(GatewayFault) -> GatewayOutcome? {
    let hash = RelayContract.documentHash(channel, id.origin, id.key, suite: nodes.suite)
    let deposited = try await nodes.values(of: [RelayContract.deposited(hash.bytes)])
    guard let document = try deposited.message(0, RelayDepositedDocument.self) else { return nil }
    let received = try await nodes.values(of: [
      RelayContract.received(channel, document.sequence), Member.asset(nodes.member),
    ])
    guard let record = try received.message(0, RelayReceivedPacket.self) else {
      throw .violation(reason: "packet \(channel):\(document.sequence) is missing")
    }
    let roles = try received.message(1, WireMemberRecord.self)?.roles ?? []
    if record.outcome.open, record.packet.timeoutMs <= received.header.timeMs,
      roles.contains(RelayContract.router)
    {
      try await lapse(document.sequence)
    }
    return try GatewayOutcome(record.outcome)
  }

  /// Ends a packet whose recipient did not decide it in time; the next question tells.
  private func lapse(_ sequence: UInt64) async throws(GatewayFault) {
    var call = RelayLapse()
    call.channel = channel
    call.sequence = sequence
    _ = try await nodes.submit(
      Transaction.Call(contract: RelayContract.name, method: "lapse", arguments: call.encoded),
      attachments: [])
  }

  public func settle(
    _ id: DocumentID, as outcome: GatewayOutcome
  ) async throws(GatewayFault) {
    guard let sequence = packets.sequence(of: id) else { throw .refused(.unknownDocument) }
    switch outcome {
    case .pending: throw .refusal("relay.undecided")
    case .done: try await settle(sequence, .none)
    case .refused(let code): try await settle(sequence, .effect, code)
    }
  }

  func settle(
    _ sequence: UInt64, _ failure: RelayFailure, _ code: GatewayCode? = nil
  ) async throws(GatewayFault) {
    var call = RelaySettle()
    call.channel = channel
    call.sequence = sequence
    call.failure = failure
    call.result = Array((code?.description ?? "").utf8).data
    let receipt = try await nodes.submit(
      Transaction.Call(
        contract: RelayContract.name, method: "settle", arguments: call.encoded),
      attachments: [])
    guard case .refused(let refused) = receipt.outcome else { return }
    if let fault = GatewayFault.settling(refused.code) { throw fault }
  }

  public func documents(
    after cursor: GatewayCursor?, limit: Int
  ) async throws(GatewayFault) -> GatewayPage {
    guard var first = packets.first(after: cursor) else { throw .refused(.unknownCursor) }
    let limit = UInt64(min(max(limit, 1), GatewayLimits.pageDocuments))
    let state = try await nodes.values(of: [RelayContract.channel(channel)])
      .message(0, RelayChannelState.self)
    let newest = state?.sent ?? 0
    // A node that is behind has none at present.
    while first <= newest {
      let page = try await page(Array(first...min(newest, first + limit - 1)))
      if !page.documents.isEmpty {
        return GatewayPage(documents: page.documents, cursor: packets.cursor(at: page.last))
      }
      first = page.last + 1
    }
    return GatewayPage(documents: [], cursor: cursor)
  }

  /// The documents that the first of these packets are, as many as a page may have.
  /// - Returns: With the last packet that was looked at.
  private func page(
    _ sequences: [UInt64]
  ) async throws(GatewayFault) -> (documents: [GatewayDocument], last: UInt64) {
    let proven = try await nodes.values(of: sequences.map { RelayContract.sent(channel, $0) })
    var sent: [RelaySentPacket] = []
    for index in proven.values.indices {
      guard let packet = try proven.message(index, RelaySentPacket.self) else {
        throw .violation(reason: "packet \(channel):\(sequences[index]) is missing")
      }
      sent.append(packet)
    }
    let contents = try await nodes.contents(
      channel, sent.filter { packets.canOpen($0) }.map(\.packet.sequence), timeMs: nowMs())
    var (documents, bytes, last) = ([GatewayDocument](), 0, sequences[0])
    for packet in sent {
      let sequence = packet.packet.sequence
      let ciphertext = contents[sequence]
      // The rest did not fit the answer.
      if packets.canOpen(packet), ciphertext == nil {
        if sequence != sequences[0] { break }
        nodes.moveOn()
        throw .unreachable(reason: "the node has no content of packet \(channel):\(sequence)")
      }
      let found: GatewayDocument?
      do throws(GatewayFault) {
        found = try await document(packet, ciphertext)
      } catch {
        // Those before it are not held up: the next page begins with it.
        guard documents.isEmpty else { return (documents, last) }
        throw error
      }
      if let found {
        bytes += found.content?.bytes.count ?? 0
        if bytes > GatewayLimits.pageBytes, !documents.isEmpty { return (documents, last) }
        documents.append(found)
      }
      last = sequence
    }
    return (documents, last)
  }

  /// The document that a packet is; `nil` if it is none and nothing is left to be done about it.
  private func document(
    _ sent: RelaySentPacket, _ ciphertext: [UInt8]?
  ) async throws(GatewayFault) -> GatewayDocument? {
    let sequence = sent.packet.sequence
    let reading = try await blocking { [packets] () throws(GatewayFault) in
      try packets.read(sent, ciphertext)
    }
    switch reading {
    case .document(let document): return document
    case .failure(let failure, let code):
      if sent.state == .sent { try await settle(sequence, failure, code) }
      return nil
    case .sealedToOther(let member):
      // Whoever spoke for the place before may have carried it.
      guard sent.state != .sent else {
        throw .violation(
          reason: "packet \(channel):\(sequence) is sealed to a key of \(member) that is not "
            + "ours: settle it by hand")
      }
      return nil
    case .otherBytes:
      nodes.moveOn()
      throw .violation(reason: "the node gave other content of packet \(channel):\(sequence)")
    }
  }

  /// Runs what takes long on a thread that may be kept.
  private func blocking<Value: Sendable, Fault: Error>(
    _ body: @escaping @Sendable () throws(Fault) -> Value
  ) async throws(GatewayFault) -> Value {
    do {
      return try await NIOThreadPool.singleton.runIfActive { try body() }
    } catch let fault as GatewayFault {
      throw fault
    } catch {
      throw .violation(reason: "\(error)")
    }
  }
}

extension GatewayOutcome {
  /// What the chain says of a document that became a packet.
  init(_ outcome: RelayAcknowledgement) throws(GatewayFault) {
    guard outcome.failure != .none else {
      self = outcome.open ? .pending : .done
      return
    }
    let words =
      outcome.failure == .effect
      ? String(decoding: outcome.result.octets, as: UTF8.self) : "relay.\(outcome.failure.word)"
    guard let code = GatewayCode(words) else {
      throw .violation(reason: "a failure without a code: \(words.prefix(80))")
    }
    self = .refused(code)
  }
}

extension RelayFailure {
  /// A20. What gateways call it; places keep these words.
  fileprivate var word: String {
    switch self {
    case .none: "none"
    case .timedOut: "timed_out"
    case .messageType: "message_type"
    case .body: "body"
    case .unknownRecipient: "unknown_recipient"
    case .businessKey: "business_key_used"
    case .otherPacket: "other_packet"
    case .content: "content"
    case .refused: "refused"
    case .undecided: "undecided"
    case .effect: "effect"
    case .UNRECOGNIZED(let number): "failure_\(number)"
    }
  }
}

extension ProvenAnswers {
  /// The asset at this place of the question, as its message; `nil` if it does not exist.
  func message<Value: Message>(
    _ index: Int, _ type: Value.Type
  ) throws(GatewayFault) -> Value? {
    guard values.indices.contains(index), let value = values[index] else { return nil }
    do {
      return try Value(strict: value.value, limit: Limits.valueBytes)
    } catch {
      throw .violation(reason: "\(value.asset) has a value that cannot be read")
    }
  }
}
