import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import TestLedger
import Testing
import Wire

/// The contract on two real chains against its naive model, with random calls in random order.
struct RelayTwinTests {
  private static let stepsPerSeed = 240

  @Test("Whatever routers bring, packets have the states that the naive model gives them")
  func twin() throws {
    var tally: [String: (accepted: Int, refused: Int)] = [:]
    for seed in 1...6 as ClosedRange<UInt64> {
      var run = try Run(seed: seed)
      for _ in 0..<Self.stepsPerSeed { try run.step() }
      for (name, counts) in run.tally {
        tally[name, default: (0, 0)].accepted += counts.accepted
        tally[name, default: (0, 0)].refused += counts.refused
      }
    }
    // Otherwise the comparison would not say much.
    for name in ["send", "receive", "skip", "acknowledge", "timeOut", "decide", "lapse"] {
      let counts = tally[name, default: (0, 0)]
      #expect(counts.accepted >= 10 && counts.refused >= 10, "\(name): \(tally)")
    }
  }

  @Test("A run of one seed is repeated byte for byte")
  func determinism() throws {
    var first = try Run(seed: 99)
    var second = try Run(seed: 99)
    for _ in 0..<20 {
      try first.step()
      try second.step()
    }
    #expect(first.story.here.ledger.executed == second.story.here.ledger.executed)
    #expect(first.story.there.ledger.executed == second.story.there.ledger.executed)
  }
}

/// Two chains and their twin, call by call.
private struct Run {
  let story: Crossing
  private let seed: UInt64
  private var random: SeededGenerator
  private var twin = NaiveRelay(window: Int(Crossing.window))
  /// The newest time of `there` that `here` knows.
  private var seen: UInt64
  private var steps = 0
  private(set) var tally: [String: (accepted: Int, refused: Int)] = [:]

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    story = try Crossing(.intl, .intl)
    seen = RelayChain.start
  }

  mutating func step() throws {
    steps += 1
    // Mostly what is next to do, so that packets get on.
    let near = twin.passed + 1 + [-1, 0, 0, 0, 1][Int.random(in: 0..<5, using: &random)]
    let oldest = (twin.packets.firstIndex { $0.state == .sent } ?? 0) + 1
    let number = max(1, Int.random(in: 0..<4, using: &random) == 0 ? near : oldest)
    let open = (twin.packets.firstIndex { $0.fate == .open }).map { $0 + 1 }
    switch Int.random(in: 0..<16, using: &random) {
    case 0...3: try send()
    case 4...7: try receive(max(1, near))
    case 8: try skip(max(1, near))
    case 9...10: try acknowledge(number)
    case 11: try timeOut(number)
    case 12...13: try decide(open ?? number)
    case 14: try lapse(open ?? number)
    default:
      try story.there.run(
        at: story.there.timeMs + UInt64.random(in: 1...20_000, using: &random))
    }
    try compare()
  }

  private mutating func note(_ name: String, _ receipt: Receipt, _ expected: Bool) {
    #expect(receipt.isDone == expected, "seed \(seed), step \(steps): \(name), \(receipt)")
    if expected {
      tally[name, default: (0, 0)].accepted += 1
    } else {
      tally[name, default: (0, 0)].refused += 1
    }
  }

  private mutating func send() throws {
    // The key says of which type the notice is: keys of two types are not compared.
    let isAsked = Int.random(in: 0..<3, using: &random) > 0
    let key = "\(isAsked ? "A" : "K")\(Int.random(in: 0..<20, using: &random))"
    let timeout =
      max(story.here.timeMs, story.there.timeMs) + UInt64.random(in: 0..<150_000, using: &random)
    let hasRecipient = Int.random(in: 0..<6, using: &random) > 0
    let receipt = try story.here.submit(
      "sender",
      story.send(key, timeoutMs: timeout) {
        if !hasRecipient { $0.packet.recipient = "nobody" }
        if isAsked { $0.packet.messageType = "notice.confirmed" }
      })
    let expected = twin.send(
      key, timeout: timeout, hasRecipient: hasRecipient, isAsked: isAsked,
      now: max(story.here.timeMs, seen))
    note("send", receipt, expected)
    try story.here.run()
  }

  private mutating func receive(_ number: Int) throws {
    let evidence = try Crossing.sync(story.here, to: story.there)
    let receipt = try story.there.submit("router", story.receive(UInt64(number), evidence))
    note("receive", receipt, twin.receive(number, now: story.there.timeMs))
  }

  private mutating func skip(_ number: Int) throws {
    let evidence = try Crossing.sync(story.here, to: story.there)
    let receipt = try story.there.submit("router", story.skip(UInt64(number), evidence))
    note("skip", receipt, twin.skip(number, now: story.there.timeMs))
  }

  private mutating func decide(_ number: Int) throws {
    let failure =
      [RelayFailure.none, .content, .refused].randomElement(using: &random) ?? RelayFailure.none
    let receipt = try story.there.submit("clerk", Crossing.decide(UInt64(number), failure))
    note(
      "decide", receipt,
      twin.decide(number, taken: failure == .none, now: story.there.timeMs))
  }

  private mutating func lapse(_ number: Int) throws {
    // Else hardly any packet would still be open at its timeout.
    if number <= twin.packets.count, twin.packets[number - 1].fate == .open,
      Int.random(in: 0..<2, using: &random) == 0
    {
      try story.there.run(at: max(story.there.timeMs + 1, twin.packets[number - 1].timeout))
    }
    let receipt = try story.there.submit("router", Crossing.lapse(UInt64(number)))
    note("lapse", receipt, twin.lapse(number, now: story.there.timeMs))
  }

  /// `here` learns what `there` is like now.
  private mutating func look() throws -> (passed: UInt64, timeMs: UInt64, Crossing.Evidence) {
    try story.there.run()
    let passed = try Crossing.sync(story.there, to: story.here)
    try story.there.run()
    let evidence = try Crossing.sync(story.there, to: story.here)
    seen = evidence.anchor.proven.header.timeMs
    return (passed.name.height, passed.anchor.proven.header.timeMs, evidence)
  }

  private mutating func acknowledge(_ number: Int) throws {
    let (_, _, evidence) = try look()
    let receipt = try story.here.submit("router", story.acknowledge(UInt64(number), evidence))
    note("acknowledge", receipt, twin.acknowledge(number))
  }

  private mutating func timeOut(_ number: Int) throws {
    let (passed, timeMs, evidence) = try look()
    let receipt = try story.here.submit(
      "router", story.timeOut(UInt64(number), passed: passed, evidence))
    note("timeOut", receipt, twin.timeOut(number, seen: timeMs))
  }

  private func compare() throws {
    let place: Comment = "seed \(seed), step \(steps)"
    let (here, there) = (story.here, story.there)
    #expect(try Int(here.channel().sent) == twin.packets.count, place)
    #expect(try Int(here.channel().unsettled) == twin.unsettled, place)
    #expect(try Int(there.channel().received) == twin.passed, place)
    for (index, packet) in twin.packets.enumerated() {
      let sequence = UInt64(index) + 1
      let sent = try #require(try here.sent(sequence), place)
      let received = try there.received(sequence)
      switch packet.state {
      case .sent: #expect(sent.state == .sent, place)
      case .acknowledged: #expect(sent.state == .acknowledged, place)
      case .compensated: #expect(sent.state == .compensated, place)
      }
      switch packet.fate {
      case .none, .skipped: #expect(received == nil, place)
      case .open: #expect(received?.outcome.open == true, place)
      case .effect:
        #expect(received?.outcome.failure == RelayFailure.none, place)
        #expect(received?.outcome.open == false, place)
      case .failure: #expect(received.map { $0.outcome.failure != .none } == true, place)
      }
    }
    // The newest packet with a key decides what its sender sees.
    for (key, last) in Dictionary(
      twin.packets.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    {
      let status: RelaySentNotice.Status =
        switch last.state {
        case .sent: .underWay
        case .acknowledged: .delivered
        case .compensated: .undelivered
        }
      let type = last.isAsked ? "notice.confirmed" : "notice"
      #expect(try here.notice(key, type: type)?.status == status, place)
      let hasEffect = twin.packets.contains {
        $0.key == key && ($0.fate == .effect || $0.fate == .open)
      }
      let delivered = try there.delivered(key, type: type)
      #expect((delivered.map { $0.failure == .none } ?? false) == hasEffect, place)
    }
  }
}
