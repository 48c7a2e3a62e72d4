import ContractEngine
import Cryptography
import LedgerModel
import SwiftProtobuf
import TestLedger
import Testing
import Wire

@testable import BuiltinContracts

/// What no message type may break, over states made from seeds.
struct SettlingPropertyTests {
  private static let seeds: ClosedRange<UInt64> = 1...300

  @Test(
    "Whatever the source's asset has become, a packet is settled, once, and takes no more room",
    arguments: RelayContract.messageTypeNames)
  func settles(name: String) throws {
    let type = try #require(RelayContract.messageType(name))
    for seed in Self.seeds { try Self.settles(type, seed) }
  }

  private static func settles<Kind: MessageType>(_ type: Kind.Type, _ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let packet = Sample.packet(&random)
    let before = try #require(Sample.value(of: Kind.Origin.self, &random) as? Kind.Origin)
    // An asset that others change may be full; one of the type's own is small.
    let room = before is InvoiceState ? 0 : RelayContract.Limit.resultBytes + 16
    for failure in RelayFailure.allCases {
      var outcome = RelayAcknowledgement()
      outcome.failure = failure
      outcome.result = [UInt8](repeating: 7, count: RelayContract.Limit.resultBytes).data
      func settled(_ value: Kind.Origin) -> Kind.Origin {
        failure == .none
          ? type.acknowledged(value, packet, outcome)
          : type.compensated(value, packet, because: outcome)
      }
      let after = settled(before)
      #expect(after.encoded.count <= before.encoded.count + room, "seed \(seed), \(failure)")
      #expect(settled(after).encoded == after.encoded, "seed \(seed), \(failure)")
      if let before = before as? InvoiceState, let after = after as? InvoiceState {
        #expect(Sample.apart(from: packet, before) == Sample.apart(from: packet, after))
        let plain = before.postings.filter { !$0.hasPassage }
        #expect(plain.allSatisfy(after.postings.contains), "seed \(seed), \(failure)")
      }
    }
  }

  @Test("Compensating gives back what sending put aside, and acknowledging makes it final")
  func restores() throws {
    var sent: [String: Int] = [:]
    var freed = 0
    for seed in Self.seeds {
      var random = SeededGenerator(seed: seed)
      let packet = Sample.packet(&random)
      let invoice = Sample.invoice(&random, underWay: false)
      let expiry = random.pick([Sample.now + 50, Sample.now + 60])
      let id = random.pick(["V1", "V2", "V3"])

      var lock = RelayLockInvoice()
      lock.purpose = "claim"
      lock.expiresMs = expiry
      let held = try Self.after(LockMessage.self, lock, packet, invoice, &sent) { before in
        // A lock that had expired counts as none.
        if before.hold(atMs: Sample.now) == nil { before.clearHold() }
      }
      #expect(held?.hold(atMs: Sample.now)?.party.id ?? "fund" == "fund", "seed \(seed)")

      var unlock = RelayUnlockInvoice()
      unlock.expiresMs = expiry
      let free = try Self.after(UnlockMessage.self, unlock, packet, invoice, &sent)
      let ownHold = invoice.hasHold && invoice.hold.holder == "fund" && invoice.hold.chain.isEmpty
      if let free, ownHold, invoice.hold.expiresMs == expiry {
        #expect(!free.hasHold, "seed \(seed)")
        freed += 1
      }

      var post = RelayPostInvoice()
      post.amountFen = Int64(1 + random.next() % 40)
      post.unit = "office"
      post.postingID = id
      let posted = try Self.after(PostMessage.self, post, packet, invoice, &sent)
      if let posted {
        #expect(posted.posting(id, of: InvoiceParty(id: "office")) != nil, "seed \(seed)")
        #expect(posted.postedFen <= posted.facts.amountFen, "seed \(seed)")
      }

      var unpost = RelayUnpostInvoice()
      unpost.unit = "office"
      unpost.postingID = id
      let unposted = try Self.after(UnpostMessage.self, unpost, packet, invoice, &sent)
      #expect(
        unposted.flatMap { $0.posting(id, of: InvoiceParty(id: "office")) } == nil, "seed \(seed)")
    }
    // Otherwise this would not say much.
    for name in ["invoice.lock", "invoice.unlock", "invoice.post", "invoice.unpost"] {
      #expect(sent[name, default: 0] >= 20, "\(sent)")
    }
    #expect(freed >= 5)
  }

  /// The invoice after an act that could be sent, acknowledged.
  private static func after<Act: InvoiceAct>(
    _ act: Act.Type, _ body: Act.Body, _ packet: RelayPacket, _ invoice: InvoiceState,
    _ count: inout [String: Int], except change: (inout InvoiceState) -> Void = { _ in }
  ) throws -> InvoiceState? {
    guard let sent = try? act.sent(packet, body, invoice, Sample.scope) else { return nil }
    count[act.name, default: 0] += 1
    var failed = RelayAcknowledgement()
    failed.failure = .timedOut
    var before = invoice
    change(&before)
    #expect(act.compensated(sent, packet, because: failed) == before)
    let after = act.acknowledged(sent, packet, RelayAcknowledgement())
    #expect(!after.hold.hasPassage && after.postings.allSatisfy { !$0.hasPassage })
    return after
  }
}

/// Values from seeds.
private enum Sample {
  static let now: UInt64 = 100

  /// What `fund` of `office` does at `now`.
  static var scope: CallScope {
    CallScope(
      chainID: SuiteID.intl.suite.hash(.query, []),
      caller: Member(
        id: "fund", organisation: "office", roles: [InvoiceContract.reimburser],
        region: .everywhere, signingKey: [], sealingKey: []),
      height: 1, timeMs: now, attachments: [], suite: SuiteID.intl.suite, touches: [],
      read: { _ in nil })
  }

  static func packet(_ random: inout SeededGenerator) -> RelayPacket {
    var packet = RelayPacket()
    packet.channel = random.pick(["c", "d"])
    packet.sequence = 1 + random.next() % 3
    return packet
  }

  static func value(
    of type: any Message.Type, _ random: inout SeededGenerator
  ) -> any Message {
    switch type {
    case is InvoiceState.Type: return invoice(&random, underWay: true)
    case is RelaySettlementState.Type:
      var state = RelaySettlementState()
      state.settlement.id = random.pick(["S1", "S2"])
      state.status = random.pick(RelaySettlementState.Status.allCases)
      state.failure = random.pick(RelayFailure.allCases)
      return state
    case is RelaySentNotice.Type:
      var sent = RelaySentNotice()
      sent.status = random.pick(RelaySentNotice.Status.allCases)
      sent.failure = random.pick(RelayFailure.allCases)
      return sent
    default:
      var sent = RelaySentMessage()
      sent.status = random.pick(RelaySentMessage.Status.allCases)
      sent.failure = random.pick(RelayFailure.allCases)
      return sent
    }
  }

  static func invoice(_ random: inout SeededGenerator, underWay: Bool) -> InvoiceState {
    let chains: [[UInt8]] = [[], [0xaa]]
    var invoice = InvoiceState()
    invoice.facts.amountFen = Int64(40 + random.next() % 60)
    invoice.redFlushed = random.next().isMultiple(of: 8)
    for id in ["V1", "V2", "V3"] where random.next().isMultiple(of: 2) {
      var posting = InvoicePosting()
      posting.postingID = id
      posting.unit = random.pick(["office", "insurer"])
      posting.chain = random.pick(chains).data
      posting.amountFen = Int64(1 + random.next() % 20)
      if underWay, random.next().isMultiple(of: 2) { posting.passage = passage(&random) }
      invoice.postings.append(posting)
    }
    if random.next().isMultiple(of: 2) {
      invoice.hold.holder = random.pick(["fund", "fund", "insurer"])
      invoice.hold.chain = random.pick(chains).data
      invoice.hold.purpose = "claim"
      invoice.hold.expiresMs = random.pick([now - 1, now + 50, now + 50])
      if underWay, random.next().isMultiple(of: 2) { invoice.hold.passage = passage(&random) }
    }
    return invoice
  }

  private static func passage(_ random: inout SeededGenerator) -> InvoicePassage {
    var passage = InvoicePassage()
    passage.channel = random.pick(["c", "d"])
    passage.sequence = 1 + random.next() % 3
    passage.ending = random.next().isMultiple(of: 2)
    return passage
  }

  /// The invoice without anything that this packet tells of.
  static func apart(from packet: RelayPacket, _ invoice: InvoiceState) -> InvoiceState {
    var invoice = invoice
    invoice.postings.removeAll { Self.tells(packet, $0.passage) || !$0.hasPassage }
    if tells(packet, invoice.hold.passage) || !invoice.hold.hasPassage { invoice.clearHold() }
    return invoice
  }

  private static func tells(_ packet: RelayPacket, _ passage: InvoicePassage) -> Bool {
    passage.channel == packet.channel && passage.sequence == packet.sequence
  }
}

extension SeededGenerator {
  fileprivate mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }
}
