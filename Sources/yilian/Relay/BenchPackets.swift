internal import ArgumentParser
internal import BuiltinContracts
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

struct BenchPackets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Sends many notices over a channel, both ways, and measures.",
    discussion: """
      First one packet at a time, each way: how long after it is final at its source it is final \
      at its destination, and how much of that is beyond the destination's own finality. Then as \
      many at once as the window lets through: packets settled in a second. The generator, the \
      nodes and the routers share the machine.
      """)

  @Argument(help: "The channel's id.")
  var channel: String
  @Option(help: "The network folder of one chain.")
  var dir: String
  @Option(help: "The network folder of the other chain.")
  var other: String
  @Option(name: .customLong("as"), help: "The member who sends and receives, of both chains.")
  var member: String
  @Option(name: .customLong("other-as"), help: "Its name on the other chain, if it differs.")
  var otherMember: String?
  @Option(help: "Packets one at a time.")
  var singles = 50
  @Option(help: "Packets in each direction at once.")
  var packets = 2_000
  @Option(help: "Bytes of sealed content of each; 0 for none.")
  var content = 1_024

  /// Sends under one signature.
  private static let batch = 64

  /// One chain of the channel.
  private struct End {
    let ledger: RemoteLedger
    let identity: Identity
    let way: PacketWay
    let window: UInt32

    func state(_ channel: String) async throws -> RelayChannelState {
      try await ledger.message(RelayChannelState.self, of: RelayContract.channel(channel)).message
        ?? RelayChannelState()
    }
  }

  func run() async throws {
    do {
      let ends = [try await end(dir, member), try await end(other, otherMember ?? member)]
      try await measure(ends)
      for end in ends { await end.ledger.connection.close() }
    } catch {
      throw Failure(error)
    }
  }

  private func end(_ dir: String, _ member: String) async throws -> End {
    let connection = try ConnectionOptions.parse(["--dir", dir, "--as", member])
    let ledger = try await connection.ledger()
    return End(
      ledger: ledger, identity: try connection.identity(), way: try await ledger.way(over: channel),
      window: try await ledger.terms(channel).terms?.window ?? 1)
  }

  private func measure(_ ends: [End]) async throws {
    if singles > 0 { try await measureSingles(ends) }
    guard packets > 0 else { return }
    let run = randomRun()
    let before = try await heights(ends)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (from, to) in [(ends[0], ends[1]), (ends[1], ends[0])] {
        group.addTask { try await sendAll(run, from: from, to: to) }
      }
      try await group.waitForAll()
    }
    let sent = (ContinuousClock.now - start).milliseconds / 1_000
    try await waitUntilSettled(ends)
    let seconds = (ContinuousClock.now - start).milliseconds / 1_000
    let rate = Double(2 * packets) / seconds
    print("both ways at once, \(packets) packets each, \(content) bytes of content:")
    print(
      "  all sent after \(sent.rounded(to: 1)) s, all settled after \(seconds.rounded(to: 1)) s")
    print("  \(rate.rounded(to: 0)) packets/s delivered and acknowledged")
    let blocks = zip(try await heights(ends), zip(ends, before)).map { height, end in
      "\(height - end.1) blocks of \(end.0.ledger.genesis.name)"
    }
    print("  in \(blocks.joined(separator: " and "))")
  }

  private func waitUntilSettled(_ ends: [End]) async throws {
    for end in ends {
      while try await end.state(channel).unsettled > 0 {
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func heights(_ ends: [End]) async throws -> [UInt64] {
    var heights: [UInt64] = []
    for end in ends { heights.append(try await end.ledger.connection.status().height) }
    return heights
  }

  /// One packet at a time, each way.
  private func measureSingles(_ ends: [End]) async throws {
    let ways = [(ends[0], ends[1]), (ends[1], ends[0])]
    var finality: [[Double]] = [[], []]
    var hop: [[Double]] = [[], []]
    let run = randomRun()
    for (way, (from, to)) in ways.enumerated() {
      // Nothing of the other direction is under way.
      try await waitUntilSettled(ends)
      for number in 0..<singles {
        let before = try await to.state(channel).received
        let start = ContinuousClock.now
        try await send(["\(run)\(number)"], from: from, to: to)
        let final = ContinuousClock.now
        while try await to.state(channel).received <= before {
          try await Task.sleep(for: .milliseconds(2))
        }
        finality[way].append((final - start).milliseconds)
        hop[way].append((ContinuousClock.now - final).milliseconds)
      }
    }
    print("one at a time, \(singles) packets each way:")
    for (way, (from, to)) in ways.enumerated() {
      let own = finality[1 - way].quantile(0.5)
      print("  \(from.ledger.genesis.name) to \(to.ledger.genesis.name)")
      print("    sent, until final and proven     p50 \(finality[way].text(0.5)) ms")
      print(
        "    then received, final and proven  p50 \(hop[way].text(0.5)) ms, "
          + "p99 \(hop[way].text(0.99)) ms")
      let added = hop[way].quantile(0.5) - own
      print("    beyond the destination's own     p50 \(added.rounded(to: 1)) ms")
    }
  }

  private func randomRun() -> String { String(UInt32.random(in: 0...UInt32.max), radix: 36) }

  private func sendAll(_ name: String, from: End, to: End) async throws {
    let batch = min(Self.batch, Int(from.window))
    for first in stride(from: 0, to: packets, by: batch) {
      let keys = (first..<min(first + batch, packets)).map { "\(name)\($0)" }
      // What is refused would be work for nothing, and measured.
      while try await from.state(channel).unsettled + UInt32(keys.count) > from.window {
        try await Task.sleep(for: .milliseconds(20))
      }
      try await send(keys, from: from, to: to)
    }
  }

  /// Sends notices under one signature, all or none.
  private func send(_ keys: [String], from: End, to: End) async throws {
    var calls: [Transaction.Call] = []
    var attachments: [[UInt8]] = []
    for key in keys {
      var notice = RelayNotice()
      notice.matter = "bench"
      var packet = RelayPacket()
      packet.channel = channel
      packet.messageType = "notice"
      packet.recipient = to.identity.member
      packet.timeoutMs = nowMs() + 3_600_000
      packet.policy = "bench"
      packet.purpose = "bench"
      packet.businessKey = key
      packet.body = notice.encoded.data
      if content > 0 {
        packet.schema = 1
        packet.schemaVersion = 1
      }
      let prepared = try from.ledger.prepareSend(
        packet, content: content > 0 ? [UInt8](repeating: 0x61, count: content) : nil,
        over: from.way, by: from.identity)
      calls.append(prepared.call)
      attachments += prepared.attachments
    }
    let receipts = try await from.ledger.submit(
      calls, attachments: attachments, allOrNothing: true, by: from.identity)
    for receipt in receipts where !receipt.isDone {
      throw Failure.refused(ReceiptOutcome(receipt).sentence)
    }
  }
}

extension Duration {
  fileprivate var milliseconds: Double { seconds * 1_000 }
}

extension Double {
  fileprivate func rounded(to places: Int) -> String { String(format: "%.\(places)f", self) }
}

extension [Double] {
  /// 0 of none.
  fileprivate func quantile(_ part: Double) -> Double {
    let index = Swift.min(count - 1, Int(Double(count) * part))
    return isEmpty ? 0 : sorted()[index]
  }

  fileprivate func text(_ part: Double) -> String { quantile(part).rounded(to: 1) }
}
