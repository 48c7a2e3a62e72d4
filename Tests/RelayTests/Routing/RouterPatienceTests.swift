import BuiltinContracts
import RouterCore
import Testing

/// How long a router waits for answers.
struct RouterPatienceTests {
  @Test("A router that is late gets more time for every answer, up to a bound")
  func late() throws {
    let world = try RouterWorld(seed: 1)
    let view = try #require(try world.routers[0].view())
    var core = RouterCore(member: "router", channels: [Crossing.channel])
    var waits: [UInt64] = []
    var askedMs: UInt64 = 0
    var effects = core.start(now: RouterMoment(wallMs: 0, steadyMs: 0))
    let router = world.routers[2].keys.id
    effects += core.handle(.linked(router), now: RouterMoment(wallMs: 0, steadyMs: 0))
    for steadyMs in stride(from: UInt64(0), to: 400_000, by: 50) {
      let now = RouterMoment(wallMs: 0, steadyMs: steadyMs)
      effects += core.handle(.tick, now: now)
      while !effects.isEmpty {
        switch effects.removeFirst() {
        case .look: effects += core.handle(.looked(view), now: now)
        case .ask: askedMs = steadyMs
        case .note(.silent): waits.append(steadyMs - askedMs)
        default: break
        }
      }
    }
    #expect(waits.count > 8)
    #expect(waits == waits.sorted())
    // The question itself may wait for two seconds.
    #expect(waits.first == 7_000)
    #expect(waits.last == 47_000)
  }
}
