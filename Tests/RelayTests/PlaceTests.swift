import BuiltinContracts
import Cryptography
import LedgerModel
import SwiftProtobuf
import Testing
import Wire

/// Channels to a place without a chain: the gateway member's word stands for proofs.
struct PlaceTests {
  private let chain: RelayChain
  private let place: Place

  init() throws {
    chain = try RelayChain("finance", .sm, number: 1, validators: 1)
    place = try Place(on: chain)
  }

  @Test("A packet to a place is acknowledged by its gateway member's word")
  func acknowledged() throws {
    try chain.given("sender", place.send("N1"))
    #expect(try place.state()?.unsettled == 1)

    try chain.given(Place.gateway, Place.settle(1, .none, "seen"))

    let sent = try #require(try place.sent(1))
    #expect(sent.state == .acknowledged)
    #expect(sent.outcome.result.octets == Array("seen".utf8))
    #expect(sent.outcome.height == chain.height)
    #expect(try place.state()?.unsettled == 0)
    #expect(try chain.notice("N1")?.status == .delivered)
    #expect(
      try chain.operations(RelayContract.sent(Place.channel, 1)) == ["send", "settle"])
  }

  @Test("What a place refuses is compensated with its code, and may be sent anew")
  func compensated() throws {
    try chain.given("sender", place.send("N1"))

    try chain.given(Place.gateway, Place.settle(1, .effect, "bureau.closed_period"))

    let sent = try #require(try place.sent(1))
    #expect(sent.state == .compensated)
    #expect(sent.outcome.failure == .effect)
    #expect(sent.outcome.result.octets == Array("bureau.closed_period".utf8))
    #expect(try chain.notice("N1")?.status == .undelivered)
    #expect(
      try chain.operations(RelayContract.sent(Place.channel, 1)) == ["send", "fail", "compensate"])
    try chain.given("sender", place.send("N1"))
    #expect(try place.state()?.sent == 2)
  }

  @Test("Content that its gateway member cannot open is compensated as such")
  func content() throws {
    try chain.given("sender", place.send("N1"))
    try chain.given(Place.gateway, Place.settle(1, .content))
    #expect(try place.sent(1)?.outcome.failure == .content)
    #expect(try chain.notice("N1")?.failure == .content)
  }

  @Test("Documents of a place arrive in the order in which they are deposited")
  func deposited() throws {
    try chain.given(Place.gateway, place.deposit("N1"))
    try chain.given(
      Place.gateway,
      place.deposit("N2") {
        Crossing.empty(&$0.packet)
        $0.clearSealed()
      })

    #expect(try place.state()?.received == 2)
    for (number, key) in [(UInt64(1), "N1"), (2, "N2")] {
      let received = try #require(try place.received(number))
      #expect(received.packet.sequence == number && received.packet.businessKey == key)
      #expect(received.outcome.failure == .none && !received.outcome.open)
      #expect(received.records.isEmpty)
      #expect(received.hasSealed == (number == 1))
      #expect(try chain.delivered(key)?.sequence == number)
      #expect(try chain.delivered(key)?.origin == Place.terms(on: chain).remoteChain)
      #expect(try place.deposited("no-\(key)")?.sequence == number)
    }
    #expect(try chain.operations(RelayContract.received(Place.channel, 1)) == ["deposit"])
  }

  @Test("A document without effect is kept with the reason, and the next one follows it")
  func failures() throws {
    try chain.given(Place.gateway, place.deposit("N1"))
    let other = place.deposit("N1", id: "other")
    try chain.given(Place.gateway, other)
    try chain.given(Place.gateway, place.deposit("N2") { $0.packet.recipient = "nobody" })
    try chain.given(Place.gateway, place.deposit("N3") { $0.packet.messageType = "archive.put" })
    try chain.given(Place.gateway, place.deposit("N4") { $0.packet.policy = "with blanks" })
    try chain.given(Place.gateway, place.deposit("N5"))

    #expect(
      try (1...6).map { try place.received($0)?.outcome.failure } == [
        RelayFailure.none, .businessKey, .unknownRecipient, .messageType, .body,
        RelayFailure.none,
      ])
    let again = try chain.submit(Place.gateway, other)
    #expect(Expected(again) == Expected(code("already_received"), "packet", "2"))
  }

  @Test("What a type refuses has its code as the result")
  func effect() throws {
    func voucher(_ version: UInt64) -> RelayChain.Request {
      let document = RelayDocument.with {
        $0.key = "v"
        $0.version = version
      }
      return place.deposit("voucher.report", document, id: "voucher-\(version)")
    }
    try chain.given(Place.gateway, voucher(2))
    try chain.given(Place.gateway, voucher(1))
    #expect(try place.received(1)?.outcome.failure == RelayFailure.none)
    #expect(try place.received(2)?.outcome.failure == .effect)
    #expect(
      try place.received(2)?.outcome.result.octets == Array("message.older_version".utf8))
  }

  @Test(
    "What a place asks of an invoice is answered, and the answer kept under the packet's number")
  func check() throws {
    try chain.given(Place.gateway, place.deposit("N1"))
    let question = RelayInvoiceCheck.with {
      $0.query = "q"
      $0.code = "46060225"
      $0.number = "1"
    }

    try chain.given(Place.gateway, place.deposit("invoice.check", question, id: "q"))

    #expect(try place.received(2)?.outcome.failure == RelayFailure.none)
    let answered = AssetID(namespace: "invoice.check", key: "\(Place.channel):2")
    #expect(try chain.operations(answered) == ["receive"])
  }

  @Test(
    "A document of any type is received, whatever it says",
    arguments: RelayContract.messageTypeNames)
  func anyType(name: String) throws {
    var terms = Place.terms(on: chain)
    terms.messageTypes = RelayContract.messageTypeNames
    try chain.decide([WireChange(.setChannel(terms))])

    try chain.given(
      Place.gateway, place.deposit(name, RelayNotice.with { $0.matter = "x" }, id: "1"))

    #expect(try place.state()?.received == 1)
  }

  @Test("A document whose timeout is further ahead than the terms let has no effect")
  func farTimeout() throws {
    // The block is a second later.
    let most = chain.timeMs + 1_000 + Crossing.maxTimeoutMs
    try chain.given(Place.gateway, place.deposit("N1", timeoutMs: most + 10_000))
    try chain.given(Place.gateway, place.deposit("N2", timeoutMs: most))

    #expect(try place.received(1)?.outcome.failure == .body)
    #expect(try place.received(2)?.outcome.failure == RelayFailure.none)
  }

  @Test("A document that its recipient confirms is open until then")
  func open() throws {
    for key in ["N1", "N2"] {
      try chain.given(
        Place.gateway, place.deposit(key) { $0.packet.messageType = "notice.confirmed" })
    }
    #expect(try place.received(1)?.outcome.open == true)
    for (sequence, failure) in [(UInt64(1), RelayFailure.none), (2, .refused)] {
      var call = RelayDecide()
      call.channel = Place.channel
      call.sequence = sequence
      call.failure = failure
      try chain.given(
        "clerk", RelayChain.Request(method: "decide", arguments: call.encoded))
      #expect(try place.received(sequence)?.outcome.open == false)
      #expect(try place.received(sequence)?.outcome.failure == failure)
    }
  }

  @Test("The packets of a channel that was closed are settled, and nothing is deposited")
  func closed() throws {
    try chain.given("sender", place.send("N1"))
    var terms = Place.terms(on: chain)
    terms.closed = true
    try chain.decide([WireChange(.setChannel(terms))])

    let refused = try chain.submit(Place.gateway, place.deposit("N1"))
    #expect(Expected(refused) == Expected(code("channel_closed"), "channel", Place.channel))
    try chain.given(Place.gateway, Place.settle(1))
    #expect(try place.sent(1)?.state == .acknowledged)
  }

  @Test("Who speaks for a place follows the terms")
  func successor() throws {
    try chain.given("sender", place.send("N1"))
    var terms = Place.terms(on: chain)
    terms.gateway = "router"
    terms.carriers = ["router"]
    try chain.decide([WireChange(.setChannel(terms))])

    let refused = try chain.submit(Place.gateway, Place.settle(1))
    #expect(Expected(refused) == Expected(code("not_gateway"), "channel.gateway", "router"))
    try chain.given("router", Place.settle(1))
  }
}
