import BuiltinContracts
import LedgerModel
import Testing
import Wire

/// Invoices that one chain records and another has as well.
struct InvoiceNewsTests {
  @Test("A shared invoice is its recipient's, names where it is from, and is in the payer's list")
  func share() throws {
    let story = try Exchange()
    try story.givenRecorded("1", on: story.finance)
    let packet = story.share("1")
    try story.givenSent(packet, from: story.finance)
    #expect(try story.finance.message(packet)?.status == .underWay)

    try story.settle(from: story.finance)

    let invoice = try #require(try story.province.invoice("1"))
    #expect(invoice.facts == Exchange.facts("1"))
    #expect(invoice.owner == "patient")
    #expect(invoice.origin.chain == story.finance.id.data)
    #expect(invoice.origin.sequence == 1)
    #expect(invoice.sealed.commitment == packet.commitment)
    #expect(
      try invoice.sealed.attachment == story.province.received(1)?.sealed.attachment)
    let list = try story.province.value(
      of: InvoiceContract.payerAsset(tag: invoice.facts.payerTag.octets),
      as: InvoicePayerState.self)
    #expect(list?.invoices == 1)
    #expect(try story.finance.message(packet)?.status == .delivered)
  }

  @Test("A shared red invoice reverses its blue one")
  func red() throws {
    let story = try Exchange()
    try story.givenShared("1")
    try story.givenRecorded("2", reversing: "1", on: story.finance)
    try story.givenSent(story.share("2", reversing: "1"), from: story.finance)

    try story.settle(from: story.finance)

    #expect(try story.province.invoice("1")?.redFlushed == true)
    #expect(try story.province.invoice("1")?.relatedNumber == "2")
    #expect(try story.province.invoice("2")?.relatedNumber == "1")
    #expect(
      try story.province.operations(InvoiceContract.asset(code: Exchange.code, number: "1"))
        == ["receive", "redFlush"])
  }

  @Test(
    "A red invoice does not reverse what is posted or held, and its share is undelivered",
    arguments: ["invoice.posted", "invoice.locked"])
  func redOfUsed(code: String) throws {
    let story = try Exchange()
    try story.givenShared("1")
    try story.givenRecorded("2", reversing: "1", on: story.finance)
    // On its way to finance, which has reversed the invoice meanwhile.
    try story.givenSent(
      code == "invoice.posted" ? Self.post(in: story) : Self.lock(in: story),
      from: story.province)
    let before = try story.province.invoice("1")
    let packet = story.share("2", reversing: "1")
    try story.givenSent(packet, from: story.finance)

    try story.settle(from: story.finance)

    #expect(try story.province.received(2)?.outcome.failure == .effect)
    #expect(try story.province.invoice("1") == before)
    #expect(try story.province.invoice("2") == nil)
    let sent = try #require(try story.finance.message(packet))
    #expect(sent.status == .undelivered)
    #expect(sent.failure == .effect)
    #expect(String(decoding: sent.result, as: UTF8.self) == code)
    // Finance refuses, so it is free here, and the red one is shared anew.
    try story.settle(from: story.province)
    try story.givenSent(packet, from: story.finance)
    try story.settle(from: story.finance)
    #expect(try story.province.invoice("1")?.redFlushed == true)
  }

  private static func post(in story: Exchange) -> RelayPacket {
    var post = RelayPostInvoice()
    post.code = Exchange.code
    post.number = "1"
    post.amountFen = 1
    post.unit = "office"
    post.postingID = "V1"
    return story.packet(
      "invoice.post", post, by: "fund", from: story.province, to: "clerk", hasContent: false)
  }

  private static func lock(in story: Exchange) -> RelayPacket {
    var lock = RelayLockInvoice()
    lock.code = Exchange.code
    lock.number = "1"
    lock.purpose = "claim"
    lock.expiresMs = story.province.timeMs + 86_400_000
    return story.packet(
      "invoice.lock", lock, by: "fund", from: story.province, to: "clerk", hasContent: false)
  }

  @Test("A share that did not arrive in time is undelivered, and can be sent anew")
  func timedOut() throws {
    let story = try Exchange()
    try story.givenRecorded("1", on: story.finance)
    let packet = story.share("1", lasting: 60_000)
    try story.givenSent(packet, from: story.finance)

    try story.timeOut(from: story.finance)

    #expect(try story.finance.message(packet)?.status == .undelivered)
    #expect(try story.finance.message(packet)?.failure == .timedOut)
    #expect(try story.send(story.share("1"), from: story.finance).isDone)
  }

  @Test("An invoice that the destination has is not recorded again, the same or another")
  func known() throws {
    let story = try Exchange()
    try story.givenRecorded("1", on: story.finance)
    try story.givenRecorded("1", on: story.province)
    let before = try story.province.invoice("1")
    try story.givenSent(story.share("1"), from: story.finance)

    try story.settle(from: story.finance)

    let outcome = try #require(try story.finance.sent(1)).outcome
    #expect(String(decoding: outcome.result, as: UTF8.self) == "invoice.duplicate")
    #expect(try story.province.invoice("1") == before)
  }

  @Test("What a chain shares is what it recorded itself")
  func made() throws {
    let story = try Exchange()
    try story.givenShared("1")
    try story.givenRecorded("2", on: story.finance)
    func refused(_ number: String, _ change: (inout RelayInvoiceShare) -> Void) throws -> String? {
      var share = RelayInvoiceShare()
      share.facts = Exchange.facts(number)
      change(&share)
      let packet = story.packet("invoice.share", share, by: "hospital", from: story.finance)
      return Expected(try story.send(packet, from: story.finance))?.code
    }
    #expect(try refused("2") { $0.facts.amountFen += 1 } == "message.other_facts")
    #expect(try refused("9") { _ in } == "invoice.not_found")
    #expect(
      try refused("2") { $0.blueCode = Exchange.code } == "invoice.malformed")
    var back = RelayInvoiceShare()
    back.facts = Exchange.facts("1")
    let packet = story.packet("invoice.share", back, by: "hospital", from: story.province)
    #expect(
      Expected(try story.send(packet, from: story.province))
        == Expected(code("other_origin", "invoice"), "invoice", "\(Exchange.code):1"))
    var empty = story.share("2")
    Crossing.empty(&empty)
    #expect(Expected(try story.send(empty, from: story.finance))?.code == "message.no_content")
  }

  @Test("Prints and the paper exchange of a shared invoice are told; other chains cannot tell them")
  func status() throws {
    let story = try Exchange()
    try story.givenShared("1")
    var print = InvoicePrint()
    print.code = Exchange.code
    print.number = "1"
    try story.finance.given("patient", Exchange.call("print", print))
    try story.finance.given("patient", Exchange.call("print", print))
    var exchange = InvoiceExchangePaper()
    exchange.code = Exchange.code
    exchange.number = "1"
    exchange.paperCode = "P"
    exchange.paperNumber = "9"
    try story.finance.given("hospital", Exchange.call("exchangePaper", exchange))
    var status = RelayInvoiceStatus()
    status.code = Exchange.code
    status.number = "1"
    status.prints = 2
    let stale = story.packet("invoice.status", status, by: "hospital", from: story.finance)
    #expect(Expected(try story.send(stale, from: story.finance))?.code == "message.other_facts")
    status.paperCode = "P"
    status.paperNumber = "9"
    let packet = story.packet(
      "invoice.status", status, by: "hospital", from: story.finance, hasContent: false)
    try story.givenSent(packet, from: story.finance)

    try story.settle(from: story.finance)

    #expect(try story.province.invoice("1")?.prints == 2)
    #expect(try story.province.invoice("1")?.paper.number == "9")
    #expect(try story.finance.message(packet)?.status == .delivered)
    let back = story.packet("invoice.status", status, by: "hospital", from: story.province)
    #expect(Expected(try story.send(back, from: story.province))?.code == "invoice.other_origin")
  }

  @Test("A request is kept for who answers it, the newest only")
  func request() throws {
    let story = try Exchange()
    func request(_ number: UInt64) -> RelayPacket {
      var request = RelayInvoiceRequest()
      request.number = number
      request.cursor = 40
      request.most = 100
      return story.packet(
        "invoice.request", request, by: "sender", from: story.province, to: "hospital",
        hasContent: false)
    }
    try story.givenSent(request(2), from: story.province)
    try story.givenSent(request(1), from: story.province)

    try story.settle(from: story.province)

    let kept = try story.finance.value(
      of: AssetID(namespace: "invoice.request", key: Crossing.channel),
      as: RelayRequestedInvoices.self)
    #expect(kept?.request.cursor == 40)
    #expect(kept?.requester == "sender")
    #expect(kept?.sequence == 1)
    #expect(try story.province.message(request(2))?.status == .delivered)
    #expect(try story.province.message(request(1))?.failure == .effect)
  }

  @Test("A check is answered with proof: authentic and how far it is used, another, or unknown")
  func check() throws {
    let story = try Exchange()
    try story.givenRecorded("1", on: story.finance)
    try story.finance.given("insurer", Exchange.post("1", 4_000, "V1"))
    func check(_ query: String, _ number: String, _ amount: Int64) throws -> RelayPacket {
      var check = RelayInvoiceCheck()
      check.query = query
      check.code = Exchange.code
      check.number = number
      check.amountFen = amount
      check.issueDate = 20_260_101
      let packet = story.packet(
        "invoice.check", check, by: "fund", from: story.province, to: "clerk", hasContent: false)
      try story.givenSent(packet, from: story.province)
      return packet
    }
    let packets = [
      try check("q1", "1", 10_000), try check("q2", "1", 10_001), try check("q3", "2", 10_000),
    ]

    try story.settle(from: story.province)

    let answers = try packets.map { packet in
      let sent = try #require(try story.province.message(packet))
      return try RelayCheckAnswer(strict: sent.result.octets, limit: 64)
    }
    #expect(answers.map(\.verdict) == [.authentic, .differs, .unknown])
    #expect(answers.map(\.postedFen) == [4_000, 0, 0])
    #expect(try story.province.sent(1)?.outcome.result == answers[0].encoded.data)
  }
}

/// The code of this name that message types answer with.
func code(_ name: String, _ prefix: String) -> Refusal.Code {
  BuiltinContracts.code("\(prefix).\(name)") ?? .tooLarge
}
