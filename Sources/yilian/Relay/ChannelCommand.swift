internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import NetworkLayout
internal import SwiftProtobuf
internal import Wire

struct ChannelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "channel",
    abstract: "Decides on channels to other chains, and shows how they stand.",
    subcommands: [OpenChannel.self, CloseChannel.self, ShowChannel.self])
}

/// A joint decision that opens a channel, or changes its terms.
struct OpenChannel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Decides the terms of a channel from this chain to another: proposes or votes.",
    discussion: """
      Each of the two chains decides for itself, under the same id. Terms that are not named stay \
      as they are, so that this also opens a closed channel again. With --dir all governors whose \
      keys are in the folder vote; with --as or --key that member alone, and the governors of \
      other organisations vote with the same command.
      """)

  @Argument(help: "The channel's id, the same on both chains.")
  var id: String

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var options: TermsOptions

  @Option(help: "Hours in which it can be voted on, at block time.")
  var deadline: UInt64 = 168

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (before, answer) = try await ledger.terms(id)
      let terms = try options.terms(id, before, of: ledger.genesis)
      try await ledger.set(terms, before, answer, deadline: deadline, json: json) {
        try await connection.governors(on: ledger)
      }
    }
  }
}

/// A joint decision that closes a channel.
struct CloseChannel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "Decides that nothing more passes a channel; what is under way is settled.")

  @Argument(help: "The channel's id.")
  var id: String

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Hours in which it can be voted on, at block time.")
  var deadline: UInt64 = 168

  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (before, answer) = try await ledger.terms(id)
      guard var terms = before else { throw Failure.noChannel(id, answer.header) }
      terms.closed = true
      try await ledger.set(terms, before, answer, deadline: deadline, json: json) {
        try await connection.governors(on: ledger)
      }
    }
  }
}

/// What two chains send each other on a channel; all that is not named stays.
struct TermsOptions: ParsableArguments {
  @Option(help: "The other chain's genesis document (for a new channel).")
  var chain: String?

  @Option(help: "The name of a system without a chain (for a new channel to it).")
  var place: String?

  @Option(help: "With --place: the member of this chain who speaks for the system.")
  var gateway: String?

  @Option(parsing: .upToNextOption, help: "Types of messages. (new: all that are known)")
  var types: [String] = []

  @Option(help: "Most packets under way from here, 1 to 4096. (new: 1024)")
  var window: UInt32?

  @Option(help: "Longest time until a packet's timeout, 1 to 8784. (new: 168)")
  var maxTimeoutHours: UInt64?

  @Option(help: "Suite of content between routers: sm, intl or nist. (new: intl)")
  var mechanism: String?

  @Option(
    parsing: .upToNextOption,
    help: "Members of this chain with the role router, who may open content on its way.")
  var carriers: [String] = []

  @Option(
    parsing: .upToNextOption, help: "Key files of the other chain's routers: their public part.")
  var remoteRouters: [String] = []

  /// Terms that are open, from those that hold.
  func terms(
    _ id: String, _ before: WireChannelRecord?, of genesis: Genesis
  ) throws -> WireChannelRecord {
    var terms = try before ?? new(id, from: genesis)
    terms.closed = false
    if let chain, before != nil {
      let other = try Genesis(document: Files.read(URL(filePath: chain)))
      guard other.chainID.bytes == terms.remoteChain.octets else {
        throw Failure.usage(
          "channel \(id) leads to chain \(terms.remoteChain.octets.hex), not to \(other.name): "
            + "open one with another id")
      }
    }
    if !types.isEmpty { terms.messageTypes = types }
    if let window { terms.window = window }
    if let maxTimeoutHours {
      guard 1...8_784 ~= maxTimeoutHours else {
        throw Failure.usage(
          "--max-timeout-hours is \(maxTimeoutHours): use 1 to 8784 hours (366 days)")
      }
      terms.maxTimeoutMs = maxTimeoutHours * 3_600_000
    }
    if terms.leadsToPlace {
      try set(&terms)
      return terms
    }
    if let mechanism { terms.mechanism = mechanism }
    if !carriers.isEmpty { terms.carriers = carriers }
    if !remoteRouters.isEmpty {
      terms.remoteRouters = try remoteRouters.map {
        try WireRouterRecord(keyFile: URL(filePath: $0))
      }
    }
    for router in terms.remoteRouters {
      try router.check(mechanism: terms.mechanism)
    }
    return terms
  }

  /// Terms of a channel to a place without a chain.
  private func set(_ terms: inout WireChannelRecord) throws {
    let ofRouters = [
      ("chain", chain != nil), ("mechanism", mechanism != nil), ("carriers", !carriers.isEmpty),
      ("remote-routers", !remoteRouters.isEmpty),
    ]
    if let named = ofRouters.first(where: \.1) {
      throw Failure.usage(
        "--\(named.0) is for channels to chains: a place has a --gateway, and nothing else")
    }
    if let place, place != terms.place {
      throw Failure.usage(
        "channel \(terms.id) leads to \(terms.place), not to \(place): open one with another id")
    }
    if let gateway {
      terms.gateway = gateway
      terms.carriers = [gateway]
    }
  }

  private func new(_ id: String, from genesis: Genesis) throws -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = id
    terms.localChain = genesis.chainID.bytes.data
    terms.messageTypes = Array(RelayContract.messageTypeNames.prefix(Channel.messageTypesMax))
    terms.window = 1_024
    terms.maxTimeoutMs = 168 * 3_600_000
    if let place {
      guard let gateway else {
        throw Failure.usage(
          "\(place) has no chain: name the member who speaks for it with --gateway MEMBER")
      }
      terms.lead(to: place, through: gateway, suite: genesis.suite)
      return terms
    }
    guard let chain else {
      throw Failure.usage(
        "there is no channel \(id) yet: name the other chain with --chain GENESIS, or a system "
          + "without one with --place NAME --gateway MEMBER")
    }
    let other = try Genesis(document: Files.read(URL(filePath: chain)))
    terms.remoteChain = other.chainID.bytes.data
    terms.mechanism = ChainsManifest.mechanism
    terms.carriers =
      genesis.members.filter { $0.roles.contains(RelayContract.router) }.map(\.id)
    return terms
  }
}

extension WireRouterRecord {
  /// A router, from the public part of its key file.
  init(keyFile: URL) throws {
    let keys = try KeyFile.readPublic(String(decoding: try Files.read(keyFile), as: UTF8.self))
    self.init()
    name = keys.name
    signingKey = keys.signing.encoded.data
    sealingKey = keys.sealing.encoded.data
  }

  /// - Throws: `Failure` unless the keys are of this suite.
  func check(mechanism: String) throws {
    guard let suite = SuiteID(name: mechanism)?.suite else {
      throw Failure.usage("--mechanism is '\(mechanism)': use sm, intl or nist")
    }
    do {
      _ = try suite.publicKey(signingKey.octets, use: .signing)
      _ = try suite.publicKey(sealingKey.octets, use: .sealing)
    } catch {
      throw Failure.usage(
        "the keys of router \(name) are not of the channel's mechanism \(mechanism): make them "
          + "with 'yilian key create \(name) --suite \(mechanism)'")
    }
  }
}

extension RemoteLedger {
  /// Has a channel's terms decided.
  fileprivate func set(
    _ terms: WireChannelRecord, _ before: WireChannelRecord?,
    _ answer: ProvenAnswer<ProvenValue>, deadline: UInt64, json: Bool,
    by governors: () async throws -> [Governor]
  ) async throws {
    guard 1...8_784 ~= deadline else {
      throw Failure.usage("--deadline is \(deadline): use 1 to 8784 hours (366 days)")
    }
    var view = TermsView(terms)
    if terms != before {
      // How often it was decided on, so that each decision has a name of its own.
      let number = (answer.fact?.leaf.sequence).map { $0 + 2 } ?? 1
      let change = WireChange.with { $0.setChannel = terms }
      if !json { view.show() }
      let decision = JointDecision(ledger: self) { if !json { Terminal.print($0) } }
      view.decision = try await decision.settle(
        "channel-\(terms.id.prefix(40))-\(number)", change,
        reason: "as both chains agreed", hours: deadline, by: try await governors(),
        agrees: { $0 == change }, show: { _ in })
    }
    if json { return try Terminal.json(view) }
    if let decision = view.decision {
      if let missing = decision.missing { Terminal.print(missing) }
    } else {
      view.show()
      Terminal.print("these terms hold already")
    }
  }
}

extension Failure {
  static func noChannel(_ id: String, _ header: BlockHeader) -> Failure {
    .refused(
      "there is no channel \(id): its absence is proven at height \(header.executed.height)")
  }
}
