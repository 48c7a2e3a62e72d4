internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Shows a channel as proven now, and why packets wait if they do.
struct ShowChannel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows a channel's terms, packets and light client, proven; says why it stalls.")

  @Argument(help: "The channel's id.")
  var id: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var otherChain: OtherChainOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (terms, answer) = try await ledger.terms(id)
      guard let terms else { throw Failure.noChannel(id, answer.header) }
      let remote = terms.remoteChain.octets
      let view = try await withOther(otherChain, of: remote, beside: connection.dir) { other in
        try await ChannelView(terms, on: ledger, other: other, nowMs: nowMs())
      }
      if json { try Terminal.json(view) } else { view.show() }
    }
  }
}

extension ChannelView {
  init(
    _ terms: WireChannelRecord, on ledger: RemoteLedger, other: RemoteLedger?, nowMs: UInt64
  ) async throws {
    let client = terms.leadsToPlace ? nil : try await ledger.client(of: terms, nowMs: nowMs)
    let (state, answer) = try await ledger.message(
      RelayChannelState.self, of: RelayContract.channel(terms.id))
    self.init(
      TermsView(terms), from: ledger.genesis.name,
      client: client, state: state,
      provenHeight: answer.header.executed.height, headerHash: answer.header.hash.hex)
    if unsettled > 0 {
      oldest = try await ledger.unsettled(on: terms.id, sent: sent, count: unsettled).last.map {
        Waiting($0)
      }
    }
    if let other {
      let (answers, there) = try await other.state(ifItAnswers: terms.id)
      if let there { waitingHere = there.sent - min(received, there.sent) }
      if !answers { unreachable = other.genesis.name }
    }
    why = reasons(nowMs: nowMs)
  }
}

extension RemoteLedger {
  /// A channel's state, unless no node answers: what the other chain knows is shown all the same.
  fileprivate func state(
    ifItAnswers channel: String
  ) async throws -> (answers: Bool, state: RelayChannelState?) {
    do {
      let asset = RelayContract.channel(channel)
      return (true, try await message(RelayChannelState.self, of: asset).message)
    } catch {
      guard case .node = error else { throw error }
      return (false, nil)
    }
  }

  /// How far the chain at the other end is followed.
  fileprivate func client(
    of terms: WireChannelRecord, nowMs: UInt64
  ) async throws -> ClientView {
    let (record, _) = try await message(
      WireChainRecord.self, of: TrustedChain.asset(terms.remoteChain.octets))
    guard let record else {
      throw Failure.refused("chain \(terms.remoteChain.octets.hex) is not trusted")
    }
    let client = try await message(
      RelayClient.self,
      of: RelayContract.client(record.chainID.octets, revision: record.revision)
    ).message
    return ClientView(record, client, nowMs: nowMs)
  }

  /// Most packets that are looked at to find those that are not settled: the widest window.
  private static let lookBack = UInt64(Channel.window.upperBound)

  /// Packets that are not settled, the newest first: all, or as many as are among the newest.
  func unsettled(
    on channel: String, sent: UInt64, count: UInt32
  ) async throws -> [RelaySentPacket] {
    var found: [RelaySentPacket] = []
    var newest = sent
    while found.count < Int(count), newest > 0, sent - newest < Self.lookBack {
      let assets = (0..<min(newest, UInt64(count))).map {
        RelayContract.sent(channel, newest - $0)
      }
      found += try await messages(RelaySentPacket.self, of: assets).compactMap { packet in
        packet.flatMap { $0.state == .sent ? $0 : nil }
      }
      newest -= UInt64(assets.count)
    }
    return found
  }
}
