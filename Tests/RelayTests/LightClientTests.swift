import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Testing
import Wire

/// How a chain follows another.
struct LightClientTests {
  private func client(_ story: Crossing, revision: UInt64 = 1) throws -> RelayClient? {
    try story.there.value(
      of: RelayContract.client(story.here.id, revision: revision), as: RelayClient.self)
  }

  @Test("Headers of an epoch are believed in any order, and the newest is remembered")
  func anyOrder() throws {
    let story = try Crossing()
    let first = try Crossing.sync(story.here, to: story.there)
    try story.here.run()
    let skipped = try story.here.newest()
    try story.here.run()
    let newest = try Crossing.sync(story.here, to: story.there)
    var link = WireEpochLink()
    link.last = skipped

    try story.there.given("router-2", Crossing.update(link))

    let client = try #require(try client(story))
    #expect(client.height == newest.name.height && client.epoch == 1)
    #expect(newest.name.height == first.name.height + 2)
    let kept = try story.there.value(
      of: RelayContract.header(
        story.here.id, revision: 1, height: newest.name.height - 1), as: WireProvenHeader.self)
    #expect(kept == skipped)
  }

  @Test("Two finalised headers of one height freeze the client, which keeps both as evidence")
  func freeze() throws {
    let story = try Crossing()
    try story.givenSent("N1")
    try story.givenReceived(1)
    try story.givenSent("N2")
    let evidence = try Crossing.sync(story.here, to: story.there)
    let fork = try story.here.fork(at: evidence)

    try story.there.given("router-2", Crossing.update(fork))

    let client = try #require(try client(story))
    #expect(try WireProvenHeader(strict: client.conflict.octets, limit: 65_536) == fork.wire)
    #expect(
      try story.there.value(
        of: RelayContract.header(
          story.here.id, revision: 1, height: evidence.name.height), as: WireProvenHeader.self)
        == evidence.anchor.proven.wire)
    for request in [
      try story.receive(2, evidence), try Crossing.update(fork),
      try Crossing.update(evidence.anchor.proven),
    ] {
      #expect(Expected(try story.there.submit("router", request))?.code == "relay.client_frozen")
    }
    #expect(
      try story.there.operations(RelayContract.client(story.here.id, revision: 1)).last
        == "freeze")
  }

  /// A header that the validators of `here` finalise beside a newest one that `there` knows.
  enum Lie: CaseIterable {
    /// Above it, and not later.
    case later
    /// Below it, and not earlier.
    case earlier
    /// Below it, and the last of the same epoch.
    case end
  }

  private func lie(_ lie: Lie, _ story: Crossing, signers: Int? = nil) throws -> ProvenHeader {
    let below = try #require(try story.here.ledger.anchor()).proven.header
    try story.here.run()
    let newest = try Crossing.sync(story.here, to: story.there).anchor.proven.header
    let other = BlockHeader(
      chainID: newest.chainID, suite: story.here.suite, epoch: newest.epoch,
      height: lie == .later ? newest.height + 1 : below.height, view: newest.view + 1,
      parent: newest.parent, timeMs: lie == .end ? below.timeMs : newest.timeMs, batches: [],
      executed: lie == .later ? newest.executed : below.executed,
      validatorSet: newest.validatorSet,
      nextValidatorSet: lie == .end ? newest.hash : newest.validatorSet)
    return ProvenHeader(
      header: other, finalization: try story.here.certificate(for: other, signers: signers))
  }

  @Test(
    "A finalised header that no honest validators could finalise freezes the client",
    arguments: Lie.allCases)
  func freezeByLie(_ kind: Lie) throws {
    let story = try Crossing()
    try story.here.run()
    let lie = try lie(kind, story)

    try story.there.given("router", Crossing.update(lie))

    let client = try #require(try client(story))
    #expect(try WireProvenHeader(strict: client.conflict.octets, limit: 65_536) == lie.wire)
  }

  @Test("Such a header without a quorum freezes nothing", arguments: Lie.allCases)
  func noFreezeByLieWithoutQuorum(_ kind: Lie) throws {
    let story = try Crossing()
    try story.here.run()

    let receipt = try story.there.submit(
      "router", Crossing.update(lie(kind, story, signers: 2)))

    #expect(Expected(receipt) == Expected(code("not_proven"), "link.last", "not_finalised"))
    #expect(try client(story)?.conflict.isEmpty == true)
  }

  @Test("A decision that names too late a time freezes nothing: the validators did not lie")
  func lateDecision() throws {
    let story = try Crossing()
    var record = story.here.record(revision: 2)
    record.timeMs += 2_000
    try story.there.decide([WireChange(.trustChain(record))])
    try story.here.run()
    let anchor = try #require(try story.here.ledger.anchor())

    let receipt = try story.there.submit("router", Crossing.update(anchor.proven, revision: 2))

    let header = anchor.proven.header
    #expect(
      Expected(receipt)
        == Expected(
          code("contradiction"), "link.last", "height \(header.height) of \(header.timeMs)"))
  }

  @Test("A second header without a quorum freezes nothing")
  func noFreezeWithoutQuorum() throws {
    let story = try Crossing()
    try story.here.run()
    let evidence = try Crossing.sync(story.here, to: story.there)

    let receipt = try story.there.submit(
      "router", Crossing.update(story.here.fork(at: evidence, signers: 2)))

    #expect(
      Expected(receipt) == Expected(code("not_proven"), "link.last", "not_finalised"))
    #expect(try client(story)?.conflict.isEmpty == true)
  }

  @Test("Two last headers of one epoch freeze the client, though the epoch has passed")
  func freezeByTwoSuccessions() throws {
    let story = try Crossing()
    let links = try story.here.ledger.epochLinks(from: 0, limit: 1)
    let last = try ProvenHeader(links[0].last, suite: story.here.suite).header
    try Crossing.sync(story.here, to: story.there)
    // The old validators elect themselves once more.
    let other = BlockHeader(
      chainID: last.chainID, suite: story.here.suite, epoch: 0, height: last.height,
      view: last.view, parent: last.parent, timeMs: last.timeMs, batches: [],
      executed: last.executed, validatorSet: last.validatorSet,
      nextValidatorSet: last.validatorSet)
    let fork = ProvenHeader(header: other, finalization: try story.here.certificate(for: other))

    try story.there.given("router", Crossing.update(fork))

    #expect(try client(story)?.conflict.isEmpty == false)
  }

  @Test(
    "A chain that is trusted anew is followed again, and nothing from before counts",
    arguments: [true, false])
  func trustedAnew(frozen: Bool) throws {
    let story = try Crossing()
    try story.givenSent("N1")
    try story.givenSent("N2", timeoutMs: story.there.timeMs + 2 * RelayChain.trustingMs)
    let before = try Crossing.sync(story.here, to: story.there)
    if frozen {
      try story.there.given("router", Crossing.update(story.here.fork(at: before)))
    } else {
      let later = story.here.timeMs + RelayChain.trustingMs + 60_000
      try story.here.run(at: later)
      try story.there.run(at: later)
    }
    #expect(try story.there.submit("router", story.receive(1, before)).isDone == false)

    try story.there.decide([WireChange(.trustChain(story.here.record(revision: 2)))])
    try story.here.run()
    let after = try Crossing.sync(story.here, to: story.there, revision: 2)

    let old = try story.there.submit("router", story.receive(1, before))
    #expect(Expected(old) == Expected(code("other_revision"), "header.revision", "2"))
    // The timeout has passed meanwhile if the chain was idle so long: the packet makes way.
    try story.there.given(
      "router", frozen ? story.receive(1, after) : story.skip(1, after))
    try story.there.given("router", story.receive(2, after))
  }

  @Test("Nothing is sent to a chain that is frozen or expired")
  func nothingSent() throws {
    let story = try Crossing()
    try story.there.run()
    let evidence = try Crossing.sync(story.there, to: story.here)
    try story.here.given("router", Crossing.update(story.there.fork(at: evidence)))
    let frozen = try story.here.submit("sender", story.send("N1"))
    #expect(Expected(frozen) == Expected(code("client_frozen"), "chain", "province"))

    let other = try Crossing()
    let later = other.here.timeMs + RelayChain.trustingMs + 60_000
    let expired = try other.here.submit(
      "sender", other.send("N1", timeoutMs: later + 1_000), at: later)
    #expect(
      Expected(expired)
        == Expected(
          code("client_expired"), "chain", "province, newest header of \(RelayChain.start)"))
  }
}
