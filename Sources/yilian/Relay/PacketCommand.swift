internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

struct PacketCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packet",
    abstract: "Sends packets to other chains, and shows the way they took, proven.",
    subcommands: [
      SendPacket.self, CallMethod.self, ListPackets.self, ShowPacket.self, TracePacket.self,
      VerifyPacket.self,
      BenchPackets.self,
    ])
}

/// CHANNEL:SEQUENCE; a channel's id may have colons itself.
struct PacketName: ExpressibleByArgument, CustomStringConvertible {
  let channel: String
  let sequence: UInt64

  init(channel: String, sequence: UInt64) {
    (self.channel, self.sequence) = (channel, sequence)
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":"), colon != argument.startIndex,
      let sequence = UInt64(argument[argument.index(after: colon)...]), sequence > 0
    else { return nil }
    channel = String(argument[..<colon])
    self.sequence = sequence
  }

  var description: String { "\(channel):\(sequence)" }
}

/// Which way packets pass: each direction of a channel counts its own.
struct DirectionOptions: ParsableArguments {
  @Flag(help: "The packet that came to this chain, not the one sent from it.")
  var received = false

  func asset(_ packet: PacketName) -> AssetID {
    received
      ? RelayContract.received(packet.channel, packet.sequence)
      : RelayContract.sent(packet.channel, packet.sequence)
  }
}

/// Lists the newest packets of a channel, both ways.
struct ListPackets: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists a channel's newest packets, sent and received, proven.")

  @Argument(help: "The channel's id.")
  var channel: String

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Most packets of each direction, 1 to 1000.")
  var limit: UInt64 = 20

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct View: Encodable {
    var sent: [PacketView]
    var received: [PacketView]
    var provenHeight: UInt64
    var headerHash: String
  }

  func validate() throws {
    guard 1...1_000 ~= limit else { throw ValidationError("--limit is \(limit): use 1 to 1000.") }
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (terms, answer) = try await ledger.terms(channel)
      guard terms != nil else { throw Failure.noChannel(channel, answer.header) }
      let (state, last) = try await ledger.message(
        RelayChannelState.self, of: RelayContract.channel(channel))
      var view = View(
        sent: [], received: [], provenHeight: last.header.executed.height,
        headerHash: last.header.hash.hex)
      let sent = (state?.sent ?? 0).newest(limit)
      view.sent = try await ledger.messages(
        RelaySentPacket.self, of: sent.map { RelayContract.sent(channel, $0) }
      ).compactMap { $0.map { PacketView($0) } }
      let received = (state?.received ?? 0).newest(limit)
      let packets = try await ledger.messages(
        RelayReceivedPacket.self, of: received.map { RelayContract.received(channel, $0) })
      view.received = zip(received, packets).map { sequence, packet in
        packet.map { PacketView($0) } ?? PacketView(skipped: "\(channel):\(sequence)")
      }
      if json { try Terminal.json(view) } else { show(view) }
    }
  }

  private func show(_ view: View) {
    for (title, packets) in [("sent from here", view.sent), ("received here", view.received)] {
      Terminal.print("\(title): \(packets.isEmpty ? "nothing" : "")")
      let header = ["PACKET", "STATE", "MESSAGE", "KEY", "FROM", "TO", "TIMES OUT"]
      let rows = packets.map {
        [$0.packet, $0.state, $0.messageType, $0.businessKey, $0.sender, $0.recipient, $0.timeout]
      }
      if !rows.isEmpty { for line in Terminal.table([header] + rows) { Terminal.print(line) } }
    }
    Terminal.print("proven  state of height \(view.provenHeight), header \(view.headerHash)")
  }
}

/// Shows a packet as this chain has it.
struct ShowPacket: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a packet as this chain has it, proven.")

  @Argument(help: "CHANNEL:SEQUENCE")
  var packet: PacketName

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var direction: DirectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let asset = direction.asset(packet)
      var view: PacketView?
      let header: BlockHeader
      if direction.received {
        let (message, answer) = try await ledger.message(RelayReceivedPacket.self, of: asset)
        (view, header) = (message.map { PacketView($0) }, answer.header)
      } else {
        let (message, answer) = try await ledger.message(RelaySentPacket.self, of: asset)
        (view, header) = (message.map { PacketView($0) }, answer.header)
      }
      guard var view else {
        throw Failure.refused(
          "packet \(packet) was not \(direction.received ? "received here" : "sent from here"): "
            + "its absence is proven at height \(header.executed.height)")
      }
      view.provenHeight = header.executed.height
      view.headerHash = header.hash.hex
      if json { try Terminal.json(view) } else { view.show() }
    }
  }
}

extension UInt64 {
  /// The newest sequences up to this one, the newest first.
  fileprivate func newest(_ limit: UInt64) -> [UInt64] {
    (0..<Swift.min(self, limit)).map { self - $0 }
  }
}
