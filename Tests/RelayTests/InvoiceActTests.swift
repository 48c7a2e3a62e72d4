import BuiltinContracts
import Cryptography
import LedgerModel
import SwiftProtobuf
import Testing
import Wire

/// What members of one chain do with an invoice that another chain has as well.
struct InvoiceActTests {
  private let story: Exchange
  private let asset = InvoiceContract.asset(code: Exchange.code, number: "1")

  /// Finance recorded invoice 1, of 100 yuan; the province has it.
  init() throws {
    story = try Exchange()
    try story.givenShared("1")
  }

  private var invoice: InvoiceState {
    get throws { try #require(try story.province.invoice("1")) }
  }

  private var atFinance: InvoiceState {
    get throws { try #require(try story.finance.invoice("1")) }
  }

  private func packet(
    _ type: String, _ body: some Message, by member: String = "fund",
    from chain: RelayChain? = nil, lasting: UInt64 = 3_600_000
  ) -> RelayPacket {
    story.packet(
      type, body, by: member, from: chain ?? story.province, to: "clerk", hasContent: false,
      lasting: lasting)
  }

  private func lock(until expiresMs: UInt64, lasting: UInt64 = 3_600_000) -> RelayPacket {
    var lock = RelayLockInvoice()
    lock.code = Exchange.code
    lock.number = "1"
    lock.purpose = "claim"
    lock.expiresMs = expiresMs
    return packet("invoice.lock", lock, lasting: lasting)
  }

  private func unlock(
    _ expiresMs: UInt64, from chain: RelayChain? = nil, lasting: UInt64 = 3_600_000
  ) -> RelayPacket {
    var unlock = RelayUnlockInvoice()
    unlock.code = Exchange.code
    unlock.number = "1"
    unlock.expiresMs = expiresMs
    return packet("invoice.unlock", unlock, from: chain, lasting: lasting)
  }

  private func post(
    _ amountFen: Int64, _ id: String, by member: String = "fund", from chain: RelayChain? = nil,
    lasting: UInt64 = 3_600_000
  ) -> RelayPacket {
    var post = RelayPostInvoice()
    post.code = Exchange.code
    post.number = "1"
    post.amountFen = amountFen
    post.unit = "office"
    post.postingID = id
    return packet("invoice.post", post, by: member, from: chain, lasting: lasting)
  }

  private func unpost(
    _ id: String, from chain: RelayChain? = nil, lasting: UInt64 = 3_600_000
  ) -> RelayPacket {
    var unpost = RelayUnpostInvoice()
    unpost.code = Exchange.code
    unpost.number = "1"
    unpost.unit = "office"
    unpost.postingID = id
    return packet("invoice.unpost", unpost, from: chain, lasting: lasting)
  }

  private func localUnlock() -> RelayChain.Request {
    var unlock = InvoiceUnlock()
    unlock.code = Exchange.code
    unlock.number = "1"
    return Exchange.call("unlock", unlock)
  }

  private func localUnpost(_ id: String) -> RelayChain.Request {
    var unpost = InvoiceUnpost()
    unpost.code = Exchange.code
    unpost.number = "1"
    unpost.postingID = id
    return Exchange.call("unpost", unpost)
  }

  private func send(_ packet: RelayPacket) throws {
    try story.givenSent(packet, from: story.province)
  }

  /// What the source knows of why its newest packet failed.
  private func expectFailure(
    _ code: String, at chain: RelayChain? = nil, _ place: SourceLocation = #_sourceLocation
  ) throws {
    let step = try #require(
      try (chain ?? story.province).lastStep(asset), sourceLocation: place)
    #expect(step.failure == .effect, sourceLocation: place)
    #expect(String(decoding: step.result, as: UTF8.self) == code, sourceLocation: place)
  }

  @Test("A lock holds here once it is sent, on both chains once it is received, and is then final")
  func lock() throws {
    let expiry = story.province.timeMs + 86_400_000
    try send(lock(until: expiry))
    #expect(try invoice.hold(atMs: story.province.timeMs)?.holder == "fund")
    let name = "\(Crossing.channel):1"
    #expect(
      Expected(try story.province.submit("fund", localUnlock()))
        == Expected(code("under_way", "invoice"), "packet", name))
    #expect(
      Expected(try story.send(lock(until: expiry + 1), from: story.province))
        == Expected(code("under_way", "invoice"), "packet", name))
    #expect(
      Expected(try story.send(post(1, "V1", by: "insurer"), from: story.province))?.code
        == "invoice.locked")

    try story.settle(from: story.province)

    #expect(try invoice.hold.hasPassage == false)
    #expect(try atFinance.hold.holder == "fund")
    #expect(try atFinance.hold.chain == story.province.id.data)
    // A member of the same name there is another.
    let refused = try story.finance.submit("fund", Exchange.post("1", 1, "V1"))
    #expect(
      Expected(refused)
        == Expected(
          code("locked", "invoice"), "holder",
          "\(story.province.id.hex.prefix(8)):fund until \(expiry)"))
    try story.province.given("fund", localUnlock())
  }

  @Test("A lock that finds the invoice held there is released here, with the reason in its trail")
  func lockRefused() throws {
    try story.finance.given(
      "insurer", Exchange.lock("1", until: story.finance.timeMs + 86_400_000))
    let before = try invoice
    try send(lock(until: story.province.timeMs + 86_400_000))

    try story.settle(from: story.province)

    #expect(try invoice == before)
    try expectFailure("invoice.locked")
    #expect(try atFinance.hold.holder == "insurer")
    #expect(try story.send(post(1, "V1", by: "insurer"), from: story.province).isDone)
  }

  @Test("A lock and a posting that did not arrive in time are released")
  func actsTimedOut() throws {
    let before = try invoice
    try send(lock(until: story.province.timeMs + 86_400_000, lasting: 60_000))
    try story.timeOut(from: story.province)
    #expect(try invoice == before)
    #expect(try story.province.lastStep(asset)?.failure == .timedOut)

    try send(post(10_000, "V1", lasting: 60_000))
    #expect(try invoice.postedFen == 10_000)
    try story.timeOut(from: story.province)
    #expect(try invoice == before)
    // Its business key is free again.
    #expect(try story.send(post(10_000, "V1"), from: story.province).isDone)
  }

  @Test("The end of a lock counts here once it is acknowledged")
  func unlock() throws {
    let expiry = story.province.timeMs + 86_400_000
    try send(lock(until: expiry))
    #expect(
      Expected(try story.send(unlock(expiry), from: story.province))?.code
        == "invoice.under_way")
    try story.settle(from: story.province)

    try send(unlock(expiry))
    #expect(try invoice.hold.passage.ending)
    #expect(
      Expected(try story.send(post(1, "V1", by: "insurer"), from: story.province))?.code
        == "invoice.locked")
    try story.settle(from: story.province)

    #expect(try invoice.hasHold == false)
    #expect(try atFinance.hasHold == false)
  }

  @Test("An unlock and an unpost that fail leave lock and posting in force")
  func endsRefused() throws {
    let finance = story.finance
    let expiry = finance.timeMs + 86_400_000
    // Made at the origin alone: the province knows of neither.
    try finance.given("fund", Exchange.post("1", 1, "V1"))
    try finance.given("fund", Exchange.lock("1", until: expiry))
    let before = try atFinance
    try story.givenSent(unlock(expiry, from: finance), from: finance)
    #expect(
      Expected(try finance.submit("fund", Exchange.lock("1", until: expiry + 1)))?.code
        == "invoice.under_way")
    try story.settle(from: finance)
    #expect(try atFinance == before)
    try expectFailure("invoice.not_locked", at: finance)

    try story.givenSent(unpost("V1", from: finance), from: finance)
    #expect(Expected(try finance.submit("fund", localUnpost("V1")))?.code == "invoice.under_way")
    try story.settle(from: finance)
    #expect(try atFinance == before)
    try expectFailure("invoice.posting_not_found", at: finance)

    try story.givenSent(unpost("V1", from: finance, lasting: 60_000), from: finance)
    try story.timeOut(from: finance)
    #expect(try atFinance == before)
    try finance.given("fund", localUnpost("V1"))
  }

  @Test("Nothing is done here with an invoice that was recorded here and never shared")
  func notShared() throws {
    var other = RelayPostInvoice()
    other.code = Exchange.code
    other.number = "2"
    other.amountFen = 1
    other.unit = "office"
    other.postingID = "V1"
    try story.givenRecorded("2", on: story.finance)
    try story.givenRecorded("2", on: story.province)
    let share = story.share("2")
    let before = try #require(try story.finance.invoice("2"))
    try send(packet("invoice.post", other))
    try story.settle(from: story.province)
    #expect(try story.province.sent(1)?.outcome.result.octets == Array("message.not_shared".utf8))

    // Nor with one that the other chain would not have of this one.
    try story.givenSent(share, from: story.finance)
    try story.settle(from: story.finance)
    #expect(try story.finance.message(share)?.status == .undelivered)
    try send(packet("invoice.post", other))
    try story.settle(from: story.province)
    #expect(try story.province.sent(2)?.outcome.result.octets == Array("message.not_shared".utf8))
    #expect(try story.finance.invoice("2") == before)
  }

  @Test("Where it was not recorded an invoice is neither locked, posted nor changed")
  func originAsked() throws {
    let province = story.province
    let before = try invoice
    var paper = InvoiceExchangePaper()
    paper.code = Exchange.code
    paper.number = "1"
    paper.paperCode = "P"
    paper.paperNumber = "9"
    let otherOrigin = Expected(code("other_origin", "invoice"), "invoice", "\(Exchange.code):1")
    #expect(Expected(try province.submit("fund", Exchange.post("1", 1, "V1"))) == otherOrigin)
    let lock = Exchange.lock("1", until: province.timeMs + 86_400_000)
    #expect(Expected(try province.submit("fund", lock)) == otherOrigin)
    var detail = InvoicePutDetail()
    detail.code = Exchange.code
    detail.number = "1"
    let further = Exchange.call("putDetail", detail)
    #expect(Expected(try province.submit("hospital", further)) == otherOrigin)
    let exchange = Exchange.call("exchangePaper", paper)
    #expect(Expected(try province.submit("hospital", exchange)) == otherOrigin)
    #expect(try invoice == before)
  }

  @Test("The end of what is not in force here is told, and ends it there")
  func endsTold() throws {
    let expiry = story.province.timeMs + 86_400_000
    try send(lock(until: expiry))
    try send(post(1, "V1"))
    try story.settle(from: story.province)
    try story.province.given("fund", localUnlock())
    try story.province.given("fund", localUnpost("V1"))
    let before = try invoice
    #expect(try atFinance.hasHold && atFinance.postedFen == 1)

    try send(unlock(expiry + 1))
    try send(unlock(expiry))
    try send(unpost("V1"))
    try story.settle(from: story.province)

    #expect(try story.province.sent(3)?.outcome.result.octets == Array("invoice.not_locked".utf8))
    #expect(try atFinance.hasHold == false)
    #expect(try atFinance.postings.isEmpty)
    #expect(try invoice == before)
  }

  @Test("A posting counts on both chains, and a second one from the other side is refused")
  func post() throws {
    try send(post(10_000, "V1"))
    #expect(
      Expected(try story.province.submit("fund", localUnpost("V1")))?.code == "invoice.under_way")
    try story.settle(from: story.province)

    let posting = try #require(try atFinance.postings.first)
    #expect(posting.unit == "office")
    #expect(posting.chain == story.province.id.data)
    #expect(posting.amountFen == 10_000)
    #expect(try invoice.postings.first?.hasPassage == false)
    #expect(
      Expected(try story.finance.submit("fund", Exchange.post("1", 1, "V1")))?.code
        == "invoice.posted_in_full")
    // Finance's own unit of the same name has no such posting.
    #expect(
      Expected(try story.finance.submit("fund", localUnpost("V1")))?.code
        == "invoice.posting_not_found")
  }

  @Test("A posting of what was posted there in full is released here, with the reason in its trail")
  func postRefused() throws {
    try story.finance.given("insurer", Exchange.post("1", 10_000, "V1"))
    let before = try invoice
    try send(post(10_000, "V2"))
    #expect(try invoice.postedFen == 10_000)

    try story.settle(from: story.province)

    #expect(try invoice == before)
    try expectFailure("invoice.posted_in_full")
    #expect(try story.province.sent(1)?.state == .compensated)
    #expect(try story.province.operations(asset) == ["receive", "send", "compensate"])
    #expect(try atFinance.postings.map(\.member) == ["insurer"])
  }

  @Test("A posting that counts here already is only told: it stays, whatever the other chain says")
  func postTold() throws {
    let finance = story.finance
    // Under way: finance does not know of it yet.
    try send(post(1, "V2", by: "insurer"))
    try finance.given("fund", Exchange.post("1", 10_000, "V1"))
    let before = try atFinance
    #expect(
      Expected(try story.send(post(9_000, "V1", from: finance), from: finance))?.code
        == "invoice.duplicate_posting")
    try story.givenSent(post(10_000, "V1", from: finance), from: finance)

    try story.settle(from: finance)

    #expect(try atFinance == before)
    try expectFailure("invoice.exceeds_remaining", at: finance)
  }

  @Test("The end of a posting counts here once it is acknowledged")
  func unpost() throws {
    try send(post(10_000, "V1"))
    try story.settle(from: story.province)
    try send(unpost("V1"))
    #expect(try invoice.postedFen == 10_000)

    try story.settle(from: story.province)

    #expect(try invoice.postings.isEmpty)
    #expect(try atFinance.postings.isEmpty)
    #expect(
      try story.finance.operations(asset) == ["putBlue", "receive", "receive"])
  }

  @Test("Only members who may do it here, and for their own unit, do it elsewhere")
  func roles() throws {
    let expiry = story.province.timeMs + 86_400_000
    func refused(_ packet: RelayPacket, by member: String) throws -> String? {
      var packet = packet
      packet.sender = member
      return Expected(try story.send(packet, from: story.province))?.code
    }
    for packet in [lock(until: expiry), unlock(expiry), post(1, "V1"), unpost("V1")] {
      #expect(try refused(packet, by: "sender") == "contract.not_permitted")
    }
    var other = RelayPostInvoice()
    other.code = Exchange.code
    other.number = "1"
    other.amountFen = 1
    other.unit = "people"
    other.postingID = "V1"
    #expect(try refused(packet("invoice.post", other), by: "fund") == "message.other_unit")
    #expect(
      Expected(try story.send(lock(until: 1), from: story.province))?.code
        == "invoice.lock_expiry")
    var misnamed = lock(until: expiry)
    misnamed.businessKey = "46060226:1"
    #expect(
      Expected(try story.send(misnamed, from: story.province))
        == Expected(
          code("malformed", "relay"), "packet.business_key",
          "46060226:1, for this body it is \(lock(until: expiry).businessKey)"))
  }

  @Test("A grant of the owner is told, and its end; neither is undone by the other chain's answer")
  func readers() throws {
    var authorise = InvoiceAuthorise()
    authorise.code = Exchange.code
    authorise.number = "1"
    authorise.grantee = "insurer"
    var key = InvoiceWrappedKey()
    let wrapped = Crossing.sealed([], to: ["insurer"], on: story.province).keys[0]
    key.recipient = wrapped.recipient
    key.keyID = wrapped.keyID
    key.wrapped = wrapped.wrapped
    authorise.keys = [key]
    try story.province.given("patient", Exchange.call("authorise", authorise))
    let granted = try invoice
    var grant = RelayInvoiceGrantee()
    grant.code = Exchange.code
    grant.number = "1"
    grant.grantee = "insurer"
    grant.sinceMs = try #require(granted.grant(to: "insurer")).sinceMs
    let told = packet("invoice.authorise", grant, by: "patient")
    let ended = packet("invoice.revoke", grant, by: "patient")
    #expect(
      Expected(try story.send(ended, from: story.province))?.code
        == "invoice.already_authorised")
    try send(told)
    try story.settle(from: story.province)

    #expect(try invoice == granted)
    #expect(try atFinance.grants.map(\.chain) == [story.province.id.data])
    // It hands out nothing there: that member is of another chain.
    #expect(try atFinance.grant(to: "insurer") == nil)

    var revoke = InvoiceRevoke()
    revoke.code = Exchange.code
    revoke.number = "1"
    revoke.grantee = "insurer"
    try story.province.given("patient", Exchange.call("revoke", revoke))
    var lapsing = ended
    lapsing.timeoutMs = max(story.province.timeMs, story.finance.timeMs) + 60_000
    try send(lapsing)
    try story.timeOut(from: story.province)
    #expect(try invoice.grants.isEmpty)
    #expect(try atFinance.grants.count == 1)

    var again = ended
    again.timeoutMs = max(story.province.timeMs, story.finance.timeMs) + 3_600_000
    try send(again)
    try story.settle(from: story.province)
    #expect(try atFinance.grants.isEmpty)
  }
}
