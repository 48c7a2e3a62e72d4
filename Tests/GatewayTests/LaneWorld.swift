import GatewayConformance
import Storage
import TestLedger
import Testing

@testable import GatewayKit

/// One lane between two places in memory, whose calls fail, whose answers get lost and whose
/// process dies, as a seed decides.
struct LaneWorld {
  let source = MemoryGateway("source")
  let target = MemoryGateway("target")
  let outbox: Outbox
  let limits: LaneLimits
  var generator: SeededGenerator
  var lane: Lane
  var now = Duration.zero
  var crashes = 0
  var calls = 0
  /// What happened, to be compared between runs of one seed.
  var transcript: [String] = []

  init(seed: UInt64) throws {
    var limits = LaneLimits()
    limits.waiting = 4
    limits.underWay = 8
    self.limits = limits
    generator = SeededGenerator(seed: seed)
    outbox = Outbox(MemoryStore(), lane: 0, source: "source", target: "target")
    lane = Lane(try outbox.contents(), limits: limits)
  }

  /// One step of one side, or the passing of time.
  mutating func step(isDisturbed: Bool) async throws {
    let side = Bool.random(using: &generator) ? Lane.Side.source : .target
    guard case .call(let call) = lane.next(side, now: now) else {
      now += .milliseconds(Int.random(in: 1...2_000, using: &generator))
      return
    }
    calls += 1
    let disturbance =
      isDisturbed && chance(4) ? Disturbance.allCases.randomElement(using: &generator) : nil
    let place = side == .source ? source : target
    await place.disturb(disturbance)
    let reply = try await perform(call)
    await place.disturb(nil)
    transcript.append("\(call) \(reply)")
    if isDisturbed, chance(10) { return try crash() }
    let changes = lane.take(reply, to: call, now: now, using: &generator)
    if isDisturbed, chance(10) { return try crash() }
    try outbox.write(changes)
    if isDisturbed, chance(10) { try crash() }
  }

  private mutating func chance(_ one: Int) -> Bool {
    Int.random(in: 0..<one, using: &generator) == 0
  }

  /// Only the outbox survives, and the clock starts anew.
  private mutating func crash() throws {
    crashes += 1
    now = .zero
    lane = Lane(try outbox.contents(), limits: limits)
  }

  private func perform(_ call: Lane.Call) async throws -> Lane.Reply {
    do {
      switch call {
      case .pull(let cursor, let limit):
        return .pulled(try await source.documents(after: cursor, limit: limit))
      case .settle(_, let id, let outcome):
        try await source.settle(id, as: outcome)
        return .settled
      case .deliver(let number):
        return .delivered(try await target.deliver(outbox.document(number)))
      case .ask(_, let id):
        return .told(try await target.outcome(of: id))
      }
    } catch let fault as GatewayFault {
      return .failed(fault)
    }
  }
}
