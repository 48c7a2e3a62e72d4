import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Testing
import Wire

/// The ways of packets between two chains, from send to settlement.
struct PacketStoryTests {
  @Test(
    "A packet is received once and acknowledged by proof, whatever the suites of its chains",
    arguments: [
      (SuiteID.sm, SuiteID.intl), (.intl, .nist), (.nist, .sm),
    ])
  func wholeWay(suites: (SuiteID, SuiteID)) throws {
    let story = try Crossing(suites.0, suites.1)
    let (here, there) = (story.here, story.there)
    try story.givenSent("N1")
    #expect(try here.sent(1)?.state == .sent)
    #expect(try here.notice("N1")?.status == .underWay)
    #expect(try here.channel().unsettled == 1)

    try story.givenReceived(1)

    #expect(try there.received(1)?.packet == here.sent(1)?.packet)
    #expect(try there.received(1)?.outcome.failure == RelayFailure.none)
    #expect(try there.delivered("N1")?.recipient == "clerk")
    let records = try there.received(1)?.records.map {
      try RelayReencryptionBody(strict: $0.body.octets, limit: 1_024)
    }
    #expect(records?.map(\.router) == ["router-f", "router-p"])
    #expect(try records?.first?.digestIn == here.sent(1)?.sealed.attachment)
    #expect(try records?.last?.digestOut == there.received(1)?.sealed.attachment)
    let answer = try Crossing.sync(there, to: here)
    try here.given("router", story.acknowledge(1, answer))

    #expect(try here.sent(1)?.state == .acknowledged)
    #expect(try here.notice("N1")?.status == .delivered)
    #expect(try here.channel().unsettled == 0)
    #expect(
      try here.operations(RelayContract.sent(Crossing.channel, 1)) == ["send", "acknowledge"])
  }

  @Test("A packet without content is sent and received without one")
  func noContent() throws {
    let story = try Crossing()
    var send = story.send("N1") {
      Crossing.empty(&$0.packet)
      $0.clearSealed()
    }
    send.contents = []
    try story.here.given("sender", send)
    try story.here.run()
    var receive = try story.receive(1, Crossing.sync(story.here, to: story.there)) { call, _ in
      call.clearSealed()
    }
    receive.contents = []

    try story.there.given("router", receive)

    #expect(try story.here.sent(1)?.hasSealed == false)
    #expect(try story.there.received(1)?.hasSealed == false)
    #expect(try story.there.received(1)?.records == [])
    #expect(try story.there.received(1)?.outcome.failure == RelayFailure.none)
  }

  @Test("Many packets are received under one header, in order, and sent in both directions")
  func batch() throws {
    let story = try Crossing()
    try story.here.run([
      story.here.transaction("sender", (1...5).map { story.send("N\($0)") })
    ])
    try story.here.run()
    let evidence = try Crossing.sync(story.here, to: story.there)

    let receipts = try story.there.run([
      story.there.transaction("router", (1...5).map { try story.receive($0, evidence) })
    ])

    #expect(receipts.map(\.isDone) == [true, true, true, true, true])
    #expect(try story.there.channel().received == 5)
    #expect(
      try story.there.operations(
        RelayContract.header(
          story.here.id, revision: 1, height: evidence.name.height)) == ["update"])
  }

  @Test("A packet whose transaction is taken back gives its sequence back, also within a block")
  func rolledBack() throws {
    let story = try Crossing()
    let receipts = try story.here.run([
      story.here.transaction(
        "sender", [story.send("N1"), story.send("N2") { $0.packet.version = 9 }],
        allOrNothing: true),
      story.here.transaction("sender", [story.send("N3"), story.send("N4")]),
    ])

    #expect(
      receipts.map { Expected($0)?.code }
        == ["transaction.rolled_back", "relay.version", nil, nil])
    #expect(try story.here.sent(1)?.packet.businessKey == "N3")
    #expect(try story.here.sent(2)?.packet.businessKey == "N4")
    #expect(try story.here.sent(3) == nil)
    #expect(try story.here.notice("N1") == nil)
  }

  @Test("A recipient whom the destination does not know fails the packet, which is compensated")
  func unknownRecipient() throws {
    let story = try Crossing()
    try story.givenSent("N1") { $0.packet.recipient = "nobody" }
    try story.givenReceived(1)
    #expect(try story.there.received(1)?.outcome.failure == .unknownRecipient)
    #expect(try story.there.received(1)?.hasSealed == false)
    #expect(try story.there.delivered("N1") == nil)

    try story.here.given(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))

    #expect(try story.here.sent(1)?.state == .compensated)
    #expect(try story.here.sent(1)?.outcome.failure == .unknownRecipient)
    #expect(try story.here.notice("N1")?.status == .undelivered)
    #expect(try story.here.notice("N1")?.failure == .unknownRecipient)
    #expect(
      try story.here.operations(RelayContract.sent(Crossing.channel, 1))
        == ["send", "fail", "compensate"])
    // What had no effect may be sent anew.
    try story.givenSent("N1")
    try story.givenReceived(2)
    #expect(try story.there.received(2)?.outcome.failure == RelayFailure.none)
  }

  @Test("What only a packet is to blame for fails it, and does not hold up those after it")
  func failures() throws {
    let story = try Crossing()
    // A source of another version sends what this one would not.
    for sequence in 1...6 as ClosedRange<UInt64> {
      var packet = story.packet("N\(sequence)")
      packet.sequence = sequence
      switch sequence {
      case 1: packet.messageType = "order"
      case 2: packet.body = [UInt8]([0xff]).data
      case 3: packet.body = [UInt8]().data
      case 4: packet.businessKey = String(repeating: "k", count: 200)
      case 5: packet.schema = 0
      default: break
      }
      try story.here.given("sender", Forge.put(packet, at: sequence))
    }
    try story.here.run()
    let evidence = try Crossing.sync(story.here, to: story.there)

    for sequence in 1...6 as ClosedRange<UInt64> {
      let receive = try story.receive(sequence, evidence) { call, _ in
        // What has no effect needs no content either.
        if sequence < 6 { call.sealed.attachment = [UInt8]([0]).data }
      }
      try story.there.given("router", receive)
    }

    let outcomes = try (1...6).map { try story.there.received($0)?.outcome.failure }
    #expect(outcomes == [.messageType, .body, .body, .body, .body, RelayFailure.none])
    #expect(try story.there.delivered("N3") == nil)
    #expect(try story.there.delivered("N6") != nil)
  }

  @Test("A business key that another channel has used fails the packet")
  func businessKeyOnTwoChannels() throws {
    let story = try Crossing()
    let third = try RelayChain("national", .nist, number: 3, validators: 1)
    var terms = WireChannelRecord()
    terms.id = "national-province"
    terms.localChain = story.there.id.data
    terms.remoteChain = third.id.data
    terms.messageTypes = ["notice"]
    terms.window = 1
    terms.maxTimeoutMs = Crossing.maxTimeoutMs
    terms.mechanism = "sm"
    terms.carriers = Crossing.carriers
    let (ours, theirs) = (story.there.record(), third.record())
    try story.there.decide([WireChange(.trustChain(theirs)), WireChange(.setChannel(terms))])
    (terms.localChain, terms.remoteChain) = (terms.remoteChain, terms.localChain)
    try third.decide([WireChange(.trustChain(ours)), WireChange(.setChannel(terms))])
    try story.givenSent("N1")
    try story.givenReceived(1)

    var packet = story.packet("N1")
    packet.sourceChain = third.id.data
    packet.channel = terms.id
    var send = RelaySend()
    send.packet = packet
    send.sealed = Crossing.sealed([7], on: third)
    try third.given(
      "sender",
      RelayChain.Request(method: "send", arguments: send.encoded, contents: [[7]]))
    try third.run()
    let evidence = try Crossing.sync(third, to: story.there)
    var receive = RelayReceive()
    receive.channel = terms.id
    receive.header = evidence.name
    receive.proof = try third.ledger.prove(
      RelayContract.sent(terms.id, 1), at: evidence.anchor
    ).value.encoded.data
    receive.sealed = Crossing.sealed([7], to: ["clerk"], on: story.there)
    try story.there.given(
      "router",
      RelayChain.Request(method: "receive", arguments: receive.encoded, contents: [[7]]))

    let received = try story.there.value(
      of: RelayContract.received(terms.id, 1), as: RelayReceivedPacket.self)
    #expect(received?.outcome.failure == .businessKey)
    #expect(try story.there.delivered("N1")?.channel == Crossing.channel)
  }

  @Test("Where another chain's packet was received under the same name, ours fails")
  func otherPacket() throws {
    let story = try Crossing()
    try story.givenSent("N1")
    // The destination gave the channel's id to another source.
    var other = try #require(try story.here.sent(1)).packet
    other.sourceChain = [UInt8](repeating: 7, count: 32).data
    other.businessKey = "M1"
    try story.there.given("sender", Forge.put(other, in: "relay.received", at: 1))
    try story.there.run()
    let answer = try Crossing.sync(story.there, to: story.here)

    try story.here.given("router", story.acknowledge(1, answer))

    #expect(try story.here.sent(1)?.state == .compensated)
    #expect(try story.here.sent(1)?.outcome.failure == .otherPacket)
    #expect(try story.here.notice("N1")?.status == .undelivered)
    #expect(try story.here.notice("M1") == nil)
    #expect(try story.here.channel().unsettled == 0)
  }

  @Test("A packet that never arrived is timed out by proof of absence, and its notice undelivered")
  func timeOut() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenSent("N1", timeoutMs: timeout)
    let (passed, evidence) = try story.givenPassed(timeout)

    try story.here.given("router", story.timeOut(1, passed: passed, evidence))

    #expect(try story.here.sent(1)?.state == .compensated)
    #expect(try story.here.sent(1)?.outcome.failure == .timedOut)
    #expect(try story.here.notice("N1")?.status == .undelivered)
    #expect(try story.here.channel().unsettled == 0)
    #expect(
      try story.here.operations(RelayContract.sent(Crossing.channel, 1))
        == ["send", "timeOut", "compensate"])
    let late = try story.there.submit(
      "router", story.receive(1, Crossing.sync(story.here, to: story.there)))
    #expect(Expected(late) == Expected(code("late"), "packet.timeout_ms", "\(timeout)"))
  }

  @Test("A header that is past the timeout does not show what happened since the state it names")
  func receivedBetweenStateAndHeader() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenSent("N1", timeoutMs: timeout)
    let evidence = try Crossing.sync(story.here, to: story.there)
    // Received just in time, in a block that the next header does not name as executed yet.
    try story.there.given("router", story.receive(1, evidence), at: timeout - 1)
    let beforeReceipt = try #require(try story.there.ledger.anchor())
    try story.there.run(at: timeout)
    let passed = try Crossing.sync(story.there, to: story.here).name
    try story.here.given("router", Crossing.update(beforeReceipt.proven))
    var name = passed
    name.height = beforeReceipt.proven.header.height
    let old = Crossing.Evidence(name: name, anchor: beforeReceipt)

    let refused = try story.here.submit(
      "router", story.timeOut(1, passed: passed.height, old))

    #expect(
      Expected(refused)
        == Expected(
          code("not_passed"), "header.height", "\(beforeReceipt.proven.header.executed.height)"))
    let answer = try Crossing.sync(story.there, to: story.here)
    try story.here.given("router", story.acknowledge(1, answer))
    #expect(try story.here.sent(1)?.state == .acknowledged)
  }

  @Test("A packet that is too late is skipped, and the one after it is received")
  func skip() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenSent("N1", timeoutMs: timeout)
    try story.givenSent("N2", timeoutMs: timeout + 600_000)
    let (passed, absent) = try story.givenPassed(timeout)
    let evidence = try Crossing.sync(story.here, to: story.there)
    let early = try story.there.submit("router", story.receive(2, evidence))
    #expect(Expected(early) == Expected(code("out_of_order"), "packet.sequence", "1"))

    try story.there.given("router", story.skip(1, evidence))
    try story.there.given("router", story.receive(2, evidence))

    // Skipping is no receipt: absence stays provable.
    try story.here.given("router", story.timeOut(1, passed: passed, absent))
    #expect(try story.there.received(1) == nil)
    #expect(try story.there.received(2) != nil)
    let again = try story.there.submit("router", story.receive(1, evidence))
    #expect(Expected(again) == Expected(code("already_received"), "packet.sequence", "1"))
  }

  @Test("Of two routers that race one succeeds, and the other is told that nothing is left to do")
  func race() throws {
    let story = try Crossing()
    try story.givenSent("N1")
    let evidence = try Crossing.sync(story.here, to: story.there)
    let proven = evidence.anchor.proven

    let arrivals = try story.there.run([
      story.there.transaction("router", [story.receive(1, evidence, content: "one")]),
      story.there.transaction(
        "router-2", [Crossing.update(proven), story.receive(1, evidence, content: "two")]),
    ])
    try story.there.run()
    let answer = try Crossing.sync(story.there, to: story.here)
    let settlements = try story.here.run([
      story.here.transaction("router-2", [story.acknowledge(1, answer)]),
      story.here.transaction("router", [story.acknowledge(1, answer)]),
    ])

    #expect(
      arrivals.map { Expected($0)?.code } == [nil, "relay.known_header", "relay.already_received"])
    #expect(settlements.map { Expected($0)?.code } == [nil, "relay.settled"])
    #expect(
      try story.there.received(1)?.sealed.attachment
        == Crossing.sealed(Array("one".utf8), on: story.there).attachment)
    #expect(try story.there.operations(RelayContract.received(Crossing.channel, 1)) == ["receive"])
  }

  @Test("Packets under way survive that the validators of their source change")
  func validatorsChange() throws {
    let story = try Crossing(.intl, .sm)
    try story.givenSent("N1")
    let before = try Crossing.sync(story.here, to: story.there)
    for index in 0..<2 as Range<UInt8> {
      let newcomer = try story.here.newcomer(index)
      let leaver = story.here.validators.validators[0].name
      try story.here.decide([WireChange(.addValidator(newcomer))])
      try story.here.decide([WireChange(.removeValidator(leaver))])
    }
    try story.givenSent("N2")
    let after = try Crossing.sync(story.here, to: story.there)

    try story.there.given("router", story.receive(1, before))
    try story.there.given("router", story.receive(2, after))

    #expect(story.here.epoch == 5)
    #expect(try Crossing.knownEpoch(of: story.here, on: story.there, revision: 1) == 5)
    #expect(try story.there.channel().received == 2)
  }

  @Test("What is under way when a channel is closed is settled")
  func closed() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenSent("N1")
    try story.givenSent("N2", timeoutMs: timeout)
    try story.givenReceived(1)
    for chain in [story.here, story.there] {
      var terms = story.terms(
        from: chain, to: chain === story.here ? story.there : story.here)
      terms.closed = true
      try chain.decide([WireChange(.setChannel(terms))])
    }

    try story.here.given(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))
    let (passed, evidence) = try story.givenPassed(timeout)
    try story.here.given("router", story.timeOut(2, passed: passed, evidence))

    #expect(try story.here.channel().unsettled == 0)
    #expect(
      Expected(try story.here.submit("sender", story.send("N3")))?.code
        == "relay.channel_closed")
  }
}

/// The relay contract's code of this name.
func code(_ name: String) -> Refusal.Code {
  RelayContract.codes.first { $0.name == "relay.\(name)" } ?? .tooLarge
}
