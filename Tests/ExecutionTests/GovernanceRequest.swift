import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import Wire

/// The governance contract's calls.
extension TestChain {
  func propose(
    _ id: String, _ changes: [WireChange], deadlineMs: UInt64? = nil, reason: String = "because"
  ) -> Request {
    var call = WirePropose()
    call.proposal = id
    call.changes = changes
    call.reason = reason
    call.deadlineMs = deadlineMs ?? timeMs + Self.hour
    return Request(
      contract: GovernanceContract.name, method: "propose", arguments: call.encoded)
  }

  func vote(
    _ id: String, _ changes: [WireChange], approve: Bool = true, opinion: String = "we agree"
  ) -> Request {
    var call = WireCastVote()
    call.proposal = id
    call.changes = changes
    call.approve = approve
    call.opinion = opinion
    return Request(contract: GovernanceContract.name, method: "vote", arguments: call.encoded)
  }

  func withdraw(_ id: String, reason: String = "not needed") -> Request {
    var call = WireWithdraw()
    call.proposal = id
    call.reason = reason
    return Request(contract: GovernanceContract.name, method: "withdraw", arguments: call.encoded)
  }

  /// Commits a proposal of the fund's governor.
  mutating func givenProposal(_ id: String, _ changes: WireChange...) throws {
    try given("g-fund", propose(id, changes))
  }

  /// Commits a proposal and the votes that decide it, one a block.
  mutating func givenDecision(_ id: String, _ changes: WireChange...) throws {
    try given("g-fund", propose(id, changes))
    for organisation in Self.organisations where try proposal(id).status == .open {
      try given("g-\(organisation)", vote(id, changes))
    }
  }

  /// Commits the block that ends the epoch, with the newest state as the one its header names.
  @discardableResult
  mutating func endEpoch(_ transactions: [Transaction] = []) throws -> BlockResult {
    try commit(
      transactions, endingEpoch: EpochEnd(epoch: registry().epoch, executedHeight: height))
  }
}

/// What the ledger says of the registry.
extension TestChain {
  func registry() throws -> Registry {
    try Registry(changes: [], suite: suite) { asset($0)?.value }
  }

  func proposal(_ id: String) throws -> WireProposal {
    struct Missing: Error { let id: String }
    guard let state = asset(Governance.proposal(id)) else { throw Missing(id: id) }
    return try WireProposal(strict: state.value, limit: Limits.valueBytes)
  }

  /// The member as the ledger has it now.
  func registered(_ id: String) throws -> Member? {
    try asset(Member.asset(id)).map { try Member(decoding: $0.value) }
  }

  /// Proposals that wait for the next epoch.
  func pending() throws -> [String] {
    guard let state = asset(Governance.pending) else { return [] }
    return try Governance.decisions(decoding: state.value).map(\.proposal)
  }

  var validatorNames: [String] {
    get throws { try registry().validators.validators.map(\.name) }
  }
}

/// Changes in few words. Keys are made from a number, so that a test names them.
extension TestChain {
  func key(_ number: Int, _ use: KeyUse = .signing) throws -> PrivateKey {
    try suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: UInt8(number), count: 32)), use: use)
  }

  func validator(_ name: String, key number: Int) throws -> WireValidatorRecord {
    var record = WireValidatorRecord()
    record.name = name
    record.signingKey = try key(number).publicKey.encoded.data
    return record
  }

  func newMember(
    _ id: String, of organisation: String = "fund", key number: Int = 60,
    _ change: (inout WireMemberRecord) -> Void = { _ in }
  ) throws -> WireMemberRecord {
    var record = WireMemberRecord()
    record.id = id
    record.organisation = organisation
    record.roles = ["reimburser"]
    record.signingKey = try key(number).publicKey.encoded.data
    record.sealingKey = try key(number, .sealing).publicKey.encoded.data
    change(&record)
    return record
  }

  func newKeys(
    _ member: String, signing: Int? = nil, sealing: Int? = nil
  ) throws -> WireMemberKeys {
    var keys = WireMemberKeys()
    keys.member = member
    if let signing { keys.signingKey = try key(signing).publicKey.encoded.data }
    if let sealing { keys.sealingKey = try key(sealing, .sealing).publicKey.encoded.data }
    return keys
  }
}

extension WireChange {
  init(_ kind: OneOf_Kind) {
    self.init()
    self.kind = kind
  }

  static func roles(_ member: String, _ roles: String...) -> Self {
    var wire = WireMemberRoles()
    wire.member = member
    wire.roles = roles
    return Self(.setMemberRoles(wire))
  }

  static func organisation(_ id: String, name: String = "New", region: String = "") -> Self {
    var wire = WireOrganisationRecord()
    wire.id = id
    wire.name = name
    wire.region = region
    return Self(.addOrganisation(wire))
  }

  static func settings(_ change: (inout ChainSettings) -> Void) -> Self {
    var settings = ChainSettings.standard
    change(&settings)
    return Self(.setSettings(settings.wire))
  }

  static func permission(
    _ contract: String, _ method: String, roles: [String] = [], organisations: [String] = []
  ) -> Self {
    var wire = WirePermission()
    wire.contract = contract
    wire.method = method
    wire.roles = roles
    wire.organisations = organisations
    return Self(.setPermission(wire))
  }
}
