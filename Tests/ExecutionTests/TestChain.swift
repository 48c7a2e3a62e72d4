import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import Wire

/// A chain without consensus, network or disk: a registry, a state and a clock that tests move.
///
/// Four validators, `v1` to `v4`. Five organisations, each with a governor named after it, as
/// `g-fund`. Other members: `hospital` and `clinic` issue in 460100 and 460200; `fund` and its
/// second desk `fund-2` (one unit), and `employer` reimburse; `patient` and `relative` have no
/// role; `newcomer` and `former` issue, but from an hour after the start, and until an hour after
/// it.
struct TestChain: Sendable {
  /// 2026-01-01T00:00:00Z.
  static let start: UInt64 = 1_767_225_600_000
  static let hour: UInt64 = 3_600_000

  /// A call that had to succeed was refused.
  struct Unexpected: Error { let receipts: [Receipt] }

  let genesis: Genesis
  let suite: any CryptoSuite
  let executor: BlockExecutor
  private var keys: [String: PrivateKey]
  var state = MemoryState()
  /// The states after each block so far, genesis first.
  private(set) var past: [MemoryState] = []
  private(set) var height: UInt64 = 0
  /// The time of the next block.
  var timeMs = TestChain.start
  /// The whole operation log.
  private(set) var log: [LogRecord] = []

  init(_ id: SuiteID = .intl) throws {
    let suite = id.suite
    var keys: [String: PrivateKey] = [:]
    var wire = WireGenesis()
    wire.format = 1
    wire.name = "test"
    wire.suite = id.name
    wire.timeMs = Self.start
    wire.validators = try (1...4).map { number in
      var validator = WireValidatorRecord()
      validator.name = "v\(number)"
      let key = try suite.generateSigningKey()
      keys[Member.id(ofValidator: validator.name)] = key
      validator.signingKey = key.publicKey.encoded.data
      return validator
    }
    for name in Self.organisations {
      var organisation = WireOrganisationRecord()
      organisation.id = name
      organisation.name = name
      wire.organisations.append(organisation)
    }
    for var member in Self.members + Self.governors {
      let key = try suite.generateSigningKey()
      keys[member.id] = key
      member.signingKey = key.publicKey.encoded.data
      member.sealingKey = try suite.generateSealingKey().publicKey.encoded.data
      wire.members.append(member)
    }
    keys["stranger"] = try suite.generateSigningKey()
    genesis = try Genesis(document: Genesis.document(wire))
    self.suite = suite
    self.keys = keys
    executor = BlockExecutor(suite: suite, contracts: BuiltinContracts.all)
    try apply(BlockExecutor.genesisState(genesis))
  }

  static let organisations = ["hospital-1", "hospital-2", "fund", "employer", "people"]

  private static var governors: [WireMemberRecord] {
    organisations.map { member("g-\($0)", of: $0, Governance.governor) }
  }

  private static var members: [WireMemberRecord] {
    [
      member("hospital", of: "hospital-1", InvoiceContract.issuer, region: "460100"),
      member("clinic", of: "hospital-2", InvoiceContract.issuer, region: "460200"),
      member("fund", of: "fund", InvoiceContract.reimburser, region: "460000"),
      member("fund-2", of: "fund", InvoiceContract.reimburser, region: "460000"),
      member("employer", of: "employer", InvoiceContract.reimburser),
      member("patient", of: "people"),
      member("relative", of: "people"),
      member("newcomer", of: "hospital-1", InvoiceContract.issuer, from: start + hour),
      member("former", of: "hospital-1", InvoiceContract.issuer, until: start + hour),
    ]
  }

  private static func member(
    _ id: String, of organisation: String, _ role: String? = nil, region: String = "",
    from: UInt64 = 0, until: UInt64 = 0
  ) -> WireMemberRecord {
    var member = WireMemberRecord()
    member.id = id
    member.organisation = organisation
    member.roles = role.map { [$0] } ?? []
    member.region = region
    member.validFromMs = from
    member.validUntilMs = until
    return member
  }
}

// Submitting.
extension TestChain {
  /// A signed transaction; the key defaults to one that no other transaction has.
  func transaction(
    _ member: String, _ requests: [Request], key: String? = nil, validUntil: UInt64 = 1_000_000,
    allOrNothing: Bool = false
  ) throws -> Transaction {
    struct NoKey: Error { let member: String }
    guard let signingKey = keys[member] else { throw NoKey(member: member) }
    let idempotencyKey =
      key.map { Array($0.utf8) } ?? height.bigEndianBytes + requests.flatMap(\.fingerprint)
    return try Transaction(
      chainID: genesis.chainID, member: member,
      idempotencyKey: key == nil
        ? Array(suite.hash(.query, idempotencyKey).bytes) : idempotencyKey,
      validUntil: validUntil, allOrNothing: allOrNothing, calls: requests.map { $0.call(suite) },
      attachments: requests.flatMap(\.contents), key: signingKey, suite: suite)
  }

  func sign(_ bytes: [UInt8], as member: String) throws -> Signature {
    struct NoKey: Error { let member: String }
    guard let key = keys[member] else { throw NoKey(member: member) }
    return try suite.sign(bytes.span, with: key)
  }

  /// Executes the next block without taking over its result.
  func execute(
    _ transactions: [Transaction], endingEpoch: EpochEnd? = nil
  ) throws -> BlockResult {
    try executor.execute(
      transactions, height: height + 1, timeMs: timeMs, logSize: UInt64(log.count),
      endingEpoch: endingEpoch, state: state)
  }

  /// Executes the next block; the one after is a millisecond later.
  mutating func commit(
    _ transactions: [Transaction], endingEpoch: EpochEnd? = nil
  ) throws -> BlockResult {
    let result = try execute(transactions, endingEpoch: endingEpoch)
    try apply(result)
    height += 1
    timeMs += 1
    return result
  }

  /// Commits a block of one transaction.
  mutating func submit(
    _ member: String, _ requests: Request..., allOrNothing: Bool = false
  ) throws -> [Receipt] {
    try commit([transaction(member, requests, allOrNothing: allOrNothing)])
      .transactions.flatMap(\.receipts)
  }

  /// Commits a call that a story builds on.
  mutating func given(_ member: String, _ request: Request) throws {
    let receipts = try submit(member, request)
    guard receipts.allSatisfy(\.isDone) else { throw Unexpected(receipts: receipts) }
  }

  private mutating func apply(_ result: BlockResult) throws {
    try state.apply(result)
    log += result.records
    past.append(state)
  }

  /// Gives a member that is registered later, or under a new key, what it signs with.
  mutating func hold(_ key: PrivateKey, for member: String) { keys[member] = key }
}

// Looking.
extension TestChain {
  func member(_ id: String) throws -> Member {
    struct Missing: Error { let id: String }
    guard let member = genesis.members.first(where: { $0.id == id }) else { throw Missing(id: id) }
    return member
  }

  func asset(_ asset: AssetID) -> AssetState? { state.assets[asset.indexKey(suite)] }

  /// The invoice's value.
  func invoice(_ number: String) throws -> InvoiceState {
    struct Missing: Error { let number: String }
    guard let state = asset(Self.asset(number)) else { throw Missing(number: number) }
    return try InvoiceState(strict: state.value, limit: Limits.valueBytes)
  }

  /// All events of an asset, found by reading the whole log.
  func trail(_ asset: AssetID) throws -> [AssetEvent] {
    try log.filter { $0.kind == 1 }.map { try AssetEvent(decoding: $0.bytes) }
      .filter { $0.asset == asset }
  }

  func operations(_ asset: AssetID) throws -> [String] { try trail(asset).map(\.operation) }
}

extension Receipt {
  /// The refusal, if it is one.
  var refused: Refused? {
    switch outcome {
    case .done: nil
    case .refused(let refused): refused
    }
  }
}
