import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Wire

/// Two chains with a channel between them, and what routers do with it.
final class Crossing {
  static let channel = "finance-province"
  static let window: UInt32 = 8
  /// 30 days.
  static let maxTimeoutMs: UInt64 = 2_592_000_000

  static let noticeTypes = ["notice", "notice.confirmed"]
  /// Members of each chain, who open content on its way.
  static let carriers = ["router", "router-2"]

  let here: RelayChain
  let there: RelayChain
  /// A router beside each chain, by the chain's name.
  let routers: [String: WireRouterRecord]

  /// - Parameters:
  ///   - types: Messages that `there` takes; `here` sends notices of both types.
  init(
    _ source: SuiteID = .sm, _ destination: SuiteID = .intl, types: [String] = noticeTypes
  ) throws {
    here = try RelayChain("finance", source, number: 1)
    there = try RelayChain("province", destination, number: 2, validators: 1)
    routers = [
      "finance": try Self.router("router-f", number: 1),
      "province": try Self.router("router-p", number: 2),
    ]
    let (ours, theirs) = (here.record(), there.record())
    try here.decide([
      WireChange(.trustChain(theirs)), WireChange(.setChannel(terms(from: here, to: there))),
    ])
    var terms = terms(from: there, to: here)
    terms.messageTypes = types
    try there.decide([WireChange(.trustChain(ours)), WireChange(.setChannel(terms))])
  }

  func terms(from local: RelayChain, to remote: RelayChain) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = Self.channel
    terms.localChain = local.id.data
    terms.remoteChain = remote.id.data
    terms.messageTypes = Self.noticeTypes
    terms.window = Self.window
    terms.maxTimeoutMs = Self.maxTimeoutMs
    terms.mechanism = "intl"
    terms.carriers = Self.carriers
    terms.remoteRouters = routers[remote.genesis.name].map { [$0] } ?? []
    return terms
  }

  /// A router with keys of the channel's mechanism.
  static func router(_ name: String, number: UInt8) throws -> WireRouterRecord {
    func key(_ use: KeyUse) throws -> [UInt8] {
      let secret = SecretBytes(copying: [UInt8](repeating: number, count: 32))
      return try SuiteID.intl.suite.privateKey(secret, use: use).publicKey.encoded
    }
    var router = WireRouterRecord()
    router.name = name
    router.signingKey = try key(.signing).data
    router.sealingKey = try key(.sealing).data
    return router
  }
}

extension WireChange {
  init(_ kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }
}

/// Calls in few words.
extension Crossing {
  typealias Request = RelayChain.Request

  /// Keys that name the members' sealing keys and have the size of wrapped ones.
  static func sealed(
    _ content: [UInt8], to members: [String] = carriers, on chain: RelayChain
  ) -> RelaySealed {
    var sealed = RelaySealed()
    sealed.attachment = chain.suite.hash(.attachment, content).bytes.data
    let size = chain.suite.symmetricKeyByteCount + chain.suite.wrapOverheadByteCount
    sealed.keys = members.map { member in
      var key = RelayWrappedKey()
      key.recipient = member
      if let known = chain.genesis.members.first(where: { $0.id == member }) {
        key.keyID = Member.keyID(of: known.sealingKey, suite: chain.suite).data
      }
      key.wrapped = [UInt8](repeating: 0x33, count: size).data
      return key
    }
    return sealed
  }

  /// Takes the content from a packet.
  static func empty(_ packet: inout RelayPacket) {
    packet.schema = 0
    packet.schemaVersion = 0
    packet.commitment = [UInt8]().data
  }

  func packet(_ key: String, timeoutMs: UInt64? = nil) -> RelayPacket {
    var notice = RelayNotice()
    notice.matter = "archive-relocation"
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = here.id.data
    packet.destinationChain = there.id.data
    packet.channel = Self.channel
    packet.messageType = "notice"
    packet.schema = 1
    packet.schemaVersion = 1
    packet.commitment = [UInt8](repeating: 0x44, count: 32).data
    packet.sender = "sender"
    packet.recipient = "clerk"
    packet.timeoutMs = timeoutMs ?? there.timeMs + 3_600_000
    packet.policy = "release-1"
    packet.purpose = "relocation of an archive"
    packet.businessKey = key
    packet.body = notice.encoded.data
    return packet
  }

  func send(
    _ key: String, timeoutMs: UInt64? = nil, _ change: (inout RelaySend) -> Void = { _ in }
  ) -> Request {
    let content = Array("sealed \(key)".utf8)
    var call = RelaySend()
    call.packet = packet(key, timeoutMs: timeoutMs)
    call.sealed = Self.sealed(content, on: here)
    change(&call)
    return Request(method: "send", arguments: call.encoded, contents: [content])
  }

  /// Sends and makes the packet provable.
  func givenSent(
    _ key: String, timeoutMs: UInt64? = nil, _ change: (inout RelaySend) -> Void = { _ in }
  ) throws {
    try here.given("sender", send(key, timeoutMs: timeoutMs, change))
    try here.run()
  }
}

/// What a router carries.
extension Crossing {
  struct Evidence {
    let name: RelayHeaderName
    let anchor: Ledger.Anchor
  }

  static func update(_ link: WireEpochLink, revision: UInt64 = 1) throws -> Request {
    var call = RelayUpdate()
    let header = try WireBlockHeader(strict: link.last.header.octets, limit: Limits.headerBytes)
    call.header.chainID = header.chainID
    call.header.revision = revision
    call.header.height = header.height
    call.epoch = header.epoch
    call.link = link.encoded.data
    return Request(method: "update", arguments: call.encoded)
  }

  static func update(_ proven: ProvenHeader, revision: UInt64 = 1) throws -> Request {
    var link = WireEpochLink()
    link.last = proven.wire
    return try update(link, revision: revision)
  }

  /// The epoch up to which `chain` follows `other`.
  static func knownEpoch(of other: RelayChain, on chain: RelayChain, revision: UInt64) throws
    -> UInt64
  {
    let client = try chain.value(
      of: RelayContract.client(other.id, revision: revision), as: RelayClient.self)
    let record = try chain.value(of: TrustedChain.asset(other.id), as: WireChainRecord.self)
    return client?.epoch ?? record?.epoch ?? 0
  }

  /// Brings the newest header of a chain, and what leads to it, to the other.
  @discardableResult
  static func sync(
    _ source: RelayChain, to chain: RelayChain, revision: UInt64 = 1
  ) throws -> Evidence {
    struct NoHeader: Error {}
    let known = try knownEpoch(of: source, on: chain, revision: revision)
    guard let anchor = try source.ledger.anchor() else { throw NoHeader() }
    for link in try source.ledger.epochLinks(from: known) {
      try chain.given("router", update(link, revision: revision))
    }
    let header = anchor.proven.header
    var name = RelayHeaderName()
    name.chainID = source.id.data
    name.revision = revision
    name.height = header.height
    if try chain.ledger.asset(
      RelayContract.header(source.id, revision: revision, height: header.height)) == nil
    {
      try chain.given("router", update(anchor.proven, revision: revision))
    }
    return Evidence(name: name, anchor: anchor)
  }

  func receive(
    _ sequence: UInt64, _ evidence: Evidence, content: String = "sealed again",
    _ change: (inout RelayReceive, inout WireValueProof) throws -> Void = { _, _ in }
  ) throws -> Request {
    let content = Array(content.utf8)
    var call = RelayReceive()
    call.channel = Self.channel
    call.header = evidence.name
    call.sealed = Self.sealed(content, to: ["clerk"], on: there)
    if let sent = try here.sent(sequence), sent.hasSealed {
      call.records = Self.records(from: sent, on: here, to: call.sealed, on: there)
    }
    var proof = try here.ledger.prove(
      RelayContract.sent(Self.channel, sequence), at: evidence.anchor
    ).value
    try change(&call, &proof)
    call.proof = proof.encoded.data
    return Request(method: "receive", arguments: call.encoded, contents: [content])
  }

  /// Records of a router beside each chain. Their signatures are none: no contract checks them.
  static func records(
    from sent: RelaySentPacket, on source: RelayChain, to sealed: RelaySealed,
    on destination: RelayChain
  ) -> [RelayReencryption] {
    var body = RelayReencryptionBody()
    body.channel = sent.packet.channel
    body.sequence = sent.packet.sequence
    body.sourceChain = sent.packet.sourceChain
    body.commitment = sent.packet.commitment
    body.router = "router-\(source.genesis.name.prefix(1))"
    body.suiteIn = source.suite.id.name
    body.digestIn = sent.sealed.attachment
    body.suiteOut = "intl"
    body.digestOut = [UInt8](repeating: 0x66, count: 32).data
    body.keyIDOut = [UInt8](repeating: 0x77, count: 8).data
    body.timeMs = 1
    let first = body
    body.router = "router-\(destination.genesis.name.prefix(1))"
    body.suiteIn = body.suiteOut
    body.digestIn = body.digestOut
    body.suiteOut = destination.suite.id.name
    body.digestOut = sealed.attachment
    body.keyIDOut = sealed.keys[0].keyID
    return [first, body].map { body in
      var record = RelayReencryption()
      record.body = body.encoded.data
      record.signature = [UInt8](repeating: 0x88, count: 64).data
      return record
    }
  }

  func skip(_ sequence: UInt64, _ evidence: Evidence) throws -> Request {
    var call = RelaySkip()
    call.channel = Self.channel
    call.header = evidence.name
    call.proof = try here.ledger.prove(
      RelayContract.sent(Self.channel, sequence), at: evidence.anchor
    ).value.encoded.data
    return Request(method: "skip", arguments: call.encoded)
  }

  func acknowledge(
    _ sequence: UInt64, _ evidence: Evidence,
    _ change: (inout RelayAcknowledge, inout WireValueProof) throws -> Void = { _, _ in }
  ) throws -> Request {
    var call = RelayAcknowledge()
    call.channel = Self.channel
    call.header = evidence.name
    var proof = try there.ledger.prove(
      RelayContract.received(Self.channel, sequence), at: evidence.anchor
    ).value
    try change(&call, &proof)
    call.proof = proof.encoded.data
    return Request(method: "acknowledge", arguments: call.encoded)
  }

  /// - Parameter passed: Height of a header at or after the timeout.
  func timeOut(
    _ sequence: UInt64, passed: UInt64, _ evidence: Evidence,
    _ change: (inout RelayTimeOut, inout WireAbsenceProof) throws -> Void = { _, _ in }
  ) throws -> Request {
    var call = RelayTimeOut()
    if let sent = try here.sent(sequence) { call.packet = sent.packet }
    call.header = evidence.name
    call.passedHeight = passed
    var proof = try there.ledger.prove(
      RelayContract.received(Self.channel, sequence), at: evidence.anchor
    ).absence
    try change(&call, &proof)
    call.proof = proof.encoded.data
    return Request(method: "timeOut", arguments: call.encoded)
  }

  static func decide(_ sequence: UInt64, _ failure: RelayFailure) -> Request {
    var call = RelayDecide()
    call.channel = channel
    call.sequence = sequence
    call.failure = failure
    return Request(method: "decide", arguments: call.encoded)
  }

  static func lapse(_ sequence: UInt64) -> Request {
    var call = RelayLapse()
    call.channel = channel
    call.sequence = sequence
    return Request(method: "lapse", arguments: call.encoded)
  }

  /// A notice that its recipient confirms is sent and arrives, provably.
  func givenOpen(_ key: String, timeoutMs: UInt64? = nil) throws {
    try givenSent(key, timeoutMs: timeoutMs) { $0.packet.messageType = "notice.confirmed" }
    try givenReceived(here.channel().sent)
  }

  /// The packet arrives, provably.
  func givenReceived(_ sequence: UInt64) throws {
    try there.given("router", receive(sequence, Self.sync(here, to: there)))
    try there.run()
  }

  /// The source learns of a header at or after this time that has been executed.
  func givenPassed(_ timeMs: UInt64) throws -> (passed: UInt64, Evidence) {
    try there.run(at: max(timeMs, there.timeMs + 1))
    let passed = try Self.sync(there, to: here).name.height
    try there.run()
    return (passed, try Self.sync(there, to: here))
  }
}

/// A refusal that a test expects.
struct Expected: Equatable {
  let code: String
  let field: String
  let value: String

  init(_ code: Refusal.Code, _ field: String, _ value: String) {
    self.code = code.name
    self.field = field
    self.value = value
  }

  init?(_ receipt: Receipt) {
    guard case .refused(let refused) = receipt.outcome else { return nil }
    code = refused.code
    field = refused.field
    value = refused.value
  }
}
