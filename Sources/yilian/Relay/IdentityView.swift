internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import Wire

/// What a statement of identity says.
struct StatementView: Encodable {
  var version: UInt32
  var remoteChain: String
  var remoteMember: String
  var remoteKey: String
  var localChain: String
  var localMember: String
  var localKey: String
  var scope: [String]
  var validFrom: String
  var validUntil: String

  init(_ statement: RelayIdentityStatement) {
    version = statement.version
    remoteChain = statement.remoteChain.octets.hex
    remoteMember = statement.remoteMember
    remoteKey = statement.remoteKey.octets.hex
    localChain = statement.localChain.octets.hex
    localMember = statement.localMember
    localKey = statement.localKey.octets.hex
    scope = statement.scope
    validFrom = TimeText.iso(statement.validFromMs)
    validUntil = TimeText.iso(statement.validUntilMs)
  }

  func show() {
    for line in Terminal.table([
      ["statement", "version \(version)"],
      ["member", "\(remoteMember) of chain \(remoteChain)"],
      ["", "with key \(remoteKey)"],
      ["is", "\(localMember) of chain \(localChain)"],
      ["", "with key \(localKey)"],
      ["may call", scope.joined(separator: ", ")],
      ["valid", "from \(validFrom) until \(validUntil)"],
    ]) { Terminal.print(line) }
  }
}

/// As whom a member of another chain is recognised, and was.
struct IdentityView: Encodable {
  struct Recognition: Encodable {
    var statement: StatementView
    var state: String
    var recognised: String
    var revoked: String?
  }

  var chain: String
  var member: String
  /// Of the newest statement that was recognised or revoked.
  var version: UInt32
  /// The newest first.
  var recognitions: [Recognition]
  var provenHeight: UInt64
  var headerHash: String

  /// - Parameters:
  ///   - localKey: Registered now for the member that the newest statement names here.
  ///   - header: Against which the identity is proven; its time decides what is in force.
  init(
    _ identity: RelayIdentity, of member: String, from chain: [UInt8], localKey: [UInt8]?,
    header: BlockHeader
  ) {
    self.chain = chain.hex
    self.member = member
    version = identity.version
    let newest = identity.recognitions.count - 1
    recognitions = identity.recognitions.enumerated().reversed().map { index, recognition in
      Recognition(
        statement: StatementView(recognition.statement),
        state: recognition.state(
          isNewest: index == newest, localKey: localKey, timeMs: header.timeMs),
        recognised: TimeText.iso(recognition.recognisedMs),
        revoked: recognition.revokedMs == 0 ? nil : TimeText.iso(recognition.revokedMs))
    }
    provenHeight = header.executed.height
    headerHash = header.hash.hex
  }

  func show() {
    Terminal.print("member \(member) of chain \(chain), statements up to version \(version)")
    let header = ["VERSION", "STATE", "IS", "MAY CALL", "RECOGNISED", "VALID UNTIL"]
    let rows = recognitions.map {
      [
        "\($0.statement.version)", $0.state, $0.statement.localMember,
        $0.statement.scope.joined(separator: ", "), $0.recognised, $0.statement.validUntil,
      ]
    }
    for line in Terminal.table([header] + rows) { Terminal.print(line) }
    Terminal.print("proven  state of height \(provenHeight), header \(headerHash)")
  }
}

extension RelayRecognition {
  /// R23, R24. What has become of it at a time, as far as this chain knows: a key that was replaced
  /// on the other chain is found out when a packet arrives.
  /// - Parameter localKey: The local member's registered key.
  func state(isNewest: Bool, localKey: [UInt8]?, timeMs: UInt64) -> String {
    guard revokedMs == 0 else { return "revoked" }
    guard isNewest else { return "replaced" }
    guard statement.localKey.octets == localKey else { return "key replaced" }
    guard timeMs >= statement.validFromMs else { return "not yet valid" }
    return timeMs < statement.validUntilMs ? "in force" : "expired"
  }
}
