internal import ContractEngine
public import Cryptography
public import LedgerModel
internal import Wire

// Channels whose other end is a place without a chain. What is proven elsewhere is here the signed
// word of the member that the terms name as gateway.

extension RelayContract {
  /// R42. A document of the place becomes the channel's next packet, once for each id.
  static let deposit = Method(
    "deposit", arguments: RelayDeposit.self,
    touches: { call in
      let packet = call.packet
      return [
        Channel.asset(packet.channel), channel(packet.channel),
        deposited(call.document.octets), receivedKey(packet),
        Member.asset(packet.recipient),
      ]
    },
    derives: { call, value in
      // A type may name what it keeps by the packet's sequence.
      var packet = call.packet
      packet.sequence = nextReceived(packet.channel, value)
      return [received(packet.channel, packet.sequence)]
        + (messageType(packet.messageType).map { [$0.delivery(packet)] } ?? [])
        + besides(packet, .received)
    },
    perform: { (call, scope) throws(Refusal) in
      var packet = call.packet
      let terms = try scope.openTerms(packet.channel)
      try terms.checkGateway(scope.caller)
      try packet.checkRoute(terms, .received)
      guard packet.sequence == 0 else {
        throw Refusal(malformed, field: "packet.sequence", value: "\(packet.sequence)")
      }
      guard packet.sentMs == 0 else {
        throw Refusal(malformed, field: "packet.sent_ms", value: "\(packet.sentMs)")
      }
      var document = try call.checkedDocument(scope.suite)
      document.digest = scope.suite.hash(.deposit, packet.encoded).bytes.data
      try scope.checkNew(document, deposited(call.document.octets))
      guard scope.timeMs < packet.timeoutMs else {
        throw Refusal(late, field: "packet.timeout_ms", value: "\(packet.timeoutMs)")
      }

      packet.sequence = scope.channelState(packet.channel).received + 1
      packet.sentMs = scope.timeMs
      document.sequence = packet.sequence
      var record = RelayReceivedPacket()
      record.packet = packet
      record.outcome.height = scope.height
      // A timeout beyond the terms would keep an open packet undecided for as long (R6).
      let isInTerms = packet.timeoutMs - scope.timeMs <= terms.maxTimeoutMs
      let (failure, result) = try scope.deliver(packet, call.sealed, terms, isWhole: isInTerms)
      record.outcome.failure = failure
      record.outcome.result = result.data
      if failure == .none {
        record.outcome.open = messageType(packet.messageType) is any OpenMessage.Type
        if packet.hasContent { record.sealed = call.sealed }
      }
      try scope.append(
        to: received(packet.channel, packet.sequence), "deposit", value: record,
        details: document)
      try scope.append(
        to: deposited(call.document.octets), "deposit", value: document,
        details: document)
      try scope.pass(packet, "deposit", isOpen: record.outcome.open)
    })

  /// R43. The gateway member says what became of a packet at the place.
  static let settle = Method(
    "settle", arguments: RelaySettle.self,
    touches: { call in
      [Channel.asset(call.channel), channel(call.channel), sent(call.channel, call.sequence)]
    },
    derives: { call, value in
      guard let bytes = value(sent(call.channel, call.sequence)),
        let record = try? RelaySentPacket(strict: bytes, limit: Limits.valueBytes)
      else { return [] }
      return settling(record.packet)
    },
    perform: { (call, scope) throws(Refusal) in
      try scope.terms(call.channel).checkGateway(scope.caller)
      let outcome = try call.checkedOutcome(at: scope.height)
      let asset = sent(call.channel, call.sequence)
      guard let record = scope.value(of: asset, as: RelaySentPacket.self) else {
        throw Refusal(unknownPacket, field: "packet", value: asset.key)
      }
      guard record.state == .sent else {
        let isSame =
          record.outcome.failure == outcome.failure && record.outcome.result == outcome.result
        throw Refusal(
          isSame ? settled : settledOtherwise, field: "packet", value: record.state.word)
      }
      guard outcome.failure == .none else {
        return try scope.compensate(record, .failed, outcome)
      }
      try scope.settle(record, .acknowledged, "settle", outcome)
      try messageType(record.packet.messageType)?.acknowledge(record.packet, outcome, &scope)
    })

  /// Which packet a place's document became.
  /// - Parameter document: Its `documentHash`.
  public static func deposited(_ document: [UInt8]) -> AssetID {
    AssetID(namespace: "relay.deposited", key: document.hex)
  }

  /// What names a place's document on this chain.
  /// - Parameter suite: The chain's.
  public static func documentHash(
    _ channel: String, _ origin: String, _ key: String, suite: any CryptoSuite
  ) -> Digest {
    // Words have no zero byte: no two documents are written the same.
    suite.hash(.document, Array("\(channel)\u{0}\(origin)\u{0}\(key)".utf8))
  }

  /// The sequence of the next packet that arrives on the channel.
  private static func nextReceived(_ id: String, _ value: (AssetID) -> [UInt8]?) -> UInt64 {
    guard let bytes = value(channel(id)),
      let state = try? RelayChannelState(strict: bytes, limit: Limits.valueBytes)
    else { return 1 }
    return state.received + 1
  }

  static let gatewayCodes = [
    leadsToPlace, leadsToChain, notGateway, otherDocument, settledOtherwise,
  ]

  static let leadsToPlace = Refusal.Code(
    "relay.leads_to_place",
    "nothing is proven of a place without a chain: its gateway member deposits and settles")
  static let leadsToChain = Refusal.Code(
    "relay.leads_to_chain", "bring the other chain's proof: nobody's word counts for it")
  static let notGateway = Refusal.Code(
    "relay.not_gateway", "only the member that the value names speaks for the place")
  static let otherDocument = Refusal.Code(
    "relay.other_document",
    "another document of this id became the packet that the value names: use an id of its own")
  static let settledOtherwise = Refusal.Code(
    "relay.settled_otherwise", "the first outcome stands: the value is the packet's state")
}

extension WireChannelRecord {
  /// R41. The other end is a chain: what happens there is proven.
  func checkChain() throws(Refusal) {
    guard !leadsToPlace else {
      throw Refusal(RelayContract.leadsToPlace, field: "channel", value: id)
    }
  }

  /// R41. The other end is a place, and this member speaks for it.
  func checkGateway(_ caller: Member) throws(Refusal) {
    guard leadsToPlace else {
      throw Refusal(RelayContract.leadsToChain, field: "channel", value: id)
    }
    guard gateway.utf8.elementsEqual(caller.id.utf8) else {
      throw Refusal(RelayContract.notGateway, field: "channel.gateway", value: gateway)
    }
  }
}

extension RelayDeposit {
  /// The document's id, as it is kept.
  fileprivate func checkedDocument(
    _ suite: any CryptoSuite
  ) throws(Refusal) -> RelayDepositedDocument {
    guard origin.isRelayWord(within: Limits.nameBytes), !origin.utf8.contains(UInt8(ascii: "/"))
    else { throw Refusal(RelayContract.malformed, field: "origin", value: origin) }
    guard key.isRelayWord(within: RelayContract.Limit.documentIDBytes) else {
      throw Refusal(RelayContract.malformed, field: "key", value: key)
    }
    let hash = RelayContract.documentHash(packet.channel, origin, key, suite: suite)
    guard self.document.octets == hash.bytes else {
      throw Refusal(
        RelayContract.malformed, field: "document", value: self.document.octets.prefix(40).hex)
    }
    var document = RelayDepositedDocument()
    document.origin = origin
    document.key = key
    document.channel = packet.channel
    return document
  }
}

extension RelaySettle {
  /// What a place can say of a packet.
  fileprivate func checkedOutcome(at height: UInt64) throws(Refusal) -> RelayAcknowledgement {
    guard [.none, .content, .effect].contains(failure) else {
      throw Refusal(RelayContract.malformed, field: "failure", value: "\(failure.rawValue)")
    }
    // A code has a form; a reason that is none would be kept for ever all the same.
    let isFitting =
      switch failure {
      case .effect: result.octets.isCode
      case .content: result.isEmpty
      default: result.count <= RelayContract.Limit.resultBytes
      }
    guard isFitting else {
      throw Refusal(
        RelayContract.malformed, field: "result",
        value: result.octets.prefix(RelayContract.Limit.resultBytes).hex)
    }
    var outcome = RelayAcknowledgement()
    outcome.failure = failure
    outcome.result = result
    outcome.height = height
    return outcome
  }
}

extension [UInt8] {
  /// R43. 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`.
  fileprivate var isCode: Bool {
    1...RelayContract.Limit.resultBytes ~= count
      && allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "._-".utf8.contains(byte)
      }
  }
}

extension CallScope {
  /// R42. No document of this id was deposited on the channel.
  fileprivate func checkNew(
    _ document: RelayDepositedDocument, _ asset: AssetID
  ) throws(Refusal) {
    guard let first = value(of: asset, as: RelayDepositedDocument.self) else { return }
    throw Refusal(
      first.digest == document.digest ? RelayContract.alreadyReceived : RelayContract.otherDocument,
      field: "packet", value: "\(first.sequence)")
  }
}
