import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import RouterCore
import Wire

/// The real machine of a router over a chain that is in memory.
final class SimulatedRouter {
  static let members = ["router", "router-2"]

  let chain: RelayChain
  /// Of its chain, and among the routers of that chain.
  let index: Int
  let number: Int
  let keys: RouterKeys
  private let signing: PrivateKey
  private let sealing: PrivateKey
  private var carrier: PacketCarrier
  var core: RouterCore
  /// Starts so far: what was meant for an earlier life is lost.
  private(set) var life = 0

  var member: String { Self.members[number] }

  init(chain: RelayChain, index: Int, number: Int) throws {
    self.chain = chain
    self.index = index
    self.number = number
    let suite = SuiteID.intl.suite
    func key(_ use: KeyUse) throws -> PrivateKey {
      try suite.privateKey(
        SecretBytes(
          copying: [UInt8](repeating: UInt8(200 + 10 * index + number), count: 31)
            + [use.rawValue]),
        use: use)
    }
    sealing = try key(.sealing)
    signing = try key(.signing)
    keys = RouterKeys(
      name: "router-of-\(RouterWorld.names[index])-\(number)", suite: suite,
      signing: signing, sealing: sealing)
    carrier = try Self.carrier(keys, Self.members[number], on: chain, former: [])
    core = Self.core(Self.members[number])
  }

  private static func core(_ member: String) -> RouterCore {
    RouterCore(member: member, channels: [Crossing.channel])
  }

  private static func carrier(
    _ keys: RouterKeys, _ member: String, on chain: RelayChain, former: [PrivateKey]
  ) throws -> PacketCarrier {
    PacketCarrier(
      keys: keys, member: member, opening: try [chain.sealingKey(of: member)] + former,
      suite: chain.suite,
      fresh: { suite in
        (
          SecretBytes(randomByteCount: suite.symmetricKeyByteCount),
          randomBytes(suite.nonceByteCount)
        )
      })
  }

  func restart() {
    life += 1
    core = Self.core(member)
  }

  /// Goes on with the key that its member has now.
  func takeKey(keepingFormer: Bool) throws {
    let former = keepingFormer ? chain.formerSealingKeys[member] ?? [] : []
    carrier = try Self.carrier(keys, member, on: chain, former: former)
  }

  /// As the terms of channels on the other chain name it.
  var record: WireRouterRecord {
    var record = WireRouterRecord()
    record.name = keys.name
    record.signingKey = keys.id.key.data
    record.sealingKey = sealing.publicKey.encoded.data
    return record
  }

  func view() throws -> ChannelView? {
    guard
      let terms = try chain.value(
        of: Channel.asset(Crossing.channel), as: WireChannelRecord.self),
      let record = try chain.value(
        of: TrustedChain.asset(terms.remoteChain.octets), as: WireChainRecord.self)
    else { return nil }
    return ChannelView(
      terms: terms, state: try chain.channel(), chain: record,
      client: try chain.value(
        of: RelayContract.client(terms.remoteChain.octets, revision: record.revision),
        as: RelayClient.self),
      timeMs: chain.timeMs)
  }

  /// What it answers to a question, as far as its chain's newest header proves it.
  func answer(_ ask: WireRouterAsk, to asker: SimulatedRouter, nowMs: UInt64) -> WireRouterAnswer? {
    guard let view = try? view(), let serving = try? Serving(ask, view),
      let anchor = try? chain.ledger.anchor()
    else { return nil }
    let items = serving.assets.compactMap { try? chain.ledger.prove($0, at: anchor) }
    let passed = (try? chain.ledger.headers(from: anchor.height, limit: 1))?.first
    var (answer, packets) = serving.answer(
      items, header: anchor.proven.wire,
      links: (try? chain.ledger.epochLinks(from: ask.knownEpoch)) ?? [],
      passed: passed.map { ($0.wire, $0.header.timeMs) })
    answer.packets = packets.compactMap { packet in
      let digest = Digest(packet.sent.sealed.attachment.octets)
      let ciphertext = digest.flatMap { chain.contents[$0] }
      return try? carrier.carry(
        packet.proof, packet.sent, ciphertext: ciphertext, to: asker.record, timeMs: nowMs)
    }
    return answer
  }

  /// Puts other content into what it answers, sealed and recorded as if it were the right one.
  func exchangeContent(in answer: inout WireRouterAnswer, for asker: SimulatedRouter) throws {
    for index in answer.packets.indices where !answer.packets[index].ciphertext.isEmpty {
      let proof = answer.packets[index].proof
      let packet = try RelaySentPacket(strict: proof.value.octets, limit: Limits.valueBytes).packet
      let suite = keys.suite
      let key = SecretBytes(randomByteCount: suite.symmetricKeyByteCount)
      let ciphertext = try PacketContent([1, 2, 3], blinding: [UInt8](repeating: 9, count: 32))
        .sealed(
          in: packet, .between, key: key, nonce: randomBytes(suite.nonceByteCount), suite: suite)
      var record = try RelayReencryption(
        strict: answer.packets[index].record.octets, limit: Limits.argumentBytes)
      var body = try RelayReencryptionBody(
        strict: record.body.octets, limit: Limits.argumentBytes)
      body.digestOut = suite.hash(.attachment, ciphertext).bytes.data
      record.body = body.encoded.data
      record.signature = try suite.sign(
        suite.hash(.reencryption, body.encoded).bytes.span, with: signing
      ).bytes.data
      answer.packets[index].ciphertext = ciphertext.data
      answer.packets[index].wrapped = try suite.wrap(key, to: asker.sealing.publicKey).data
      answer.packets[index].record = record.encoded.data
    }
  }

  func judge(
    _ answer: WireRouterAnswer, from sender: RouterID, _ view: ChannelView,
    _ unsettled: RouterCore.Unsettled, nowMs: UInt64
  ) -> Judgement {
    guard let record = view.router(sender) else { return Judgement(calls: [], fault: nil) }
    var recipients: [String: [UInt8]] = [:]
    for id in AnswerJudge.recipients(answer) {
      if let member = try? chain.value(of: Member.asset(id), as: WireMemberRecord.self) {
        recipients[id] = member.sealingKey.octets
      }
    }
    return AnswerJudge(
      view, carrier, from: record, recipients: recipients, unsettled: unsettled, timeMs: nowMs
    ).judge(answer)
  }
}
