import BuiltinContracts
import Cryptography
import LedgerModel
import SwiftProtobuf
import Wire

/// A bureau system without a chain, at the other end of a channel of `chain`. Its gateway member is
/// `router-2`.
struct Place {
  static let channel = "bureau-sync"
  static let gateway = "router-2"
  static let types = ["notice", "notice.confirmed", "voucher.report", "invoice.check"]

  let chain: RelayChain

  /// Opens the channel by decision.
  init(on chain: RelayChain) throws {
    self.chain = chain
    try chain.decide([WireChange(.setChannel(Self.terms(on: chain)))])
  }

  static func terms(on chain: RelayChain) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = channel
    terms.localChain = chain.id.data
    terms.remoteChain = Channel.placeID("bureau", of: chain.id, suite: chain.suite).bytes.data
    terms.messageTypes = types
    terms.window = 8
    terms.maxTimeoutMs = Crossing.maxTimeoutMs
    terms.carriers = [gateway]
    terms.gateway = gateway
    terms.place = "bureau"
    return terms
  }

  /// A notice, from the chain to the place or back.
  func packet(_ key: String, toChain: Bool = false, timeoutMs: UInt64? = nil) -> RelayPacket {
    let terms = Self.terms(on: chain)
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = toChain ? terms.remoteChain : terms.localChain
    packet.destinationChain = toChain ? terms.localChain : terms.remoteChain
    packet.channel = Self.channel
    packet.messageType = "notice"
    packet.schema = 1
    packet.schemaVersion = 1
    packet.commitment = [UInt8](repeating: 0x44, count: 32).data
    packet.sender = toChain ? "cashier-7" : "sender"
    packet.recipient = toChain ? "clerk" : "cashier-7"
    packet.timeoutMs = timeoutMs ?? chain.timeMs + 3_600_000
    packet.policy = "release-1"
    packet.purpose = "a voucher"
    packet.businessKey = key
    packet.body = RelayNotice.with { $0.matter = "voucher" }.encoded.data
    return packet
  }

  func send(
    _ key: String, _ change: (inout RelaySend) -> Void = { _ in }
  ) -> RelayChain.Request {
    let content = Array("sealed \(key)".utf8)
    var call = RelaySend()
    call.packet = packet(key)
    call.sealed = Crossing.sealed(content, to: [Self.gateway], on: chain)
    change(&call)
    return RelayChain.Request(method: "send", arguments: call.encoded, contents: [content])
  }

  func deposit(
    _ key: String, id: String? = nil, timeoutMs: UInt64? = nil,
    _ change: (inout RelayDeposit) -> Void = { _ in }
  ) -> RelayChain.Request {
    let content = Array("sealed \(key)".utf8)
    var call = RelayDeposit()
    call.origin = "bureau"
    call.key = id ?? "no-\(key)"
    call.packet = packet(key, toChain: true, timeoutMs: timeoutMs)
    call.sealed = Crossing.sealed(content, to: ["clerk"], on: chain)
    call.document =
      RelayContract.documentHash(
        call.packet.channel, call.origin, call.key, suite: chain.suite
      ).bytes.data
    change(&call)
    return RelayChain.Request(
      method: "deposit", arguments: call.encoded,
      contents: call.packet.schema > 0 ? [content] : [])
  }

  /// A document of a type that names its business key, as this public part asks for it.
  func deposit(_ type: String, _ body: some Message, id: String) -> RelayChain.Request {
    deposit("", id: id) {
      $0.packet.messageType = type
      $0.packet.body = body.encoded.data
      $0.packet.businessKey = RelayContract.businessKey(of: $0.packet) ?? "key"
    }
  }

  static func settle(
    _ sequence: UInt64, _ failure: RelayFailure = .none, _ result: String = "",
    channel: String = channel
  ) -> RelayChain.Request {
    var call = RelaySettle()
    call.channel = channel
    call.sequence = sequence
    call.failure = failure
    call.result = Array(result.utf8).data
    return RelayChain.Request(method: "settle", arguments: call.encoded)
  }

  // Looking.

  func sent(_ sequence: UInt64) throws -> RelaySentPacket? {
    try chain.value(of: RelayContract.sent(Self.channel, sequence), as: RelaySentPacket.self)
  }

  func received(_ sequence: UInt64) throws -> RelayReceivedPacket? {
    try chain.value(
      of: RelayContract.received(Self.channel, sequence), as: RelayReceivedPacket.self)
  }

  func state() throws -> RelayChannelState? {
    try chain.value(of: RelayContract.channel(Self.channel), as: RelayChannelState.self)
  }

  func deposited(_ key: String) throws -> RelayDepositedDocument? {
    let hash = RelayContract.documentHash(Self.channel, "bureau", key, suite: chain.suite)
    return try chain.value(
      of: RelayContract.deposited(hash.bytes), as: RelayDepositedDocument.self)
  }
}
