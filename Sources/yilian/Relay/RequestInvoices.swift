internal import ArgumentParser
internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import Wire

struct RequestInvoices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Asks another chain for the invoices that it recorded.",
    discussion: """
      Names the channel and the member there who is asked. Without --from it goes on behind the \
      last invoice that came over the channel. What is shared is the asking member's on this \
      chain. With --wait it lists what arrives.
      """)

  @Option(help: "Position in the other chain's log to begin at; 0 is the first.")
  var from: UInt64?
  @Option(help: "Most invoices, 1 to 10000.")
  var most: UInt32 = 1_000
  @Option(help: "Number of the request; of two the higher counts. (the time in milliseconds)")
  var number: UInt64?
  @Option(help: "Seconds to wait for the invoices.")
  var wait: UInt64?
  @OptionGroup var crossing: CrossingOptions
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard crossing.channel != nil else {
      throw ValidationError("--channel and --to are missing: over which channel, and of whom.")
    }
    guard 1...RelayContract.Limit.requestedInvoices ~= most else {
      throw ValidationError(
        "--most is \(most): use 1 to \(RelayContract.Limit.requestedInvoices).")
    }
  }

  /// An invoice that another chain shared.
  struct Arrived: Encodable {
    var code: String
    var number: String
    /// Position in the other chain's log of the event that recorded it.
    var cursor: UInt64
  }

  /// What was asked for, and what came of it.
  struct View: Encodable {
    var packet: String
    var request: UInt64
    var from: UInt64
    var arrived: [Arrived]?
    /// Where the next request begins.
    var next: UInt64?
    /// What has become of the request itself.
    var state: String?
  }

  func run() async throws {
    guard let channel = crossing.channel else { return }
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let before = try await received(channel, on: ledger)
      var cursor = from ?? 0
      if from == nil { cursor = try await behindLast(channel, upTo: before, on: ledger) }
      var request = RelayInvoiceRequest()
      request.number = number ?? nowMs()
      request.cursor = cursor
      request.most = most
      guard let packet = crossing.packet("invoice.request", request) else { return }
      let (name, _) = try await submit(packet, content: nil, by: identity, on: ledger)
      var view = View(packet: "\(name)", request: request.number, from: cursor)
      if !json {
        Terminal.print(
          "asked for at most \(most) invoices from position \(cursor) on, as packet \(name)")
      }
      if let wait {
        let arrived = try await arrivals(channel, after: before, seconds: wait, on: ledger)
        view.arrived = arrived
        view.next = try arrived.map(\.cursor).max().map { try position(behind: $0) } ?? cursor
        if !json, let next = view.next {
          Terminal.print("\(arrived.count) arrived; the next request begins at \(next)")
        }
      }
      let record = try await ledger.message(
        RelaySentPacket.self, of: RelayContract.sent(channel, name.sequence)
      ).message
      view.state = record?.state.words
      if json { try Terminal.json(view) }
      if let record, record.state == .compensated {
        throw Failure.refused("\(name) had no effect: \(record.outcome.words)")
      }
      if !json, let arrived = view.arrived, arrived.count < Int(most), record?.state == .sent {
        Terminal.print("the request is under way: 'yilian packet trace \(name)' tells more")
      }
    }
  }

  private func received(_ channel: String, on ledger: RemoteLedger) async throws -> UInt64 {
    try await ledger.message(RelayChannelState.self, of: RelayContract.channel(channel))
      .message?.received ?? 0
  }

  /// Packets that are read at once, and of the newest ones where the last share is looked for.
  private static let page: UInt64 = 512
  private static let newest: UInt64 = 10_000

  /// The position behind the last invoice that came over the channel.
  private func behindLast(
    _ channel: String, upTo newest: UInt64, on ledger: RemoteLedger
  ) async throws -> UInt64 {
    var last = newest
    while last > 0, newest - last < Self.newest {
      let first = last > Self.page ? last - Self.page + 1 : 1
      if let share = try await shares(channel, first...last, on: ledger).last {
        return try position(behind: share.cursor)
      }
      last = first - 1
    }
    return 0
  }

  /// The position behind one that the sender of an invoice named, who may name any.
  private func position(behind cursor: UInt64) throws -> UInt64 {
    let (next, overflow) = cursor.addingReportingOverflow(1)
    guard !overflow else {
      throw Failure.refused(
        "an invoice came with position \(cursor), which no log has: name where to begin with --from"
      )
    }
    return next
  }

  /// Shares that had effect among packets that were received.
  private func shares(
    _ channel: String, _ sequences: ClosedRange<UInt64>, on ledger: RemoteLedger
  ) async throws -> [Arrived] {
    let packets = try await ledger.messages(
      RelayReceivedPacket.self, of: sequences.map { RelayContract.received(channel, $0) })
    return packets.compactMap { received in
      guard let received, received.outcome.failure == .none,
        received.packet.messageType == "invoice.share",
        let share = try? RelayInvoiceShare(
          strict: received.packet.body.octets, limit: RelayContract.Limit.bodyBytes)
      else { return nil }
      return Arrived(code: share.facts.code, number: share.facts.number, cursor: share.cursor)
    }
  }

  /// Waits until as many as were asked for have arrived, or the time is over.
  private func arrivals(
    _ channel: String, after sequence: UInt64, seconds: UInt64, on ledger: RemoteLedger
  ) async throws -> [Arrived] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var arrived: [Arrived] = []
    var last = sequence
    while true {
      let newest = try await received(channel, on: ledger)
      if newest > last {
        let new = try await shares(channel, last + 1...newest, on: ledger)
        if !json { for invoice in new { Terminal.print("\(invoice.code) \(invoice.number)") } }
        arrived += new
        last = newest
      }
      guard arrived.count < Int(most), ContinuousClock.now < deadline else { return arrived }
      try await Task.sleep(for: .milliseconds(500))
    }
  }
}
