import BuiltinContracts
import LedgerModel
import RouterCore
import Testing
import Wire

/// Requests for invoices that are answered without anybody's hand.
struct SharingTests {
  private func numbers(_ range: ClosedRange<Int>) -> [String] { range.map { "\($0)" } }

  @Test("Who asks gets as many as asked for, in their order, and the next behind the last")
  func inOrder() throws {
    let world = try SharingWorld()
    try world.givenRecorded(1...7)

    try world.givenAsked(from: 0, most: 4)
    try world.run(seconds: 10)

    #expect(try world.shared().map(\.number) == numbers(1...4))
    #expect(try world.shared().map(\.cursor) == world.recorded().prefix(4).map(\.position))
    for number in numbers(1...4) {
      #expect(try world.story.province.invoice(number)?.owner == "fund")
    }
    let last = try #require(try world.shared().last).cursor

    try world.givenAsked(from: last + 1, most: 100)
    try world.run(seconds: 10)

    #expect(try world.shared().map(\.number) == numbers(1...7))
    #expect(
      world.notes.filter { if case .ended = $0 { true } else { false } } == [
        .ended(channel: Crossing.channel, request: 1, shared: 4),
        .ended(channel: Crossing.channel, request: 2, shared: 3),
      ])
  }

  @Test("What was recorded after the request arrived is not part of the answer")
  func later() throws {
    let world = try SharingWorld()
    try world.givenRecorded(1...2)
    try world.givenAsked(from: 0, most: 100)
    try world.givenRecorded(3...4)
    try world.run(seconds: 10)
    #expect(try world.shared().map(\.number) == numbers(1...2))
  }

  @Test(
    "Started anew at any moment, it shares each invoice once",
    arguments: 1...4 as ClosedRange<UInt64>)
  func restarted(seed: UInt64) throws {
    let world = try SharingWorld(seed: seed)
    world.crashes = 25
    try world.givenRecorded(1...9)
    try world.givenAsked(from: 0, most: 6)
    try world.run(seconds: 40)
    #expect(try world.shared().map(\.number) == numbers(1...6))
  }

  @Test("What its member cannot read is left out, said, and not counted")
  func unreadable() throws {
    let world = try SharingWorld()
    world.unreadable = ["2", "3"]
    try world.givenRecorded(1...6)
    try world.givenAsked(from: 0, most: 3)
    try world.run(seconds: 10)
    #expect(try world.shared().map(\.number) == ["1", "4", "5"])
    let skipped = world.notes.compactMap { note -> String? in
      if case .skipped(_, let invoice, "no key") = note { invoice.key } else { nil }
    }
    #expect(skipped == ["\(Exchange.code):2", "\(Exchange.code):3"])
  }

  @Test("While its member may not send, no invoice is left out; afterwards each is shared")
  func suspended() throws {
    let world = try SharingWorld()
    try world.givenRecorded(1...4)
    try world.givenAsked(from: 0, most: 4)
    try world.story.finance.decide([WireChange(.suspendMember("hospital"))])
    try world.run(seconds: 10)
    #expect(try world.shared().isEmpty)
    #expect(
      world.notes.contains { note in
        if case .stalled(_, let reason?) = note {
          reason.contains("registry.member_suspended")
        } else {
          false
        }
      })

    try world.story.finance.decide([WireChange(.reinstateMember("hospital"))])
    try world.run(seconds: 30)

    #expect(try world.shared().map(\.number) == numbers(1...4))
    #expect(!world.notes.contains { if case .skipped = $0 { true } else { false } })
    #expect(world.notes.contains(.ended(channel: Crossing.channel, request: 1, shared: 4)))
  }

  @Test(
    "An invoice is left out for what is said of it alone",
    arguments: [
      ("invoice.not_authorised", true), ("invoice.not_found", true),
      ("query.unknown_attachment", true), ("message.other_facts", true),
      ("relay.malformed", true), ("contract.too_large", true), ("relay.window_full", false),
      ("relay.message_type", false),
      ("registry.member_suspended", false), ("contract.not_permitted", false),
      ("transaction.expired", false), ("request.height_not_reached", false),
    ])
  func leftOut(code: String, isAboutInvoice: Bool) {
    #expect(SharingCore.isAboutInvoice(code) == isAboutInvoice)
  }

  @Test("Terms without a type of message keep it from being sent, and say which")
  func otherTerms() throws {
    let view = try #require(try RouterWorld(seed: 1).routers[0].view())
    #expect(view.obstacleToSending("notice") == nil)
    #expect(view.obstacleToSending("invoice.share")?.contains("invoice.share") == true)
  }

  @Test("No more is sent than the channel's window lets through, and the rest when there is room")
  func window() throws {
    let world = try SharingWorld()
    try world.givenRecorded(1...12)
    try world.givenAsked(from: 0, most: 12)
    try world.run(seconds: 10, carrying: false)
    #expect(try world.shared().count == Int(Crossing.window))
    #expect(!world.notes.contains { if case .stalled = $0 { true } else { false } })
    try world.run(seconds: 20)
    #expect(try world.shared().map(\.number) == numbers(1...12))
  }

  @Test("Without a request nothing is shared, and one that is answered is not answered again")
  func quiet() throws {
    let world = try SharingWorld()
    try world.givenRecorded(1...2)
    try world.run(seconds: 40)
    #expect(try world.shared().isEmpty)
    try world.givenAsked(from: 0, most: 1)
    try world.run(seconds: 40)
    #expect(try world.shared().map(\.number) == ["1"])
    #expect(world.notes.count { if case .begun = $0 { true } else { false } } == 1)
  }

  @Test("A packet's timeout is within the channel's terms, whatever the clock says")
  func timeout() throws {
    let hour: UInt64 = 3_600_000
    let view = SharingCore.View(
      request: RelayRequestedInvoices(), height: 1, room: 1, obstacle: nil, timeMs: 100 * hour,
      maxTimeoutMs: 2 * hour)
    #expect(view.timeoutMs(wallMs: 100 * hour) == 101 * hour)
    #expect(view.timeoutMs(wallMs: 90 * hour) == 101 * hour)
    #expect(view.timeoutMs(wallMs: 500 * hour) == 102 * hour)
  }
}
