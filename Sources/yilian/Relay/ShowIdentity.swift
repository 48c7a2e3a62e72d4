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
      let (identity, proof) = try await ledger.identity(of: member, from: chain)
      guard let identity else {
        throw Failure.refused(
          "\(member) is not recognised here: that is proven at height "
            + "\(proof.header.executed.height)")
      }
      let view = IdentityView(
        identity, of: member, from: chain, header: proof.header, nowMs: nowMs())
      if json { try Terminal.json(view) } else { view.show() }
    }
  }
}

/// Lists all members of other chains who are or were recognised.
struct ListIdentities: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists the members of other chains who are or were recognised here, proven.",
    discussion: "Who they are is found in the whole operation log: with a long one it takes time.")

  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func run() async throws {
    try await withLedger(connection) { ledger in
      var views: [IdentityView] = []
      for (chain, member) in try await names(on: ledger) {
        let (identity, answer) = try await ledger.identity(of: member, from: chain)
        guard let identity else { continue }
        views.append(
          IdentityView(identity, of: member, from: chain, header: answer.header, nowMs: nowMs()))
      }
      if json { return try Terminal.json(views) }
      if views.isEmpty { Terminal.print("no member of another chain was ever recognised here") }
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
      if item.position + 1 >= end { break }
    }
    return names
  }
}
