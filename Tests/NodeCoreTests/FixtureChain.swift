import BuiltinContracts
import Consensus
import Cryptography
import Execution
import LedgerModel
import LedgerStore
import Storage
import Wire

/// The chain whose data directories are kept: twelve blocks with invoices, refusals, a joint
/// decision and the epoch that it begins, written as a node writes them.
struct FixtureChain {
  let genesis: Genesis
  private let suite: any CryptoSuite
  private let executor: BlockExecutor
  private let ledger: Ledger
  private var journal: [JournalEntry] = []

  private static let organisations = ["hospital", "fund", "people"]
  private static let issuer = "hospital-1"
  private static let patient = "patient"

  private init(_ id: SuiteID, store: any KeyValueStore) throws {
    suite = id.suite
    genesis = try Self.genesis(id)
    executor = BlockExecutor(suite: suite, contracts: BuiltinContracts.all)
    ledger = try Ledger(
      store: store, genesis: genesis, genesisState: BlockExecutor.genesisState(genesis))
  }

  /// Writes all of it into an empty store.
  static func write(_ id: SuiteID, into store: any KeyValueStore) throws -> Genesis {
    var chain = try FixtureChain(id, store: store)
    try chain.run([chain.putBlue("0001", 12_345)])
    try chain.run([chain.putBlue("0002", 500), chain.putBlue("0003", 700)])
    try chain.run([chain.post("0002", 500)])
    // Refused: it is recorded already.
    try chain.run([chain.putBlue("0001", 12_345, key: 9)])
    let changes = try chain.changes()
    try chain.run([chain.propose(changes), chain.vote("hospital", changes)])
    try chain.run([chain.vote("fund", changes), chain.vote("people", changes)])
    // Its header commits to the decision, so it ends epoch 0.
    try chain.run([chain.putBlue("0004", 900)])
    try chain.run([])
    try chain.run([chain.putRed("0005", -12_345, of: "0001")], isCertified: false)
    try chain.run([chain.post("0003", 800)])
    try chain.run([])
    try chain.run([chain.putBlue("0006", 1)])
    return chain.genesis
  }

  // Blocks.

  private mutating func run(_ transactions: [Transaction], isCertified: Bool = true) throws {
    let parent = ledger.tip?.header
    let height = ledger.executed.height + 1
    let epoch = ledger.epoch
    let planned = try executor.plannedValidators(
      epoch: epoch.number, state: ledger.state(asOf: height - 1))
    let batches = transactions.isEmpty ? [] : [Batch(transactions, suite: suite)]
    let header = BlockHeader(
      chainID: genesis.chainID, suite: suite, epoch: epoch.number, height: height,
      view: 2 * height, parent: parent?.hash ?? genesis.chainID,
      timeMs: genesis.timeMs + 1_000 * height, batches: batches.map(\.digest),
      executed: ledger.executed, validatorSet: epoch.hash,
      nextValidatorSet: planned?.hash(epoch: epoch.number + 1, suite: suite) ?? epoch.hash)
    let proposal = Proposal(
      epoch: epoch.number, view: header.view,
      parentView: parent?.epoch == epoch.number ? parent?.view ?? 0 : 0, block: header.hash)
    var records: [JournalRecord] = [.vote(proposal.notarize), .certified(proposal)]
    var finalization: Certificate?
    if isCertified {
      let certificate = try certificate(proposal.finalize, of: epoch.validators)
      records += [.vote(proposal.finalize), .certificate(certificate)]
      finalization = certificate
    }
    if header.endsEpoch {
      records.append(
        .lastBlock(epoch: epoch.number, Tip(view: header.view, block: header.hash)))
    }
    let entries = records.enumerated().map {
      JournalEntry(number: UInt64(journal.count + $0.offset), record: $0.element.encoded)
    }
    journal += entries
    let block = StoredBlock(
      header: header, batches: batches.map(\.digest), finalization: finalization)
    try ledger.prepare(
      StoredBlock(header: header, batches: block.batches), batches: batches, journal: entries,
      sync: true)
    try ledger.commit(try executor.execute(block, transactions, over: ledger), of: block)
  }

  private func certificate(_ subject: VoteSubject, of set: ValidatorSet) throws -> Certificate {
    let bytes = subject.signingBytes(chainID: genesis.chainID)
    let signers = Array(0..<set.committee.quorum)
    return try Certificate(
      subject: subject, signers: signers,
      signatures: signers.map {
        let number = UInt8(set.validators[$0].name.suffix(1)) ?? 0
        return try suite.sign(bytes.span, with: Self.key(number, suite))
      })
  }

  // Transactions.

  private func transaction(
    _ member: String, _ contract: String, _ method: String, _ arguments: [UInt8],
    attachments: [[UInt8]] = [], key: UInt8 = 0
  ) throws -> Transaction {
    let call = Transaction.Call(
      contract: contract, method: method, arguments: arguments,
      attachments: attachments.map { suite.hash(.attachment, $0) })
    return try Transaction(
      chainID: genesis.chainID, member: member,
      idempotencyKey: Array(suite.hash(.query, arguments).bytes.prefix(8)) + [key],
      validUntil: 1_000, allOrNothing: false, calls: [call], attachments: attachments,
      key: Self.key(Self.number(of: member), suite), suite: suite)
  }

  private func facts(_ number: String, _ amountFen: Int64) -> InvoiceFacts {
    var facts = InvoiceFacts()
    facts.code = "46060226"
    facts.number = number
    facts.amountFen = amountFen
    facts.issueDate = 20_260_105
    facts.institution = "hospital"
    facts.region = "460106"
    facts.payerTag = [UInt8](repeating: 0x11, count: 32).data
    facts.checkTag = [UInt8](repeating: 0x22, count: 32).data
    return facts
  }

  private func sealed(_ content: [UInt8]) throws -> InvoiceSealed {
    var sealed = InvoiceSealed()
    sealed.attachment = suite.hash(.attachment, content).bytes.data
    sealed.commitment = suite.hash(.sealedContent, content).bytes.data
    sealed.schema = 1
    sealed.ownerKey.recipient = Self.patient
    let key = try Self.key(Self.number(of: Self.patient), suite, .sealing).publicKey.encoded
    sealed.ownerKey.keyID = Member.keyID(of: key, suite: suite).data
    sealed.ownerKey.wrapped = [UInt8](
      repeating: 0x33, count: suite.symmetricKeyByteCount + suite.wrapOverheadByteCount
    ).data
    return sealed
  }

  private func putBlue(_ number: String, _ amountFen: Int64, key: UInt8 = 0) throws -> Transaction {
    let content = Array("content of \(number)".utf8)
    var call = InvoicePutBlue()
    call.facts = facts(number, amountFen)
    call.owner = Self.patient
    call.sealed = try sealed(content)
    return try transaction(
      Self.issuer, "invoice", "putBlue", call.encoded, attachments: [content], key: key)
  }

  private func putRed(
    _ number: String, _ amountFen: Int64, of blue: String
  ) throws -> Transaction {
    let content = Array("content of \(number)".utf8)
    var call = InvoicePutRed()
    call.facts = facts(number, amountFen)
    call.owner = Self.patient
    call.sealed = try sealed(content)
    call.blueCode = "46060226"
    call.blueNumber = blue
    return try transaction(
      Self.issuer, "invoice", "putRed", call.encoded, attachments: [content])
  }

  private func post(_ number: String, _ amountFen: Int64) throws -> Transaction {
    var call = InvoicePost()
    call.code = "46060226"
    call.number = number
    call.amountFen = amountFen
    call.postingID = "V1"
    return try transaction("fund-1", "invoice", "post", call.encoded)
  }

  /// A fifth validator, and other bounds.
  private func changes() throws -> [WireChange] {
    var add = WireChange()
    add.addValidator = try Self.record("validator-5", 5, suite)
    var settings = WireChange()
    settings.setSettings = genesis.settings.wire
    settings.setSettings.heartbeatMs = 9_000
    return [add, settings]
  }

  private func propose(_ changes: [WireChange]) throws -> Transaction {
    var call = WirePropose()
    call.proposal = "fifth"
    call.changes = changes
    call.reason = "one may fail"
    call.deadlineMs = genesis.timeMs + 3_600_000
    return try transaction("g-fund", "governance", "propose", call.encoded)
  }

  private func vote(_ organisation: String, _ changes: [WireChange]) throws -> Transaction {
    var call = WireCastVote()
    call.proposal = "fifth"
    call.changes = changes
    call.approve = true
    call.opinion = "we agree"
    return try transaction("g-\(organisation)", "governance", "vote", call.encoded)
  }

  // Genesis.

  private static let members = [issuer, "fund-1", patient] + organisations.map { "g-\($0)" }

  private static func number(of member: String) -> UInt8 {
    100 + UInt8(members.firstIndex(of: member) ?? 0)
  }

  private static func key(
    _ number: UInt8, _ suite: any CryptoSuite, _ use: KeyUse = .signing
  ) throws -> PrivateKey {
    try suite.privateKey(SecretBytes(copying: [UInt8](repeating: number, count: 32)), use: use)
  }

  private static func record(
    _ name: String, _ number: UInt8, _ suite: any CryptoSuite
  ) throws -> WireValidatorRecord {
    var record = WireValidatorRecord()
    record.name = name
    record.signingKey = try key(number, suite).publicKey.encoded.data
    return record
  }

  static func genesis(_ id: SuiteID, validators: UInt8 = 4) throws -> Genesis {
    var wire = WireGenesis()
    wire.format = 1
    wire.name = "kept"
    wire.suite = id.name
    wire.timeMs = 1_767_225_600_000
    wire.validators = try (1...validators).map { try record("validator-\($0)", $0, id.suite) }
    wire.observers = [try record("observer-1", 50, id.suite)]
    wire.organisations = organisations.map { name in
      var organisation = WireOrganisationRecord()
      organisation.id = name
      organisation.name = name
      organisation.region = "460000"
      return organisation
    }
    let roles = [
      issuer: InvoiceContract.issuer, "fund-1": InvoiceContract.reimburser, patient: "",
    ]
    wire.members = try members.map { name in
      var member = WireMemberRecord()
      member.id = name
      member.organisation =
        organisations.first { name.hasPrefix($0) || name.hasSuffix($0) } ?? "people"
      let role = roles[name] ?? GovernanceContract.governor
      member.roles = role.isEmpty ? [] : [role]
      member.region = name == issuer ? "460100" : "460000"
      member.signingKey = try key(number(of: name), id.suite).publicKey.encoded.data
      member.sealingKey = try key(number(of: name), id.suite, .sealing).publicKey.encoded.data
      return member
    }
    return try Genesis(document: Genesis.document(wire))
  }
}

extension BlockExecutor {
  /// Executes a final block as a node does.
  func execute(
    _ block: StoredBlock, _ transactions: [Transaction], over ledger: Ledger
  ) throws -> BlockResult {
    let header = block.header
    return try execute(
      transactions, height: header.height, timeMs: header.timeMs,
      logSize: ledger.executed.logSize,
      endingEpoch: header.endsEpoch
        ? EpochEnd(epoch: header.epoch, executedHeight: header.executed.height) : nil,
      state: ledger)
  }
}
