import GatewayConformance
import Storage
import TestLedger
import Testing

@testable import GatewayKit

@Suite("Lane")
struct LaneTests {
  private static let documents = 40

  /// Offers documents of which some are refused and some decided late, disturbs, heals, finishes.
  private func run(seed: UInt64) async throws -> LaneWorld {
    var world = try LaneWorld(seed: seed)
    let documents = try (0..<Self.documents).map { try sample($0) }
    for (number, document) in documents.enumerated() {
      let key = document.heading.businessKey
      if number % 5 == 1 { await world.target.decide(key, .refused(try code("target.closed"))) }
      if number % 5 == 2 { await world.target.decide(key, .pending) }
    }
    for document in documents {
      await world.source.offer([document])
      for _ in 0..<12 { try await world.step(isDisturbed: true) }
    }
    for (number, document) in documents.enumerated() where number % 5 == 2 {
      await world.target.decide(document.heading.businessKey, .done)
    }
    var steps = 0
    while await world.source.settled().count < Self.documents, steps < 20_000 {
      steps += 1
      try await world.step(isDisturbed: false)
    }
    return world
  }

  @Test(
    "Whatever fails, every document is taken once, in order, and its source told once",
    arguments: [UInt64](1...40))
  func exactlyOnce(seed: UInt64) async throws {
    let world = try await run(seed: seed)
    let documents = try (0..<Self.documents).map { try sample($0) }
    let taken = documents.enumerated().filter { $0.offset % 5 != 1 }.map(\.element)
    #expect(await world.target.taken() == taken, "seed \(seed)")
    let refused = try code("target.closed")
    let told = await world.source.settled()
    #expect(told.count == Self.documents, "seed \(seed)")
    for (number, document) in documents.enumerated() {
      let outcome = number % 5 == 1 ? GatewayOutcome.refused(refused) : .done
      #expect(told.contains(Told(document.id, outcome)), "seed \(seed), document \(number)")
    }
    let failures = try world.outbox.failures()
    #expect(
      failures
        == documents.enumerated().filter { $0.offset % 5 == 1 }.map {
          GatewayFailure(id: $0.element.id, stage: .delivery, code: refused)
        }, "seed \(seed)")
    #expect(world.crashes > 3, "the seed disturbs")
  }

  @Test("The same seed gives the same run")
  func deterministic() async throws {
    let (first, second) = (try await run(seed: 7), try await run(seed: 7))
    #expect(first.transcript == second.transcript)
    #expect(first.crashes == second.crashes)
  }

  @Test("No more documents wait or are under way than the limits say")
  func bounded() async throws {
    var world = try LaneWorld(seed: 3)
    for number in 0..<30 {
      let document = try sample(number)
      await world.target.decide(document.heading.businessKey, .pending)
      await world.source.offer([document])
    }
    for _ in 0..<2_000 {
      try await world.step(isDisturbed: false)
      #expect(world.lane.status.waiting <= world.limits.waiting)
      #expect(world.lane.status.underWay <= world.limits.underWay)
    }
    #expect(world.lane.status.underWay == world.limits.underWay)
    #expect(await world.target.taken().count == world.limits.underWay)
  }

  @Test("A page with more documents than were asked for is not believed")
  func overlongPage() throws {
    var world = try LaneWorld(seed: 1)
    let call = Lane.Call.pull(after: nil, limit: 4)
    #expect(world.lane.next(.source, now: .zero) == .call(call))
    let page = GatewayPage(documents: try (0..<5).map { try sample($0) }, cursor: nil)
    #expect(world.lane.take(.pulled(page), to: call, now: .zero, using: &world.generator) == [])
    guard case .violation = world.lane.status.sourceFault else {
      Issue.record("\(String(describing: world.lane.status.sourceFault))")
      return
    }
    #expect(world.lane.status.underWay == 0)
  }

  @Test("A source counts as reached from its first answer on, also while it is away later")
  func reached() throws {
    var world = try LaneWorld(seed: 1)
    let call = Lane.Call.pull(after: nil, limit: 4)
    let away = Lane.Reply.failed(.timedOut)
    let page = Lane.Reply.pulled(GatewayPage(documents: [], cursor: nil))
    var reached = [world.lane.status.sourceAnswered]
    for reply in [away, page, away] {
      _ = world.lane.take(reply, to: call, now: .zero, using: &world.generator)
      reached.append(world.lane.status.sourceAnswered)
    }
    #expect(reached == [false, false, true, true])
  }

  @Test("What a source does not accept is kept as a failure, and not told again")
  func refusedSettlement() throws {
    var world = try LaneWorld(seed: 1)
    let call = Lane.Call.pull(after: nil, limit: 4)
    let page = GatewayPage(documents: [try sample(1)], cursor: GatewayCursor([1]))
    try world.outbox.write(
      world.lane.take(.pulled(page), to: call, now: .zero, using: &world.generator))
    try world.outbox.write(
      world.lane.take(.delivered(.done), to: .deliver(1), now: .zero, using: &world.generator))
    let settle = Lane.Call.settle(1, try sample(1).id, .done)
    #expect(world.lane.next(.source, now: .zero) == .call(settle))
    try world.outbox.write(
      world.lane.take(
        .failed(.refused(.settledOtherwise)), to: settle, now: .zero, using: &world.generator))
    #expect(world.lane.status.underWay == 0)
    #expect(
      try world.outbox.failures() == [
        GatewayFailure(id: sample(1).id, stage: .settlement, code: .settledOtherwise)
      ])
  }

  @Test("A refusal that may pass leaves the outcome in the lane, and it is told again")
  func unsettled() throws {
    var world = try LaneWorld(seed: 1)
    let pull = Lane.Call.pull(after: nil, limit: 4)
    let page = GatewayPage(documents: [try sample(1)], cursor: GatewayCursor([1]))
    _ = world.lane.take(.pulled(page), to: pull, now: .zero, using: &world.generator)
    _ = world.lane.take(.delivered(.done), to: .deliver(1), now: .zero, using: &world.generator)
    let settle = Lane.Call.settle(1, try sample(1).id, .done)
    for fault in [
      GatewayFault.refused(try code("source.suspended")),
      .violation(reason: "the chain refuses the call: relay.not_gateway"),
    ] {
      #expect(
        world.lane.take(.failed(fault), to: settle, now: .zero, using: &world.generator) == [])
      #expect(world.lane.status.underWay == 1)
      #expect(world.lane.status.failures == 0)
      #expect(world.lane.status.sourceFault == fault)
      #expect(world.lane.next(.source, now: .seconds(60)) == .call(settle))
    }
  }

  @Test("An outcome that its source refuses for now holds up no other document")
  func putOff() throws {
    var world = try LaneWorld(seed: 1)
    let page = GatewayPage(
      documents: [try sample(1), try sample(2)], cursor: GatewayCursor([1]))
    _ = world.lane.take(
      .pulled(page), to: .pull(after: nil, limit: 4), now: .zero, using: &world.generator)
    for number in 1...2 as ClosedRange<UInt64> {
      _ = world.lane.take(
        .delivered(.done), to: .deliver(number), now: .zero, using: &world.generator)
    }
    let first = Lane.Call.settle(1, try sample(1).id, .done)
    let second = Lane.Call.settle(2, try sample(2).id, .done)
    let refused = GatewayFault.refused(try code("bureau.archived"))

    _ = world.lane.take(.failed(refused), to: first, now: .zero, using: &world.generator)

    #expect(world.lane.next(.source, now: .zero) == .call(second))
    _ = world.lane.take(.settled, to: second, now: .zero, using: &world.generator)
    guard case .call(.pull) = world.lane.next(.source, now: .zero) else {
      Issue.record("what comes next is not pulled")
      return
    }
    #expect(world.lane.next(.source, now: .seconds(60)) == .call(first))
  }

  @Test("A place that fails is asked later each time, at most after the longest pause")
  func patience() {
    var patience = Patience(LaneLimits())
    var generator = SeededGenerator(seed: 5)
    var longest: [Duration] = []
    for _ in 0..<12 {
      patience.fail(.timedOut, now: .zero, using: &generator)
      longest.append(patience.until)
    }
    for (index, pause) in longest.enumerated() {
      let whole = min(Duration.seconds(60), .milliseconds(500) * (1 << index))
      #expect(pause >= whole / 2 && pause <= whole, "pause \(index): \(pause)")
    }
    patience.succeed()
    patience.fail(.busy(retryAfter: .seconds(20)), now: .seconds(1), using: &generator)
    #expect(patience.until == .seconds(21))
    patience.succeed()
    patience.fail(.busy(retryAfter: .seconds(9_999)), now: .zero, using: &generator)
    #expect(patience.until == .seconds(60), "a place cannot stop a lane for ever")
    patience.succeed()
    patience.fail(.violation(reason: "lie"), now: .zero, using: &generator)
    #expect(patience.until >= .seconds(30))
  }
}
