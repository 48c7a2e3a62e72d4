internal import ArgumentParser
internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import Wire

/// Ends a recognition, on this chain or on the other.
struct RevokeIdentity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Ends that a member of another chain is recognised.",
    discussion: """
      With a member's name: that this member of the other chain is recognised here as the member \
      who acts, or as one of its organisation, for whom its governor acts. Without: that the \
      member who acts is recognised on the other chain; a packet tells it.
      """)

  @Argument(help: "The member of the other chain.")
  var member: String?
  @Option(help: "A channel to the other chain.")
  var channel: String
  @Option(help: "Any member of the other chain, without MEMBER: to whom the packet goes.")
  var to: String?
  @Option(help: "The newest version that was signed, without MEMBER. (the newest recognised)")
  var signed: UInt32?
  @Option(help: "Seconds within which the other chain must have the packet.")
  var timeoutSeconds: UInt64 = 3_600
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var otherChain: OtherChainOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func validate() throws {
    guard (member == nil) != (to == nil) else {
      throw ValidationError(
        "Name the member of the other chain that is recognised here, or with --to a member to "
          + "whom a packet goes.")
    }
    try checkTimeout(seconds: timeoutSeconds)
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let identity = try connection.identity()
      let (terms, answer) = try await ledger.terms(channel)
      guard let terms else { throw Failure.noChannel(channel, answer.header) }
      guard let member else { return try await tell(ledger, identity, terms) }
      var call = RelayRevoke()
      call.remoteChain = terms.remoteChain
      call.remoteMember = member
      try await perform(
        ledger.prepareRelay("revoke", call), by: identity, on: ledger,
        done: "\(member) is no longer recognised", json: json)
    }
  }

  private func tell(
    _ ledger: RemoteLedger, _ identity: Identity, _ terms: WireChannelRecord
  ) async throws {
    var revoke = RelayRevokeIdentity()
    revoke.version =
      if let signed { signed } else { try await recognised(identity.member, terms) }
    var crossing = CrossingOptions()
    crossing.channel = channel
    crossing.to = to
    crossing.timeoutSeconds = timeoutSeconds
    crossing.why = "identity"
    crossing.policy = "default"
    guard let packet = crossing.packet("identity.revoke", revoke) else { return }
    try await crossing.send(
      packet, content: nil, by: identity, on: ledger,
      done: "sent the revocation of statements up to version \(revoke.version)", json: json)
  }

  /// The newest version that the other chain knows.
  private func recognised(_ member: String, _ terms: WireChannelRecord) async throws -> UInt32 {
    let chain = terms.remoteChain.octets
    let version = try await withOther(otherChain, of: chain, beside: connection.dir) { other in
      guard let other else { throw Failure.otherChainMissing(chain) }
      return try await other.identity(of: member, from: terms.localChain.octets).identity?.version
    }
    guard let version else {
      throw Failure.refused("\(member) was never recognised there: nothing is to be revoked")
    }
    return version
  }
}
