import ContractEngine
import Cryptography
import LedgerModel
import SwiftProtobuf
import Testing
import Wire

@testable import BuiltinContracts

/// What message types refuse at the destination, and the codes that its source then keeps.
struct MessageRefusalTests {
  private let packet: RelayPacket
  /// Where the destination keeps that it shared invoice `n` with the source.
  private static let share = AssetID(
    namespace: "message.sent", key: "invoice.share:c:n@0707070708080808")
  private let other = [UInt8](repeating: 9, count: 32).data

  init() {
    var packet = RelayPacket()
    packet.sourceChain = [UInt8](repeating: 8, count: 32).data
    packet.destinationChain = [UInt8](repeating: 7, count: 32).data
    packet.schema = 1
    packet.sender = "fund"
    packet.recipient = "patient"
    self.packet = packet
  }

  /// The code with which a type refuses the packet, where it finds this value and this invoice.
  private func refused<Kind: MessageType>(
    _ type: Kind.Type, _ body: Kind.Body, before: Kind.Delivery?, invoice: InvoiceState? = nil,
    share: RelaySentMessage? = nil
  ) throws -> String? {
    var packet = packet
    packet.body = body.encoded.data
    let assets = type.besides(packet, .received) + [type.delivery(packet)]
    var scope = self.scope(touching: assets) { asset in
      switch asset {
      case InvoiceContract.asset(code: "c", number: "n"): invoice?.encoded
      case Self.share: share?.encoded
      default: nil
      }
    }
    do {
      _ = try type.received(packet, RelaySealed(), body, before, &scope)
      return nil
    } catch {
      return error.code.name
    }
  }

  private func scope(
    touching assets: [AssetID], _ value: @escaping @Sendable (AssetID) -> [UInt8]?
  ) -> CallScope {
    CallScope(
      chainID: SuiteID.intl.suite.hash(.query, []),
      caller: Member(
        id: "router", organisation: "office", roles: [InvoiceContract.reimburser],
        region: .everywhere, signingKey: [], sealingKey: []),
      height: 1, timeMs: 100, attachments: [], suite: SuiteID.intl.suite, touches: assets,
      read: { asset in
        let digest = SuiteID.intl.suite.hash(.query, [])
        return value(asset).map {
          AssetState(
            leaf: AssetLeaf(sequence: 0, head: digest, valueDigest: digest, position: 0),
            value: $0)
        }
      })
  }

  @Test("A document under another chain's key is refused, and the key stays that chain's")
  func otherDocument() throws {
    var before = RelayReceivedDocument()
    before.origin = other
    before.version = 1
    var document = RelayDocument()
    document.key = "k"
    document.version = 2
    #expect(
      try refused(DocumentMessage<PolicyShare>.self, document, before: before)
        == "message.other_origin")
    before.origin = packet.sourceChain
    #expect(try refused(DocumentMessage<PolicyShare>.self, document, before: before) == nil)
  }

  @Test("The status of an invoice is told by its origin, and a paper exchange by one paper")
  func status() throws {
    var invoice = InvoiceState()
    invoice.origin.chain = other
    var status = RelayInvoiceStatus()
    status.paperCode = "p"
    status.paperNumber = "2"
    #expect(try refused(StatusMessage.self, status, before: nil) == "invoice.not_found")
    #expect(try refused(StatusMessage.self, status, before: invoice) == "invoice.other_origin")
    invoice.origin.chain = packet.sourceChain
    #expect(try refused(StatusMessage.self, status, before: invoice) == nil)
    invoice.paper.code = "p"
    invoice.paper.number = "1"
    #expect(
      try refused(StatusMessage.self, status, before: invoice) == "invoice.already_exchanged")
  }

  @Test("An institution that is written in other bytes is another, though it looks the same")
  func facts() throws {
    var invoice = InvoiceState()
    invoice.facts.institution = "caf\u{e9}"
    var share = RelayInvoiceShare()
    share.facts.institution = "cafe\u{301}"
    #expect(try refused(ShareMessage.self, share, before: invoice) == "invoice.conflict")
    share.facts = invoice.facts
    #expect(try refused(ShareMessage.self, share, before: invoice) == "invoice.duplicate")
  }

  @Test("A grant of another chain is kept once, and ended by who made it")
  func grants() throws {
    var invoice = InvoiceState()
    invoice.origin.chain = packet.sourceChain
    var grant = InvoiceGrant()
    grant.grantor = "patient"
    grant.grantee = "g"
    grant.sinceMs = 5
    grant.chain = packet.sourceChain
    var body = RelayInvoiceGrantee()
    body.grantee = "g"
    body.sinceMs = 5
    #expect(try refused(RevokeMessage.self, body, before: invoice) == "invoice.not_authorised")
    invoice.grants = [grant]
    #expect(
      try refused(AuthoriseMessage.self, body, before: invoice) == "invoice.already_authorised")
    #expect(try refused(RevokeMessage.self, body, before: invoice) == "invoice.not_authorised")
    invoice.grants[0].grantor = "fund"
    #expect(try refused(RevokeMessage.self, body, before: invoice) == nil)
    // A member of this chain who is called the same is another.
    invoice.grants[0].chain = [UInt8]().data
    #expect(try refused(AuthoriseMessage.self, body, before: invoice) == nil)
    invoice.grants = Array(repeating: invoice.grants[0], count: InvoiceContract.Limit.grants)
    #expect(try refused(AuthoriseMessage.self, body, before: invoice) == "contract.too_large")
  }

  @Test("A lock or posting of another chain's invoice is sent to that chain, and to no third one")
  func thirdChain() throws {
    var invoice = InvoiceState()
    invoice.facts.code = "c"
    invoice.facts.number = "n"
    invoice.facts.amountFen = 5
    invoice.origin.chain = other
    var lock = RelayLockInvoice()
    lock.expiresMs = 200
    var post = RelayPostInvoice()
    post.unit = "office"
    post.amountFen = 5
    func refused<Act: InvoiceAct>(_ act: Act.Type, _ body: Act.Body, to chain: [UInt8])
      -> String?
    {
      var packet = packet
      packet.destinationChain = chain.data
      do {
        _ = try act.sent(packet, body, invoice, scope(touching: []) { _ in nil })
        return nil
      } catch {
        return error.code.name
      }
    }
    let third = packet.sourceChain.octets
    #expect(refused(LockMessage.self, lock, to: third) == "invoice.other_origin")
    #expect(refused(PostMessage.self, post, to: third) == "invoice.other_origin")
    #expect(refused(LockMessage.self, lock, to: other.octets) == nil)
    #expect(refused(PostMessage.self, post, to: other.octets) == nil)
    // What the origin was asked about is told.
    invoice.hold.holder = "router"
    invoice.hold.expiresMs = 200
    #expect(refused(LockMessage.self, lock, to: third) == nil)
  }

  @Test("A settlement needs a usable invoice, and an id that is not known")
  func settlement() throws {
    var invoice = InvoiceState()
    invoice.origin.chain = packet.sourceChain
    invoice.facts.amountFen = 5
    var settlement = RelaySettlement()
    settlement.id = "S1"
    settlement.code = "c"
    settlement.number = "n"
    #expect(
      try refused(SettlementUpload.self, settlement, before: nil) == "invoice.not_found")
    #expect(try refused(SettlementUpload.self, settlement, before: nil, invoice: invoice) == nil)
    #expect(
      try refused(
        SettlementUpload.self, settlement, before: RelaySettlementState(), invoice: invoice)
        == "message.settlement_known")
    invoice.redFlushed = true
    #expect(
      try refused(SettlementUpload.self, settlement, before: nil, invoice: invoice)
        == "invoice.red_flushed")
  }

  @Test("What another chain does with an invoice needs that one of the two shared it")
  func notShared() throws {
    var invoice = InvoiceState()
    invoice.facts.code = "c"
    invoice.facts.number = "n"
    invoice.facts.amountFen = 5
    var lock = RelayLockInvoice()
    lock.code = "c"
    lock.number = "n"
    lock.expiresMs = 200
    var unlock = RelayUnlockInvoice()
    unlock.code = "c"
    unlock.number = "n"
    var post = RelayPostInvoice()
    post.code = "c"
    post.number = "n"
    post.amountFen = 1
    var unpost = RelayUnpostInvoice()
    unpost.code = "c"
    unpost.number = "n"
    var grant = RelayInvoiceGrantee()
    grant.code = "c"
    grant.number = "n"
    var settlement = RelaySettlement()
    settlement.code = "c"
    settlement.number = "n"
    func codes(_ invoice: InvoiceState, _ share: RelaySentMessage?) throws -> [String?] {
      [
        try refused(LockMessage.self, lock, before: invoice, share: share),
        try refused(UnlockMessage.self, unlock, before: invoice, share: share),
        try refused(PostMessage.self, post, before: invoice, share: share),
        try refused(UnpostMessage.self, unpost, before: invoice, share: share),
        try refused(AuthoriseMessage.self, grant, before: invoice, share: share),
        try refused(RevokeMessage.self, grant, before: invoice, share: share),
        try refused(
          SettlementUpload.self, settlement, before: nil, invoice: invoice, share: share),
      ]
    }
    let none = [String?](repeating: "message.not_shared", count: 7)
    let rules = [
      nil, "invoice.not_locked", nil, "invoice.posting_not_found", nil, "invoice.not_authorised",
      nil,
    ]
    var share = RelaySentMessage()
    #expect(try codes(invoice, nil) == none)
    #expect(try codes(invoice, share) == rules)
    share.status = .delivered
    #expect(try codes(invoice, share) == rules)
    share.status = .undelivered
    #expect(try codes(invoice, share) == none)
    invoice.origin.chain = packet.sourceChain
    #expect(try codes(invoice, nil) == rules)
    // A third chain's, whatever this one tells the source of it.
    invoice.origin.chain = other
    share.status = .delivered
    #expect(try codes(invoice, share) == none)
  }

  @Test("Every code of message types has a name that fits a result, and a remedy")
  func codes() {
    let codes = RelayContract.messageCodes + InvoiceContract.relayedCodes
    #expect(Set(codes.map(\.name)).count == codes.count)
    for code in codes + InvoiceContract.codes + RelayContract.codes {
      #expect(code.name.utf8.count <= RelayContract.Limit.resultBytes)
      #expect(!code.remedy.isEmpty)
      #expect(BuiltinContracts.code(code.name) == code)
    }
  }
}
