internal import BuiltinContracts
package import Cryptography
package import Execution
package import LedgerModel
internal import TestLedger
internal import Wire

/// A chain with every private key of it, from constant secrets.
///
/// One organisation with one governor, whose proposals its own vote decides, and some members.
package struct SimulatedWorld: Sendable {
  /// Members that submit notes.
  package static let members = 3
  /// Member whose key changes where epochs do.
  package static let fickle = 2
  private static let governor = "governor"

  package let genesis: Genesis
  package let suite: any CryptoSuite
  package let executor: BlockExecutor
  package let genesisState: BlockResult
  /// Of every node that may exist; the first ones are the first validators'.
  private let nodeKeys: [PrivateKey]
  private let governorKey: PrivateKey
  /// Each member's key and the one that may replace it.
  private let memberKeys: [[PrivateKey]]

  package init(
    validators: Int, nodes: Int, settings: ChainSettings = .standard
  ) throws {
    let suite = RememberingSuite(SuiteID.intl.suite)
    func key(_ number: Int, _ use: KeyUse = .signing) throws -> PrivateKey {
      try suite.privateKey(
        SecretBytes(copying: [UInt8](repeating: UInt8(number), count: 32)), use: use)
    }
    self.suite = suite
    nodeKeys = try (0..<nodes).map { try key(1 + $0) }
    governorKey = try key(100)
    memberKeys = try (0..<Self.members).map { [try key(110 + $0), try key(120 + $0)] }
    let sealing = try key(101, .sealing).publicKey.encoded.data
    var wire = WireGenesis()
    wire.format = 1
    wire.name = "simulation"
    wire.suite = suite.id.name
    wire.timeMs = 1_700_000_000_000
    wire.validators = nodeKeys.prefix(validators).enumerated().map { Self.record($0, $1) }
    var organisation = WireOrganisationRecord()
    organisation.id = "org-1"
    organisation.name = "First hospital"
    organisation.region = "460100"
    wire.organisations = [organisation]
    var names = [(Self.governor, governorKey)]
    for (index, keys) in memberKeys.enumerated() { names.append((Self.member(index), keys[0])) }
    wire.members = names.map { name, key in
      var member = WireMemberRecord()
      member.id = name
      member.organisation = organisation.id
      member.region = organisation.region
      member.roles = name == Self.governor ? [Governance.governor] : []
      member.signingKey = key.publicKey.encoded.data
      member.sealingKey = sealing
      return member
    }
    wire.settings = settings.wire
    genesis = try Genesis(document: Genesis.document(wire))
    executor = BlockExecutor(
      suite: suite, contracts: [Notes.contract, GovernanceContract.contract])
    genesisState = BlockExecutor.genesisState(genesis)
  }

  package static func member(_ index: Int) -> String { "member-\(index)" }

  /// The signing key of a node.
  package func key(_ node: Int) -> PrivateKey { nodeKeys[node] }

  private static func record(_ node: Int, _ key: PrivateKey) -> WireValidatorRecord {
    var validator = WireValidatorRecord()
    validator.name = "validator-\(node)"
    validator.signingKey = key.publicKey.encoded.data
    return validator
  }

  /// A note of a member.
  package func note(
    _ key: String, _ text: String, by member: Int, secondKey: Bool = false,
    idempotencyKey: [UInt8], validUntil: UInt64
  ) throws(CryptographyFault) -> Transaction {
    try Transaction(
      chainID: genesis.chainID, member: Self.member(member), idempotencyKey: idempotencyKey,
      validUntil: validUntil, calls: [Notes.put(key, text)],
      key: memberKeys[member][secondKey ? 1 : 0], suite: suite)
  }

  /// A change of the registry that governance may decide.
  package enum Change: Hashable, Sendable {
    case add(node: Int)
    case remove(node: Int)
    /// The second node takes the first one's place and name.
    case replace(node: Int, named: Int, by: Int)
    /// A member gets its second key.
    case memberKey(Int)
  }

  /// A joint decision: proposed and approved under one signature, since there is one organisation.
  /// - Parameter name: As in genesis or where it was added: a replaced validator keeps its name.
  package func decision(
    _ id: String, _ change: Change, deadlineMs: UInt64
  ) throws(CryptographyFault) -> Transaction {
    var wire = WireChange()
    switch change {
    case .add(let node): wire.addValidator = Self.record(node, key(node))
    case .remove(let node): wire.removeValidator = "validator-\(node)"
    case .replace(_, let name, let other):
      wire.replaceValidatorKey = Self.record(name, key(other))
    case .memberKey(let member):
      var keys = WireMemberKeys()
      keys.member = Self.member(member)
      keys.signingKey = memberKeys[member][1].publicKey.encoded.data
      wire.replaceMemberKeys = keys
    }
    var propose = WirePropose()
    propose.proposal = id
    propose.changes = [wire]
    propose.reason = "simulated"
    propose.deadlineMs = deadlineMs
    var vote = WireCastVote()
    vote.proposal = id
    vote.changes = [wire]
    vote.approve = true
    vote.opinion = "simulated"
    return try Transaction(
      chainID: genesis.chainID, member: Self.governor, idempotencyKey: Array(id.utf8),
      validUntil: 100_000, allOrNothing: true,
      calls: [
        Transaction.Call(
          contract: GovernanceContract.name, method: "propose", arguments: propose.encoded),
        Transaction.Call(
          contract: GovernanceContract.name, method: "vote", arguments: vote.encoded),
      ], key: governorKey, suite: suite)
  }
}
