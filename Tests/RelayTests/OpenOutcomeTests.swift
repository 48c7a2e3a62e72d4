import BuiltinContracts
import LedgerModel
import LedgerStore
import Testing
import Wire

/// Packets whose recipient decides.
struct OpenOutcomeTests {
  private let type = "notice.confirmed"

  @Test("A packet that its recipient has to look at is acknowledged once it was taken, not before")
  func taken() throws {
    let story = try Crossing()
    try story.givenOpen("N1")
    #expect(try story.there.received(1)?.outcome.open == true)
    #expect(try story.there.delivered("N1", type: type)?.failure == RelayFailure.none)
    let early = try story.here.submit(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))
    #expect(Expected(early) == Expected(code("undecided"), "packet", "\(Crossing.channel):1"))
    #expect(try story.here.notice("N1", type: type)?.status == .underWay)

    try story.there.given("clerk", Crossing.decide(1, .none))
    try story.there.run()
    try story.here.given(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))

    #expect(try story.there.received(1)?.outcome.open == false)
    #expect(try story.there.received(1)?.sealed.keys.map(\.recipient) == ["clerk"])
    #expect(
      try story.there.operations(RelayContract.received(Crossing.channel, 1))
        == ["receive", "decide"])
    #expect(try story.here.sent(1)?.state == .acknowledged)
    #expect(try story.here.notice("N1", type: type)?.status == .delivered)
  }

  @Test(
    "What its recipient cannot use is withdrawn there, compensated here, and may be sent anew",
    arguments: [RelayFailure.content, .refused])
  func refused(failure: RelayFailure) throws {
    let story = try Crossing()
    try story.givenOpen("N1")

    try story.there.given("clerk", Crossing.decide(1, failure))
    try story.there.run()
    try story.here.given(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))

    #expect(try story.there.delivered("N1", type: type)?.failure == failure)
    // What shows who is to blame stays.
    #expect(try story.there.received(1)?.records.count == 2)
    #expect(try story.here.sent(1)?.state == .compensated)
    #expect(try story.here.sent(1)?.outcome.failure == failure)
    #expect(try story.here.notice("N1", type: type)?.failure == failure)
    try story.givenOpen("N1")
    #expect(try story.there.received(2)?.outcome.failure == RelayFailure.none)
    #expect(try story.there.delivered("N1", type: type)?.failure == RelayFailure.none)
  }

  @Test("What nobody decides lapses at its timeout, although the channel is closed by then")
  func lapse() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenOpen("N1", timeoutMs: timeout)
    var terms = story.terms(from: story.there, to: story.here)
    terms.closed = true
    try story.there.decide([WireChange(.setChannel(terms))])

    try story.there.given("router", Crossing.lapse(1), at: timeout)
    try story.there.run()
    try story.here.given(
      "router", story.acknowledge(1, Crossing.sync(story.there, to: story.here)))

    #expect(try story.there.delivered("N1", type: type)?.failure == .undecided)
    #expect(
      try story.there.operations(RelayContract.received(Crossing.channel, 1))
        == ["receive", "lapse"])
    #expect(try story.here.sent(1)?.state == .compensated)
    #expect(try story.here.notice("N1", type: type)?.failure == .undecided)
    #expect(try story.here.channel().unsettled == 0)
  }

  @Test("An open packet is not timed out at its source, and does not hold up those after it")
  func noTimeout() throws {
    let story = try Crossing()
    let timeout = story.there.timeMs + 60_000
    try story.givenOpen("N1", timeoutMs: timeout)
    try story.givenSent("N2", timeoutMs: timeout)
    try story.givenReceived(2)
    let (passed, evidence) = try story.givenPassed(timeout)

    let refused = try story.here.submit(
      "router",
      story.timeOut(1, passed: passed, evidence) { _, proof in
        proof = try story.there.ledger.prove(
          RelayContract.received(Crossing.channel, 3), at: evidence.anchor
        ).absence
        proof.key = "\(Crossing.channel):1"
      })

    #expect(Expected(refused) == Expected(code("not_proven"), "proof", "absence_not_shown"))
    #expect(try story.there.channel().received == 2)
  }
}
