import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Wire

/// That a member of one chain is a member of another, as both sign it.
enum Recognition {
  static let scope = ["invoice.lock", "invoice.post"]
  static let dayMs: UInt64 = 86_400_000

  /// Valid from an hour ago, for ten days.
  static func statement(
    _ member: String, of remote: RelayChain, is local: String, on chain: RelayChain,
    version: UInt32 = 1
  ) throws -> RelayIdentityStatement {
    var statement = RelayIdentityStatement()
    statement.version = version
    statement.remoteChain = remote.id.data
    statement.remoteMember = member
    statement.remoteKey = try remote.signingKey(of: member).publicKey.encoded.data
    statement.localChain = chain.id.data
    statement.localMember = local
    statement.localKey = try chain.signingKey(of: local).publicKey.encoded.data
    statement.scope = scope
    statement.validFromMs = chain.timeMs - 3_600_000
    statement.validUntilMs = chain.timeMs + 10 * dayMs
    return statement
  }

  static func signature(
    _ statement: RelayIdentityStatement, by member: String, of chain: RelayChain
  ) throws -> [UInt8] {
    try RelayIdentityStatement.sign(
      statement.encoded, with: chain.signingKey(of: member), suite: chain.suite
    ).bytes
  }

  /// The call that submits a statement, signed by both and proven by the remote chain's newest
  /// header.
  static func request(
    _ statement: RelayIdentityStatement, from remote: RelayChain, on chain: RelayChain,
    _ change: (inout RelayRecognise, Crossing.Evidence) throws -> Void = { _, _ in }
  ) throws -> RelayChain.Request {
    try remote.run()
    let evidence = try Crossing.sync(remote, to: chain)
    var call = RelayRecognise()
    call.statement = statement.encoded.data
    call.localSignature = try signature(statement, by: statement.localMember, of: chain).data
    call.remoteSignature = try signature(statement, by: statement.remoteMember, of: remote).data
    call.header = evidence.name
    call.proof = try proof(of: statement.remoteMember, on: remote, evidence).data
    try change(&call, evidence)
    return RelayChain.Request(method: "recognise", arguments: call.encoded)
  }

  static func proof(
    of member: String, on chain: RelayChain, _ evidence: Crossing.Evidence
  ) throws -> [UInt8] {
    try chain.ledger.prove(Member.asset(member), at: evidence.anchor).value.encoded
  }

  static func revoke(_ member: String, of remote: RelayChain) -> RelayChain.Request {
    var call = RelayRevoke()
    call.remoteChain = remote.id.data
    call.remoteMember = member
    return RelayChain.Request(method: "revoke", arguments: call.encoded)
  }
}
