internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeAPI
internal import NodeCore
internal import Storage
internal import Synchronization
internal import TransactionPool
internal import Wire

/// Judges what clients submit: decoding, member, signature, validity, repetition, room in the pool.
///
/// Each transaction's signature is checked once, here, on the calling thread.
final class Admission: Sendable {
  private let ledger: Ledger
  private let rules: ChainRules
  private let stages: Stages
  private let clock: @Sendable () -> UInt64
  /// Bytes of all members' transactions that may wait here.
  private let poolBytes: Int
  let pool: Mutex<TransactionPool>
  /// Submissions that are being judged: soon they may join the next block.
  private let underWay = Atomic<Int>(0)
  private let keys = Mutex<[[UInt8]: PublicKey]>([:])

  /// Parsed keys kept; a chain has fewer members than this, and the rest is parsed anew.
  private static let keysKept = 100_000

  /// - Parameter clock: Milliseconds since 1970.
  init(
    ledger: Ledger, rules: ChainRules, poolBytes: Int, stages: Stages,
    clock: @escaping @Sendable () -> UInt64
  ) {
    self.ledger = ledger
    self.rules = rules
    self.poolBytes = poolBytes
    self.stages = stages
    self.clock = clock
    pool = Mutex(TransactionPool(limits: Self.limits(rules.settings, poolBytes)))
  }

  /// Takes over the settings of an epoch that began.
  func refresh() throws(StateFault) {
    try rules.refresh()
    let limits = Self.limits(rules.settings, poolBytes)
    pool.withLock { $0.limits = limits }
  }

  private static func limits(_ settings: ChainSettings, _ bytes: Int) -> TransactionPool.Limits {
    TransactionPool.Limits(
      bytes: bytes, transactionsPerMember: Int(settings.poolTransactionsPerMember),
      bytesPerMember: Int(settings.poolBytesPerMember))
  }

  /// The pool as the machine sees it.
  var intake: NodeCore.Intake {
    NodeCore.Intake(
      take: { [self] transactions, calls, bytes in
        pool.withLock { $0.take(transactions: transactions, calls: calls, bytes: bytes) }
      },
      isEmpty: { [self] in pool.withLock { $0.isEmpty } }, isQuiet: { [self] in isQuiet })
  }

  /// Whether no submission is being judged now, so that waiting would gain nothing.
  var isQuiet: Bool { underWay.load(ordering: .relaxed) == 0 }

  /// Counts a submission as being judged, until `end`.
  func begin() { underWay.add(1, ordering: .relaxed) }

  /// - Returns: Whether it was the last one under way.
  func end() -> Bool { underWay.subtract(1, ordering: .relaxed).newValue == 0 }

  /// What becomes of a submission that is acceptable.
  enum Verdict: Sendable {
    case new(Transaction, epoch: UInt64)
    /// It was executed before.
    case repeated(Digest, ReceiptPlace)
  }

  func judge(_ bytes: [UInt8]) throws(Problem) -> Verdict {
    // Read before the member's key, so that a key is never taken for a newer epoch's.
    let epoch = ledger.epoch.number
    let transaction = try Stages.time(stages.decode) { () throws(Problem) in
      do throws(ModelFault) {
        return try Transaction(decoding: bytes, suite: ledger.suite)
      } catch {
        throw Problem(error)
      }
    }
    guard transaction.chainID == ledger.genesis.chainID else {
      throw Problem(
        "transaction.other_chain", status: 409, field: "chain_id", value: transaction.chainID.hex,
        remedy: "this node serves chain \(ledger.genesis.chainID.hex): sign for that chain")
    }
    let member = try member(transaction.member)
    try Stages.time(stages.verify) { () throws(Problem) in
      let key = try key(of: member)
      guard ledger.suite.isValid(transaction.signature, of: transaction.id.bytes.span, by: key)
      else {
        throw Problem(
          Refusal(.wrongSignature, field: "signature", value: "of member \(member.id)"),
          status: 401)
      }
    }
    if let place = try stored({ () throws(LedgerFault) in try ledger.receipts(of: transaction.id) })
    {
      return .repeated(transaction.id, place)
    }
    try checkStanding(of: member)
    try checkIdempotency(transaction)
    try checkValidity(transaction)
    return .new(transaction, epoch: epoch)
  }

  private func checkIdempotency(_ transaction: Transaction) throws(Problem) {
    let earlier: Digest?
    do {
      earlier = try ledger.transaction(
        member: transaction.member, idempotencyKey: transaction.idempotencyKey)
    } catch {
      throw Problem(stateFault: error)
    }
    // The same transaction may have been executed since its receipts were looked for.
    guard earlier == nil || earlier == transaction.id else {
      throw Problem(
        Refusal(
          .idempotencyConflict, field: "idempotency_key", value: transaction.idempotencyKey.hex),
        status: 409)
    }
  }

  private func checkValidity(_ transaction: Transaction) throws(Problem) {
    let next = (ledger.tip?.header.height ?? 0) + 1
    guard transaction.validUntil >= next else {
      throw Problem(
        Refusal(
          .expired, field: "valid_until_height",
          value: "\(transaction.validUntil), the next block is \(next)"), status: 409)
    }
    guard transaction.validUntil - next <= Limits.validityBlocks else {
      throw Problem(
        "transaction.valid_too_long", status: 400, field: "valid_until_height",
        value: "\(transaction.validUntil)",
        remedy: "choose at most \(Limits.validityBlocks) blocks after the newest, \(next - 1)")
    }
  }

  /// Refuses at once who could not act now; what counts is judged again at block time.
  func checkStanding(of member: Member) throws(Problem) {
    do {
      try member.checkStanding(atMs: clock(), roster: rules.roster)
    } catch {
      throw Problem(error, status: 403)
    }
  }

  /// Who signs under this id.
  func member(_ id: String) throws(Problem) -> Member {
    guard
      let state = try stored({ () throws(LedgerFault) in
        try ledger.asset(Member.source(of: id))
      }), let member = Member(id: id, source: state.value)
    else {
      throw Problem(Refusal(.unknownMember, field: "member", value: id), status: 401)
    }
    return member
  }

  /// The member's signing key, parsed once.
  func key(of member: Member) throws(Problem) -> PublicKey {
    if let key = keys.withLock({ $0[member.signingKey] }) { return key }
    do {
      let key = try ledger.suite.publicKey(member.signingKey, use: .signing)
      keys.withLock { keys in
        if keys.count >= Self.keysKept { keys.removeAll() }
        keys[member.signingKey] = key
      }
      return key
    } catch {
      throw Problem(Refusal(.unknownMember, field: "member", value: member.id), status: 401)
    }
  }

  /// The key with which a member's transactions are checked now; `nil` if it is not registered.
  func signingKey(ofMember id: String) -> PublicKey? {
    do throws(Problem) { return try key(of: try member(id)) } catch { return nil }
  }

  func stored<Value>(_ read: () throws(LedgerFault) -> Value) throws(Problem) -> Value {
    do { return try read() } catch { throw Problem(error) }
  }
}

extension Problem {
  init(_ refusal: Refusal, status: Int) {
    self.init(
      refusal.code.name, status: status, field: refusal.field, value: refusal.value,
      remedy: refusal.code.remedy)
  }

  init(_ fault: ModelFault) {
    switch fault {
    case .wire(.tooLarge(let message, let bytes, let limit)):
      self.init(
        "request.too_large", status: 413, field: message, value: "\(bytes) bytes",
        remedy: "send at most \(limit) bytes")
    case .wire(.malformed(let message)):
      self.init(
        "request.malformed", status: 400, field: message, value: "",
        remedy: "the bytes are not this message: encode it as the API's schema says")
    case .wire(.notCanonical(let message)):
      self.init(
        "request.not_canonical", status: 400, field: message, value: "",
        remedy: "encode each field once, in order of number, without unknown fields")
    case .invalid(let field, let value, let remedy):
      self.init("request.invalid", status: 400, field: field, value: value, remedy: remedy)
    }
  }

  init(_ fault: LedgerFault) {
    switch fault {
    case .notAvailable(let what):
      self.init(
        "ledger.not_available", status: 404, field: "request", value: what,
        remedy: "ask for something the ledger has: see /v1/status")
    default:
      self.init(
        "node.storage", status: 503, field: "storage", value: "",
        remedy: "the node's storage failed: its operator finds the reason in its log",
        retryAfter: 5)
    }
  }

  init(stateFault: StateFault) {
    self.init(LedgerFault.storage(.failed(reason: "\(stateFault)")))
  }

  init(_ fault: PoolFault) {
    switch fault {
    case .full(let bytes, let limit):
      self.init(
        "pool.full", status: 429, field: "pool", value: "\(bytes) of \(limit) bytes",
        remedy: "the node has as much waiting as it may keep: submit again after a moment",
        retryAfter: 1)
    case .quota(let member, let limit):
      self.init(
        "pool.quota", status: 429, field: "member", value: member,
        remedy: "at most \(limit) transactions of a member may wait: submit again after a moment",
        retryAfter: 1)
    case .byteQuota(let member, let limit):
      self.init(
        "pool.quota", status: 429, field: "member", value: member,
        remedy: "at most \(limit) bytes of a member may wait: submit again after a moment",
        retryAfter: 1)
    }
  }
}
