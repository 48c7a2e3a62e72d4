import BuiltinContracts
import Cryptography
import Foundation
import GatewayConformance
import GatewayKit
import LedgerClient
import LedgerModel
import LightVerifier
import NetworkLayout
import SwiftProtobuf
import Testing
import Wire
import YilianGateway

/// A chain as a place that documents go to and come from, on a channel of its own. Members:
/// `sender` sends, `clerk` receives and decides, `gateway` speaks for the system at the other end.
struct ChainRig: GatewayRig {
  let network: TestNetwork
  /// Between the gateway and the node.
  let node: LyingNode
  let channel: String
  let gateway: any Gateway
  private let ledger: RemoteLedger

  let contentBytesMax = GatewayLimits.contentBytes
  let refusal = "relay.business_key_used"

  static let participants = """
    {"organisations": [{"id": "office", "name": "Office", "region": ""}],
     "members": [
      {"id": "governor", "organisation": "office", "roles": ["governor"], "region": "",
       "indexKey": false},
      {"id": "gateway", "organisation": "office", "roles": ["router"], "region": "",
       "indexKey": false},
      {"id": "sender", "organisation": "office", "roles": ["sender"], "region": "",
       "indexKey": false},
      {"id": "clerk", "organisation": "office", "roles": [], "region": "", "indexKey": false}]}
    """

  /// Opens the channel.
  /// - Parameter remote: How the gateway reaches the chain.
  init(
    _ network: TestNetwork, channel: String, through node: LyingNode, _ remote: RemoteLedger
  ) async throws {
    self.network = network
    self.node = node
    self.channel = channel
    ledger = network.ledger
    let keys = try network.keys(of: "gateway")
    gateway = YilianGateway(
      ledgers: [remote], channel: channel, member: "gateway", signing: keys.signing,
      sealing: keys.sealing, nowMs: Self.clock)
    try await open()
  }

  private static let clock: @Sendable () -> UInt64 = {
    UInt64(Date().timeIntervalSince1970 * 1_000)
  }

  private func open() async throws {
    let chain = network.genesis.chainID.bytes
    let terms = WireChannelRecord.with {
      $0.id = channel
      $0.localChain = chain.data
      $0.remoteChain =
        Channel.placeID("bureau", of: chain, suite: network.genesis.suite).bytes.data
      $0.messageTypes = ["notice", "notice.confirmed"]
      $0.window = 100
      $0.maxTimeoutMs = Channel.timeoutMs.upperBound
      $0.carriers = ["gateway"]
      $0.gateway = "gateway"
      $0.place = "bureau"
    }
    let changes = [WireChange.with { $0.setChannel = terms }]
    let propose = WirePropose.with {
      $0.proposal = channel
      $0.changes = changes
      $0.reason = "a channel"
      $0.deadlineMs = Self.clock() + 3_600_000
    }
    let vote = WireCastVote.with {
      $0.proposal = channel
      $0.changes = changes
      $0.approve = true
      $0.opinion = "yes"
    }
    try await submit([ledger.prepareDecision("propose", propose)], by: "governor")
    try await submit([ledger.prepareDecision("vote", vote)], by: "governor")
    for _ in 0..<600 {
      if try await ledger.terms(channel).terms != nil { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw NotReady()
  }

  private func submit(_ calls: [PreparedCall], by member: String) async throws {
    let receipts = try await ledger.submit(
      calls.map(\.call), attachments: calls.flatMap(\.attachments), by: network.identity(member))
    try #require(receipts.allSatisfy { $0.isDone }, "\(receipts)")
  }

  // MARK: Documents that the chain understands

  func document(_ wanted: Wanted) throws -> GatewayDocument {
    try document(
      wanted.way, key: "\(wanted.number)", matter: "matter-\(wanted.number)",
      type: wanted.isPending ? "notice.confirmed" : "notice", timeoutMs: wanted.timeoutMs,
      content: .pattern(wanted.contentBytes, wanted.number))
  }

  private func document(
    _ way: Wanted.Way, key: String, matter: String, type: String = "notice", timeoutMs: UInt64,
    policy: String = "policy-1", purpose: String = "对账", other: String = "cashier",
    content: [UInt8]?
  ) throws -> GatewayDocument {
    try GatewayDocument(
      id: DocumentID(origin: "bureau", key: key),
      heading: GatewayDocument.Heading(
        messageType: type, sender: way == .toPlace ? other : "sender",
        recipient: way == .toPlace ? "clerk" : other, policy: policy, purpose: purpose,
        timeoutMs: timeoutMs, businessKey: "\(channel)-\(key)"),
      body: RelayNotice.with { $0.matter = matter }.encoded,
      content: content.map { .init(schema: 7, schemaVersion: 2, bytes: $0) })
  }

  func variety(_ way: Wanted.Way) async throws -> [GatewayDocument] {
    let now = Self.clock()
    func full(_ count: Int) -> String { String(repeating: "~", count: count) }
    return [
      try document(
        way, key: "1", matter: "m", timeoutMs: now + 600_000, policy: "p", purpose: "u",
        other: "s", content: nil),
      try document(
        way, key: full(GatewayLimits.businessKeyBytes - channel.utf8.count - 1),
        matter: full(Limits.nameBytes),
        timeoutMs: now + (way == .toPlace ? Channel.timeoutMs.upperBound : 86_400_000),
        policy: full(Limits.nameBytes),
        purpose: String(repeating: "\"票", count: GatewayLimits.purposeBytes / 4),
        other: full(Limits.nameBytes), content: .pattern(contentBytesMax, 2)),
      try document(way, key: "2", matter: "m", timeoutMs: now + 600_000, content: []),
    ]
  }

  // MARK: The other side

  func nowMs() -> UInt64 { Self.clock() }

  func pass(_ time: Duration) async throws { try await Task.sleep(for: time) }

  func offer(_ documents: [GatewayDocument]) async throws -> [GatewayDocument] {
    let way = try await ledger.way(over: channel)
    let identity = try network.identity("sender")
    let calls = try documents.map { document in
      let heading = document.heading
      let packet = RelayPacket.with {
        $0.channel = channel
        $0.messageType = heading.messageType
        $0.schema = document.content?.schema ?? 0
        $0.schemaVersion = document.content?.schemaVersion ?? 0
        $0.recipient = heading.recipient
        $0.timeoutMs = heading.timeoutMs
        $0.policy = heading.policy
        $0.purpose = heading.purpose
        $0.businessKey = heading.businessKey
        $0.body = document.body.data
      }
      return try ledger.prepareSend(
        packet, content: document.content?.bytes, over: way, by: identity)
    }
    try await submit(calls, by: "sender")
    var offered: [GatewayDocument] = []
    for document in documents {
      let heading = document.heading
      let sent = try #require(
        try await ledger.sentPacket(of: heading.messageType, key: heading.businessKey))
      offered.append(
        try GatewayDocument(
          id: id(sent.sequence), heading: heading, body: document.body, content: document.content))
    }
    return offered
  }

  private func id(_ sequence: UInt64) throws -> DocumentID {
    try DocumentID(origin: network.genesis.chainID.hex, key: "\(channel):\(sequence)")
  }

  func taken() async throws -> [GatewayDocument] {
    var documents: [GatewayDocument] = []
    for (deposited, record) in try await received() where record.outcome.failure == .none {
      // What the rig itself used up a business key with.
      guard deposited.origin != Self.rival else { continue }
      let packet = record.packet
      let content = try await ledger.content(
        ofPacket: packet.sequence, received: channel, source: network.genesis.suite,
        by: network.identity("clerk"), timeMs: Self.clock())
      documents.append(
        try GatewayDocument(
          id: DocumentID(origin: deposited.origin, key: deposited.key),
          heading: GatewayDocument.Heading(
            messageType: packet.messageType, sender: packet.sender, recipient: packet.recipient,
            policy: packet.policy, purpose: packet.purpose, timeoutMs: packet.timeoutMs,
            businessKey: packet.businessKey),
          body: packet.body.octets,
          content: content.map {
            .init(schema: packet.schema, schemaVersion: packet.schemaVersion, bytes: $0)
          }))
    }
    return documents
  }

  /// Every packet that arrived, with the document that it was.
  private func received() async throws -> [(RelayDepositedDocument, RelayReceivedPacket)] {
    let state = try await ledger.message(
      RelayChannelState.self, of: RelayContract.channel(channel)
    ).message
    var received: [(RelayDepositedDocument, RelayReceivedPacket)] = []
    for sequence in 0..<(state?.received ?? 0) {
      let trail = try #require(
        try await ledger.trail(of: RelayContract.received(channel, sequence + 1)).fact)
      received.append(
        (
          try RelayDepositedDocument(
            strict: trail.events[0].details, limit: Limits.valueBytes),
          try RelayReceivedPacket(strict: trail.current.value, limit: Limits.valueBytes)
        ))
    }
    return received
  }

  func settled() async throws -> [Told] {
    let trail = try await ledger.trail(of: RelayContract.channel(channel)).fact
    var told: [Told] = []
    for event in trail?.events ?? [] where ["settle", "fail"].contains(event.operation) {
      let name = try RelayBusinessKeyUse(strict: event.details, limit: Limits.valueBytes)
      let sent = try #require(
        try await ledger.message(
          RelaySentPacket.self, of: RelayContract.sent(channel, name.sequence)
        ).message)
      let code = String(decoding: sent.outcome.result.octets, as: UTF8.self)
      told.append(
        Told(
          try id(name.sequence),
          sent.outcome.failure == .none ? .done : .refused(try #require(GatewayCode(code)))))
    }
    return told
  }

  private static let rival = "rival"

  func decide(_ businessKey: String, _ outcome: GatewayOutcome) async throws {
    switch outcome {
    case .pending: break
    case .refused:
      let key = String(businessKey.dropFirst(channel.utf8.count + 1))
      let document = try document(
        .toPlace, key: key, matter: "m", timeoutMs: Self.clock() + 600_000, content: nil)
      let rival = try GatewayDocument(
        id: DocumentID(origin: Self.rival, key: key), heading: document.heading,
        body: document.body, content: nil)
      #expect(try await gateway.deliver(rival) == .done)
    case .done:
      let sequence = try #require(
        try await received().first { $0.1.packet.businessKey == businessKey }?.1.packet.sequence)
      let decide = RelayDecide.with {
        $0.channel = channel
        $0.sequence = sequence
      }
      let call = Transaction.Call(
        contract: RelayContract.name, method: "decide", arguments: decide.encoded)
      let receipts = try await ledger.submit([call], by: network.identity("clerk"))
      try #require(receipts.allSatisfy { $0.isDone }, "\(receipts)")
    }
  }

  func disturb(_ disturbance: Disturbance?) { node.disturb(disturbance) }

  func restart() async throws {
    await network.kill()
    try await network.start()
  }
}
