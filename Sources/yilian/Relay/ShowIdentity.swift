internal import ArgumentParser
internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Shows as whom a member of another chain is recognised.
struct ShowIdentity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows as whom a member of another chain is recognised here, proven.")

  @Argument(help: "The member of the other chain.")
  var member: String
  @Option(help: "A channel to the other chain.")
  var channel: String
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (terms, answer) = try await ledger.terms(channel)
      guard let terms else { throw Failure.noChannel(channel, answer.header) }
      let chain = terms.remoteChain.octets
      let (identity, height) = try await ledger.identityView(of: member, from: chain)
      guard let view = identity else {
        throw Failure.refused(
          "\(member) is not recognised here: that is proven at height \(height)")
      }
      if json { try Terminal.json(view) } else { view.show() }
    }
  }
}

/// Lists all members of other chains who are or were recognised.
struct ListIdentities: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the members of other chains who are or were recognised here, each proven.",
    discussion: """
      Who they are is found in the whole operation log: with a long one it takes time. That nobody \
      is left out is the node's word.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var views: [IdentityView] = []
      for (chain, member) in try await names(on: ledger) {
        let view = try await ledger.identityView(of: member, from: chain).view
        if let view { views.append(view) }
      }
      if json { return try Terminal.json(views) }
      if views.isEmpty {
        Terminal.print("the node knows of no member of another chain that was recognised here")
      }
      for view in views { view.show() }
    }
  }

  /// In the order in which they were first recognised.
  private func names(
    on ledger: RemoteLedger
  ) async throws -> [(chain: [UInt8], member: String)] {
    let end = try await ledger.connection.status().logSize
    var names: [(chain: [UInt8], member: String)] = []
    guard end > 0 else { return names }
    for try await item in try await ledger.connection.events(from: 0) {
      if item.kind == .event {
        let event = try AssetEvent(decoding: item.record.octets)
        if event.sequence == 0, let name = RelayContract.identified(by: event.asset) {
          names.append(name)
        }
      }
      if item.position >= end - 1 { return names }
    }
    throw Failure.unreachable("the node ended its events before position \(end): ask again")
  }
}

extension RemoteLedger {
  /// As whom a member of another chain is recognised here, proven; `nil` if nothing was ever said
  /// of it.
  /// - Returns: Also the height at which that is proven.
  fileprivate func identityView(
    of member: String, from chain: [UInt8]
  ) async throws -> (view: IdentityView?, height: UInt64) {
    let (identity, answer) = try await self.identity(of: member, from: chain)
    guard let identity else { return (nil, answer.header.executed.height) }
    var key: [UInt8]?
    if let newest = identity.recognitions.last {
      key = try await self.member(newest.statement.localMember).signingKey
    }
    let view = IdentityView(
      identity, of: member, from: chain, localKey: key, header: answer.header)
    return (view, answer.header.executed.height)
  }
}
