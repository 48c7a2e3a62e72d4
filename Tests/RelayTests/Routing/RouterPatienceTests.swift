import BuiltinContracts
import RouterCore
import Testing
import Wire

/// How long a router waits for answers.
struct RouterPatienceTests {
  /// How long it waited for the silent ones of the linked routers, one time after the other; the
  /// others answer at once that there is nothing.
  private func waits(linked: [Int], silent: [Int]) throws -> [UInt64] {
    let world = try RouterWorld(seed: 1)
    let view = try #require(try world.routers[0].view())
    let silent = Set(silent.map { world.routers[$0].keys.id })
    var story = CoreStory()
    for index in linked { story.tell(.linked(world.routers[index].keys.id)) }
    var waits: [UInt64] = []
    var askedMs: UInt64 = 0
    story.run(for: 400_000) { effect, nowMs in
      switch effect {
      case .look: return .looked(view)
      case .ask(let ask, let router):
        askedMs = nowMs
        guard !silent.contains(router) else { return nil }
        var answer = WireRouterAnswer()
        answer.number = ask.number
        answer.channel = ask.channel
        return .answered(answer, by: router)
      case .judge: return .judged(channel: view.id, Judgement(calls: [], fault: nil))
      case .note(.silent):
        waits.append(nowMs - askedMs)
        return nil
      default: return nil
      }
    }
    return waits
  }

  @Test("A router that is late gets more time for every answer, up to a bound")
  func late() throws {
    let waits = try waits(linked: [2], silent: [2])
    #expect(waits.count > 8)
    #expect(waits == waits.sorted())
    // The question itself may wait for two seconds.
    #expect(waits.first == 7_000)
    #expect(waits.last == 47_000)
  }

  @Test("Beside one that answers, a silent router gets no more time, and less of it than the other")
  func passedBy() throws {
    let waits = try waits(linked: [2, 3], silent: [2])
    #expect(waits.count > 8)
    #expect(waits.allSatisfy { $0 == 7_000 })
    #expect(waits.reduce(0, +) < 200_000)
  }

  @Test("Where all routers are late each gets more time")
  func allLate() throws {
    let waits = try waits(linked: [2, 3], silent: [2, 3])
    #expect(waits.contains { $0 > 20_000 })
    #expect(waits.allSatisfy { $0 <= 47_000 })
  }
}
