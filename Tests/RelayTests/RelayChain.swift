import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import LedgerStore
import Storage
import SwiftProtobuf
import Wire

/// A whole chain in one process: contracts, ledger, and validators who finalise every block.
///
/// Members: `router` and `router-2` carry packets, `sender` and `K-1` send, `clerk` receives,
/// `governor` decides alone. With invoices: `hospital` issues, `patient` owns, `fund` and `insurer`
/// reimburse; they all send as well. Keys are made from constant secrets, so that a run can be
/// repeated.
final class RelayChain {
  /// A call that had to succeed was refused.
  struct Unexpected: Error { let receipt: Receipt }

  let genesis: Genesis
  let suite: any CryptoSuite
  let executor: BlockExecutor
  let ledger: Ledger
  private var memberKeys: [String: PrivateKey] = [:]
  private var sealingKeys: [String: PrivateKey] = [:]
  /// By member, the oldest first.
  private(set) var formerSealingKeys: [String: [PrivateKey]] = [:]
  /// By encoded public key, whoever may ever vote.
  private var validatorKeys: [[UInt8]: PrivateKey] = [:]
  /// Whatever travelled beside calls, by digest.
  private(set) var contents: [Digest: [UInt8]] = [:]
  private(set) var validators: ValidatorSet
  private(set) var epoch: UInt64 = 0
  private var submissions: UInt64 = 0

  static let start: UInt64 = 1_767_225_600_000
  /// A week.
  static let trustingMs: UInt64 = 604_800_000

  /// - Parameter number: Makes the keys differ from those of other chains.
  init(_ name: String, _ suiteID: SuiteID, number: UInt8, validators count: Int = 4) throws {
    let suite = suiteID.suite
    self.suite = suite
    func key(_ index: UInt8, _ use: KeyUse = .signing) throws -> PrivateKey {
      var secret = [UInt8](repeating: index, count: 32)
      secret[0] = number
      return try suite.privateKey(SecretBytes(copying: secret), use: use)
    }
    var wire = WireGenesis()
    wire.format = 1
    wire.name = name
    wire.suite = suiteID.name
    wire.timeMs = Self.start
    for index in 0..<12 {
      let key = try key(UInt8(1 + index))
      validatorKeys[key.publicKey.encoded] = key
      guard index < count else { continue }
      var validator = WireValidatorRecord()
      validator.name = "\(name)-\(index)"
      validator.signingKey = key.publicKey.encoded.data
      wire.validators.append(validator)
    }
    var organisation = WireOrganisationRecord()
    organisation.id = "office"
    organisation.name = "Office"
    wire.organisations = [organisation]
    let roles = [
      "router": RelayContract.router, "router-2": RelayContract.router,
      "sender": RelayContract.sender, "K-1": RelayContract.sender, "clerk": "",
      "governor": Governance.governor, "patient": RelayContract.sender,
      "hospital": "\(InvoiceContract.issuer) \(RelayContract.sender)",
      "fund": "\(InvoiceContract.reimburser) \(RelayContract.sender)",
      "insurer": "\(InvoiceContract.reimburser) \(RelayContract.sender)",
    ]
    for (index, (id, role)) in roles.sorted(by: { $0.key < $1.key }).enumerated() {
      var member = WireMemberRecord()
      member.id = id
      member.organisation = "office"
      member.roles = role.split(separator: " ").map(String.init)
      let signing = try key(UInt8(100 + index))
      memberKeys[id] = signing
      member.signingKey = signing.publicKey.encoded.data
      let sealing = try key(UInt8(150 + index), .sealing)
      sealingKeys[id] = sealing
      member.sealingKey = sealing.publicKey.encoded.data
      wire.members.append(member)
    }
    genesis = try Genesis(document: Genesis.document(wire))
    validators = genesis.validators
    executor = BlockExecutor(suite: suite, contracts: BuiltinContracts.all + [Forge.contract])
    ledger = try Ledger(
      store: MemoryStore(), genesis: genesis,
      genesisState: BlockExecutor.genesisState(genesis))
  }

  var id: [UInt8] { genesis.chainID.bytes }
  var height: UInt64 { ledger.executed.height }
  var timeMs: UInt64 { ledger.tip?.header.timeMs ?? genesis.timeMs }

  /// The key that opens what is sealed to a member.
  func sealingKey(of member: String) throws -> PrivateKey {
    struct NoMember: Error {}
    guard let key = sealingKeys[member] else { throw NoMember() }
    return key
  }

  /// Decides that a member has another sealing key.
  func replaceSealingKey(of member: String, number: UInt8) throws {
    let former = try sealingKey(of: member)
    let key = try suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: number, count: 32)), use: .sealing)
    var keys = WireMemberKeys()
    keys.member = member
    keys.sealingKey = key.publicKey.encoded.data
    try decide([WireChange(.replaceMemberKeys(keys))])
    formerSealingKeys[member, default: []].append(former)
    sealingKeys[member] = key
  }

  /// The key that a member signs with.
  func signingKey(of member: String) throws -> PrivateKey {
    struct NoMember: Error {}
    guard let key = memberKeys[member] else { throw NoMember() }
    return key
  }

  /// It is decided that a member signs with another key, and it does.
  func givenNewKey(of member: String) throws {
    let key = try suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: 99, count: 32)), use: .signing)
    var keys = WireMemberKeys()
    keys.member = member
    keys.signingKey = key.publicKey.encoded.data
    try decide([WireChange(.replaceMemberKeys(keys))])
    memberKeys[member] = key
  }

  /// A validator that is not in office yet.
  func newcomer(_ index: UInt8) throws -> WireValidatorRecord {
    let keys = validatorKeys.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let inOffice = validators.validators.map(\.publicKey.encoded)
    var record = WireValidatorRecord()
    record.name = "new-\(index)"
    record.signingKey = keys.filter { !inOffice.contains($0) }[Int(index)].data
    return record
  }
}

// Blocks.
extension RelayChain {
  /// A call with the contents that travel beside it.
  struct Request {
    var contract = RelayContract.name
    let method: String
    let arguments: [UInt8]
    var contents: [[UInt8]] = []
  }

  func transaction(
    _ member: String, _ requests: [Request], allOrNothing: Bool = false
  ) throws -> Transaction {
    struct NoKey: Error { let member: String }
    guard let key = memberKeys[member] else { throw NoKey(member: member) }
    submissions += 1
    for content in requests.flatMap(\.contents) {
      contents[suite.hash(.attachment, content)] = content
    }
    let calls = requests.map { request in
      Transaction.Call(
        contract: request.contract, method: request.method, arguments: request.arguments,
        attachments: request.contents.map { suite.hash(.attachment, $0) })
    }
    return try Transaction(
      chainID: genesis.chainID, member: member, idempotencyKey: submissions.bigEndianBytes,
      validUntil: height + 1_000, allOrNothing: allOrNothing, calls: calls,
      attachments: requests.flatMap(\.contents), key: key, suite: suite)
  }

  /// Finalises and executes the next block, which ends the epoch if something was decided.
  /// - Parameter timeMs: The block's time; by default a second after the one before.
  @discardableResult
  func run(_ transactions: [Transaction] = [], at timeMs: UInt64? = nil) throws -> [Receipt] {
    let batches = [Batch(transactions, suite: suite).digest]
    let next = try executor.plannedValidators(epoch: epoch, state: ledger)
    let header = try header(batches, timeMs: timeMs ?? self.timeMs + 1_000, electing: next)
    let block = StoredBlock(
      header: header, batches: batches, finalization: try certificate(for: header))
    let result = try executor.execute(
      transactions, height: header.height, timeMs: header.timeMs,
      logSize: ledger.executed.logSize,
      endingEpoch: next.map { _ in EpochEnd(epoch: epoch, executedHeight: height) },
      state: ledger)
    try ledger.commit(result, of: block)
    if let next {
      epoch += 1
      validators = next
    }
    return result.transactions.flatMap(\.receipts)
  }

  /// The header of the next block.
  func header(
    _ batches: [Digest] = [], timeMs: UInt64, electing next: ValidatorSet? = nil
  ) throws -> BlockHeader {
    let parent = ledger.tip?.header
    let set = validators.hash(epoch: epoch, suite: suite)
    return BlockHeader(
      chainID: genesis.chainID, suite: suite, epoch: epoch, height: height + 1, view: height + 1,
      parent: parent?.hash ?? genesis.chainID, timeMs: timeMs, batches: batches,
      executed: ledger.executed, validatorSet: set,
      nextValidatorSet: next?.hash(epoch: epoch + 1, suite: suite) ?? set)
  }

  /// The certificate of the first so many validators; by default a quorum.
  func certificate(for header: BlockHeader, signers: Int? = nil) throws -> Certificate {
    let subject = VoteSubject(
      epoch: header.epoch, view: header.view,
      statement: .finalize(parentView: header.view - 1, block: header.hash))
    let signers = Array(0..<(signers ?? validators.quorum))
    return try Certificate(
      subject: subject, signers: signers,
      signatures: signers.map { index in
        struct NoKey: Error {}
        let known = validatorKeys[validators.validators[index].publicKey.encoded]
        guard let key = known else { throw NoKey() }
        return try suite.sign(subject.signingBytes(chainID: genesis.chainID).span, with: key)
      })
  }

  /// One call in a block of its own.
  @discardableResult
  func submit(
    _ member: String, _ request: Request, at timeMs: UInt64? = nil
  ) throws -> Receipt {
    struct NoReceipt: Error {}
    let receipts = try run([transaction(member, [request])], at: timeMs)
    guard let receipt = receipts.first else { throw NoReceipt() }
    return receipt
  }

  /// One call that a story builds on.
  func given(_ member: String, _ request: Request, at timeMs: UInt64? = nil) throws {
    let receipt = try submit(member, request, at: timeMs)
    guard receipt.isDone else { throw Unexpected(receipt: receipt) }
  }

  /// Decides these changes and begins the epoch in which they are in force.
  func decide(_ changes: [WireChange]) throws {
    var proposal = WirePropose()
    proposal.proposal = "p\(height)"
    proposal.changes = changes
    proposal.reason = "because"
    proposal.deadlineMs = timeMs + 3_600_000
    var vote = WireCastVote()
    vote.proposal = proposal.proposal
    vote.changes = changes
    vote.approve = true
    vote.opinion = "yes"
    for (method, arguments) in [("propose", proposal.encoded), ("vote", vote.encoded)] {
      try given(
        "governor",
        Request(contract: GovernanceContract.name, method: method, arguments: arguments))
    }
    try run()
  }
}

// Looking.
extension RelayChain {
  func value<Value: Message>(of asset: AssetID, as type: Value.Type) throws -> Value? {
    try ledger.asset(asset).map { try Value(strict: $0.value, limit: Limits.valueBytes) }
  }

  func channel() throws -> RelayChannelState {
    try value(of: RelayContract.channel(Crossing.channel), as: RelayChannelState.self)
      ?? RelayChannelState()
  }

  func sent(_ sequence: UInt64) throws -> RelaySentPacket? {
    try value(of: RelayContract.sent(Crossing.channel, sequence), as: RelaySentPacket.self)
  }

  func received(_ sequence: UInt64) throws -> RelayReceivedPacket? {
    try value(
      of: RelayContract.received(Crossing.channel, sequence), as: RelayReceivedPacket.self)
  }

  func notice(_ key: String, type: String = "notice") throws -> RelaySentNotice? {
    try value(of: AssetID(namespace: "\(type).sent", key: key), as: RelaySentNotice.self)
  }

  func delivered(_ key: String, type: String = "notice") throws -> RelayReceivedNotice? {
    try value(of: AssetID(namespace: "\(type).received", key: key), as: RelayReceivedNotice.self)
  }

  /// An asset's trail.
  func events(_ asset: AssetID) throws -> [AssetEvent] {
    try ledger.records(0..<ledger.executed.logSize).filter { $0.kind == 1 }
      .map { try AssetEvent(decoding: $0.bytes) }
      .filter { $0.asset == asset }
  }

  /// The operations in an asset's trail.
  func operations(_ asset: AssetID) throws -> [String] { try events(asset).map(\.operation) }

  /// The record by which another chain trusts this one from its epoch in office on.
  func record(revision: UInt64 = 1) -> WireChainRecord {
    var record = WireChainRecord()
    record.chainID = id.data
    record.name = genesis.name
    record.suite = suite.id.name
    record.headerFormat = 1
    record.revision = revision
    record.epoch = epoch
    record.timeMs = timeMs
    record.after = height
    record.validators = validators.records
    record.trustingMs = Self.trustingMs
    return record
  }
}
