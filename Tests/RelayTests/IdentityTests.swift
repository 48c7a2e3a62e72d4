import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Testing
import Wire

/// A member of one chain acts on another as the member that it is there.
struct IdentityTests {
  private let story: Calling

  init() throws { story = try Calling() }

  @Test("A call is carried out by the member that its sender is there, and trails say so")
  func acts() throws {
    try story.givenRecognised()
    let call = try story.lock()

    #expect(try story.outcome(of: call) == nil)

    #expect(try story.province.invoice("1")?.hold.holder == "fund")
    let received = try #require(try story.province.received(1))
    #expect(received.outcome.failure == .none)
    #expect(received.packet.sender == "sender" && received.packet.recipient == "fund")
    let trail = try story.province.events(story.invoice)
    #expect(trail.map(\.operation) == ["putBlue", "lock"])
    #expect(trail.map(\.actor) == ["hospital", "fund"])
    #expect(try story.province.operations(story.identity) == ["recognise", "receive"])
  }

  @Test(
    "A call is refused by its code, changes nothing, and is compensated", arguments: CallRefusal.all
  )
  func refused(refusal: CallRefusal) throws {
    let packet = try refusal.sent(story)
    let before = try story.province.ledger.asset(story.invoice)

    #expect(try story.settle(packet) == refusal.code)

    #expect(try story.province.ledger.asset(story.invoice)?.leaf == before?.leaf)
    #expect(try story.finance.sent(1)?.state == .compensated)
    #expect(try story.finance.message(packet)?.status == .undelivered)
  }

  @Test(
    "Whatever can be called is refused to it as to the member itself",
    arguments: RelayContract.callable)
  func callable(name: String) throws {
    try story.givenRecognised { $0.scope = RelayContract.callable }
    let method = String(name.dropFirst("invoice.".count))
    // Code and number, with which the arguments of each begin.
    var arguments = InvoicePrint()
    arguments.code = Exchange.code
    arguments.number = "2"
    let own = try story.province.submit("fund", Exchange.call(method, arguments))

    let code = try story.outcome(of: story.call(method, arguments.encoded))

    #expect(code != nil && code == Expected(own)?.code)
  }

  @Test("What was sent before a revocation has effect, though it arrives after it")
  func sentBefore() throws {
    try story.givenRecognised()
    let call = try story.lock()
    try story.send(call)
    try story.givenRevoked()

    #expect(try story.settle(call) == nil)
    #expect(try story.outcome(of: story.lock("C2")) == "message.not_recognised")
  }

  @Test("What was sent under an older statement has effect by that one, later calls by the newer")
  func renewed() throws {
    try story.givenRecognised()
    let call = try story.lock()
    try story.send(call)
    try story.givenRecognised(version: 2) { $0.scope = ["invoice.unlock"] }

    #expect(try story.settle(call) == nil)
    #expect(try story.outcome(of: story.lock("C2")) == "message.out_of_scope")
  }

  @Test("A newer statement does not lead back to an older one when it expires")
  func expiredNewest() throws {
    try story.givenRecognised()
    try story.givenRecognised(version: 2) {
      $0.validUntilMs -= 10 * Recognition.dayMs - 60_000
    }
    try story.finance.run(at: story.province.timeMs + 60_000)

    #expect(try story.outcome(of: story.lock()) == "message.not_recognised")
  }

  @Test("The sender revokes from the time at which it says so, on the other chain as well")
  func revokedByPacket() throws {
    try story.givenRecognised()
    let (first, second) = (try story.lock("C1"), try story.lock("C2"))
    let revocation = story.revocation(version: 1)
    for packet in [first, revocation, second] { try story.send(packet) }

    #expect(try story.settle(first) == nil)

    #expect(try story.finance.message(revocation)?.status == .delivered)
    #expect(try story.settle(second) == "message.not_recognised")
    #expect(
      try story.province.operations(story.identity) == ["recognise", "receive", "receive"])
    // The old statement does not come back; a newer one does, and stays if the older is revoked.
    #expect(
      Expected(try story.recognise())
        == Expected(code("older_statement"), "statement.version", "1"))
    try story.givenRecognised(version: 3)
    #expect(try story.outcome(of: story.lock("C3")) == nil)
    #expect(
      try story.outcome(of: story.revocation(version: 2)) == "message.older_version")
    #expect(try story.outcome(of: story.lock("C4")) == nil)
  }

  @Test("A revocation that is ahead of this chain's clock can be brought forward")
  func broughtForward() throws {
    try story.givenRecognised()
    let revocation = story.revocation(version: 1)
    try story.finance.run(at: story.province.timeMs + 300_000)
    try story.exchange.givenSent(revocation, from: story.finance)
    #expect(try story.settle(revocation) == nil)

    try story.givenRevoked()

    let known = try story.province.value(of: story.identity, as: RelayIdentity.self)
    #expect(known?.recognitions.last?.revokedMs == story.province.timeMs)
  }

  @Test("A revocation does not use up the versions of later statements")
  func farRevocation() throws {
    try story.givenRecognised()
    #expect(try story.outcome(of: story.revocation(version: 1_026)) == "message.far_version")
    #expect(try story.outcome(of: story.revocation(version: 1_025)) == nil)
    try story.givenRecognised(version: 1_026)
  }

  @Test("What was signed and not submitted can be revoked before it ever counts")
  func revokedBefore() throws {
    #expect(try story.outcome(of: story.revocation(version: 3)) == nil)

    #expect(
      Expected(try story.recognise(version: 3))
        == Expected(code("older_statement"), "statement.version", "3"))
    try story.givenRecognised(version: 4)
    #expect(try story.outcome(of: story.lock()) == nil)
  }

  @Test("The member's own organisation revokes for it, nobody else does")
  func governor() throws {
    try story.givenRecognised()
    let other = try story.province.submit(
      "insurer", Recognition.revoke("sender", of: story.finance))
    #expect(
      Expected(other)
        == Expected(
          .notPermitted, "member", "insurer is neither fund nor its organisation's governor"))

    try story.givenRevoked(by: "governor")

    #expect(try story.outcome(of: story.lock()) == "message.not_recognised")
  }

  @Test("A sender names the key that its own chain has for it")
  func otherKey() throws {
    var packet = try story.lock()
    var call = try RelayMemberCall(strict: packet.body.octets, limit: Limits.argumentBytes)
    call.key = try story.finance.signingKey(of: "fund").publicKey.encoded.data
    packet.body = call.encoded.data

    let receipt = try story.exchange.send(packet, from: story.finance)

    #expect(
      Expected(receipt) == Expected(code("malformed"), "packet.body.key", call.key.octets.hex))
  }

  @Test("A call that had effect is not sent again; one that was late may be, under its own name")
  func again() throws {
    try story.givenRecognised()
    let late = try story.lock(lasting: 60_000)
    try story.send(late)
    try story.exchange.timeOut(from: story.finance)
    #expect(try story.finance.message(late)?.failure == .timedOut)
    #expect(try story.province.invoice("1")?.hasHold == false)

    let call = try story.lock()
    #expect(try story.outcome(of: call) == nil)

    let twice = try story.exchange.send(try story.lock(), from: story.finance)
    #expect(
      Expected(twice)
        == Expected(code("business_key_used"), "packet.business_key", "\(Crossing.channel):2"))
    #expect(
      try story.province.operations(story.invoice) == ["putBlue", "lock"])
  }
}
