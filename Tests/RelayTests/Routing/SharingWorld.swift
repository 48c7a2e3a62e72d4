import BuiltinContracts
import LedgerModel
import LedgerStore
import RouterCore
import TestLedger
import Wire

/// The machine that answers requests, over finance's chain; the province asks.
final class SharingWorld {
  let story: Exchange
  private(set) var core = SharingWorld.core()
  private(set) var notes: [SharingCore.Note] = []
  private var now: UInt64 = 0
  private var events: [SharingCore.Event] = []
  private var requests: UInt64 = 0
  /// Numbers of invoices that the member cannot read.
  var unreadable: Set<String> = []
  /// Of 100 events, before how many the machine starts anew; what was under way is lost, done or
  /// not.
  var crashes = 0
  private var random: SeededGenerator

  init(seed: UInt64 = 1) throws {
    story = try Exchange()
    random = SeededGenerator(seed: seed)
  }

  private static func core() -> SharingCore {
    var settings = SharingCore.Settings()
    settings.found = 3
    settings.shared = 2
    return SharingCore(channels: [Crossing.channel], settings: settings)
  }

  func givenRecorded(_ numbers: ClosedRange<Int>) throws {
    for number in numbers { try story.givenRecorded("\(number)", on: story.finance) }
  }

  /// The province asks, and the request arrives.
  func givenAsked(from cursor: UInt64, most: UInt32) throws {
    requests += 1
    var request = RelayInvoiceRequest()
    request.number = requests
    request.cursor = cursor
    request.most = most
    try story.givenSent(
      story.packet(
        "invoice.request", request, by: "fund", from: story.province, to: "hospital",
        hasContent: false), from: story.province)
    try story.settle(from: story.province)
    events.append(.changed(channel: Crossing.channel))
  }

  /// Runs for so long, packets being carried every second or not at all.
  func run(seconds: Int, carrying: Bool = true) throws {
    for _ in 0..<seconds {
      for _ in 0..<10 {
        now += 100
        events.append(.tick)
        while !events.isEmpty { try handle(events.removeFirst()) }
      }
      if carrying, try story.finance.channel().unsettled > 0 {
        try story.settle(from: story.finance)
        events.append(.changed(channel: Crossing.channel))
      }
    }
  }

  private func handle(_ event: SharingCore.Event) throws {
    if random.next() % 100 < UInt64(crashes) {
      core = Self.core()
      events = []
    }
    let moment = RouterMoment(wallMs: story.finance.timeMs, steadyMs: now)
    for effect in core.handle(event, now: moment) {
      switch effect {
      case .look(let channel): events.append(.looked(channel: channel, try view()))
      case .find(let channel, let from, let height, let most):
        let (candidates, next) = try find(from, height, most)
        events.append(.found(channel: channel, candidates, next: next))
      case .share(let channel, let invoices, let view):
        let outcomes = try invoices.map { try share($0, view) }
        events.append(.shared(channel: channel, outcomes))
      case .note(let note): notes.append(note)
      }
    }
  }

  private func view() throws -> SharingCore.View? {
    let finance = story.finance
    guard
      let request = try finance.value(
        of: RelayContract.request(Crossing.channel), as: RelayRequestedInvoices.self),
      let received = try finance.received(request.sequence)
    else { return nil }
    return SharingCore.View(
      request: request, height: received.outcome.height,
      room: Int(Crossing.window) - Int(try finance.channel().unsettled), obstacle: nil,
      timeMs: finance.timeMs, maxTimeoutMs: Crossing.maxTimeoutMs)
  }

  /// Invoices that finance recorded, with their positions.
  func recorded() throws -> [(asset: AssetID, position: UInt64, height: UInt64)] {
    let ledger = story.finance.ledger
    return try ledger.records(0..<ledger.executed.logSize).enumerated().compactMap {
      guard $1.kind == 1 else { return nil }
      let event = try AssetEvent(decoding: $1.bytes)
      guard event.asset.namespace == "invoice", event.operation == "putBlue" else { return nil }
      return (event.asset, UInt64($0), event.height)
    }
  }

  private func find(
    _ from: UInt64, _ height: UInt64, _ most: Int
  ) throws -> ([SharingCore.Candidate], UInt64?) {
    let all = try recorded().filter { $0.position >= from && $0.height <= height }
    let candidates = try all.prefix(most).map { found in
      let sent = try story.finance.message(packet(found.asset))
      return SharingCore.Candidate(
        found.asset, isShared: sent.map { $0.failure != .timedOut } ?? false)
    }
    return (candidates, all.count > most ? all[most - 1].position + 1 : nil)
  }

  private func packet(_ asset: AssetID) throws -> RelayPacket {
    var share = RelayInvoiceShare()
    share.facts = Exchange.facts(String(asset.key.split(separator: ":")[1]))
    share.cursor = try recorded().first { $0.asset == asset }?.position ?? 0
    return story.packet("invoice.share", share, by: "hospital", from: story.finance, to: "fund")
  }

  private func share(
    _ asset: AssetID, _ view: SharingCore.View
  ) throws -> SharingCore.Outcome {
    guard !unreadable.contains(String(asset.key.split(separator: ":")[1])) else {
      return .skipped(reason: "no key")
    }
    return SharingCore.Outcome(try story.send(packet(asset), from: story.finance))
  }

  /// Numbers of the shares that finance sent, in their order, with the positions that they name.
  func shared() throws -> [(number: String, cursor: UInt64)] {
    let sent = try story.finance.channel().sent
    guard sent > 0 else { return [] }
    return try (1...sent).compactMap { try story.finance.sent($0)?.packet }.map { packet in
      let share = try RelayInvoiceShare(strict: packet.body.octets, limit: Limits.valueBytes)
      return (share.facts.number, share.cursor)
    }
  }
}
