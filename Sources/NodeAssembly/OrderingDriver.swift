internal import Consensus
internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import LedgerStore
internal import Logging
internal import NodeAPI
internal import Synchronization
internal import TransactionPool

/// Performs what the consensus replica asks for, on a thread of its own (D17).
///
/// The replica decides; this loop only builds blocks, writes the journal, signs, keeps timers and
/// hands final blocks to execution. Everything it does answers an effect or fires a timer.
final class OrderingDriver {
  /// Final blocks that may be on their way to the disk: one is executed, one written, one waits.
  /// More would only make blocks smaller.
  static let blocksInFlight: UInt64 = 3
  /// After the last transaction, how long to wait for more before an empty block commits to its
  /// results, so that they can be proven.
  private static let closingDelayMs: UInt64 = 20
  /// While further submissions are being judged, a block waits for them up to this long: its two
  /// signatures and its synced write are then shared by more transactions.
  private static let gatheringMs: UInt64 = 20
  /// Calls and bytes of one block.
  private static let callsPerBlock = 2 * Limits.callsPerTransaction
  private static let bytesPerBlock = 32 * 1_024 * 1_024

  /// What other threads tell this one.
  enum Message: Sendable {
    /// Transactions wait in the pool.
    case work
    case executed(height: UInt64)
    /// A client waits for a header that commits to this height.
    case proofWanted(height: UInt64)
    case stop
  }

  /// A block of a view that this node knows.
  private struct Proposed {
    let block: StoredBlock
    let transactions: [Transaction]
  }

  private struct Request {
    let view: UInt64
    let parent: Digest
    let sinceMs: UInt64
  }

  private let ledger: Ledger
  private let admission: Admission
  private let execution: ExecutionDriver
  private let key: PrivateKey
  private let stages: Stages
  private let logger: Logger
  private let heartbeatMs: UInt64
  private let clock: @Sendable () -> UInt64
  private let mailbox: Mailbox<Message>
  private let validatorSet: Digest
  private let me: Int

  private var replica: Replica
  private var events: [Replica.Event] = []
  private var timers: [Replica.Timer: (view: UInt64, atMs: UInt64)] = [:]
  private var request: Request?
  private var proposed: [Digest: Proposed] = [:]
  /// Journal records not yet written, and where the next one goes.
  private var journal: [JournalEntry] = []
  private var journalNumber: UInt64
  private var journalViews: [(number: UInt64, view: UInt64)] = []
  private var finalised: BlockHeader?
  /// Finalisations in the journal of blocks that are not handed to execution yet. After a crash
  /// several blocks may be delivered at once, and each is kept with the certificate of its own.
  private var finalisations: [Digest: Certificate] = [:]
  private var proofWanted: UInt64 = 0
  private var lastWorkMs: UInt64 = 0
  /// When the oldest waiting transaction was noticed.
  private var waitingSinceMs: UInt64?

  init(
    ledger: Ledger, admission: Admission, execution: ExecutionDriver, key: PrivateKey, me: Int,
    heartbeatMs: UInt64, stages: Stages, logger: Logger, mailbox: Mailbox<Message>,
    clock: @escaping @Sendable () -> UInt64
  ) throws {
    self.ledger = ledger
    self.admission = admission
    self.execution = execution
    self.key = key
    self.me = me
    self.heartbeatMs = heartbeatMs
    self.stages = stages
    self.logger = logger
    self.mailbox = mailbox
    self.clock = clock
    validatorSet = ledger.genesis.validators.hash(epoch: 0, suite: ledger.suite)
    finalised = ledger.tip?.header
    let stored = try ledger.journal()
    var records: [JournalRecord] = []
    for entry in stored {
      let record = try JournalRecord(decoding: entry.record)
      records.append(record)
      journalViews.append((entry.number, record.view))
    }
    journalNumber = (stored.last?.number ?? 0) + 1
    replica = Replica(
      configuration: Replica.Configuration(
        committee: ledger.genesis.validators.committee, me: me, epoch: 0,
        timing: Replica.Timing(
          networkDelay: 1_000, heartbeat: Int(heartbeatMs), retry: 2_000)),
      journal: records,
      lastFinalized: Tip(
        view: finalised?.view ?? 0, block: finalised?.hash ?? ledger.genesis.chainID))
    for record in records where record.view > finalised?.view ?? 0 { note(record) }
  }

  /// The thread's loop: until told to stop or the ledger fails.
  func run() throws {
    try handle(.start)
    while true {
      for message in mailbox.receive(waitMs: waitMs()) {
        switch message {
        case .work:
          lastWorkMs = clock()
          if waitingSinceMs == nil { waitingSinceMs = lastWorkMs }
        case .executed: break
        case .proofWanted(let height): proofWanted = max(proofWanted, height)
        case .stop: return
        }
      }
      let now = clock()
      for (timer, due) in timers.sorted(by: { $0.key.rawValue < $1.key.rawValue })
      where due.atMs <= now {
        timers[timer] = nil
        try handle(.timerFired(timer, view: due.view))
      }
      try propose(at: now)
    }
  }

  private func handle(_ event: Replica.Event) throws {
    events.append(event)
    while !events.isEmpty {
      for effect in replica.handle(events.removeFirst()) { try perform(effect) }
    }
  }

  private func perform(_ effect: Replica.Effect) throws {
    switch effect {
    case .journal(let record):
      note(record)
      journal.append(JournalEntry(number: journalNumber, record: record.encoded))
      journalViews.append((journalNumber, record.view))
      journalNumber += 1
    case .requestProposal(let view, _, let parent):
      request = Request(view: view, parent: parent, sinceMs: clock())
    case .broadcastProposal(let vote), .vote(let vote):
      events.append(.vote(try sign(vote.subject)))
    case .broadcastCertificate:
      break  // one validator: there is nobody else to tell
    case .verifyBlock(let proposal, _):
      let isHeld = try block(proposal.block) != nil
      events.append(
        .blockVerified(view: proposal.view, block: proposal.block, isValid: isHeld))
    case .finalized(let blocks, let certificate):
      try finalise(blocks, certificate)
    case .armTimer(let timer, let view, let milliseconds):
      timers[timer] = (view, clock() + UInt64(milliseconds))
    case .evidence(let first, let second):
      logger.critical(
        "a validator signed two statements that exclude each other",
        metadata: [
          "signer": "\(first.signer)",
          "views": "\(first.subject.view) \(second.subject.view)",
        ])
    case .requestMissing(let missing, _):
      logger.warning("data is missing that no peer can give", metadata: ["what": "\(missing)"])
    case .halt(let breach):
      throw NodeFault.safetyBreach("\(breach)")
    }
  }

  private func sign(_ subject: VoteSubject) throws -> Vote {
    let message = subject.signingBytes(chainID: ledger.genesis.chainID)
    let signature = try Stages.time(stages.sign) { () throws(CryptographyFault) in
      try ledger.suite.sign(message.span, with: key)
    }
    return Vote(subject: subject, signer: me, signature: signature)
  }

  // MARK: Proposing

  /// Builds the block that the replica asked for, if there is a reason to.
  private func propose(at now: UInt64) throws {
    guard let request else { return }
    let parent = try parentHeader(of: request)
    let height = (parent?.height ?? 0) + 1
    let executed = ledger.executed
    guard height - 1 - executed.height < Self.blocksInFlight, !isGathering(at: now) else { return }
    let taken = admission.pool.withLock {
      $0.take(calls: Self.callsPerBlock, bytes: Self.bytesPerBlock)
    }
    if taken.isEmpty { waitingSinceMs = nil }
    guard !taken.isEmpty || emptyBlockIsDue(at: now, request, parent, executed) else { return }
    self.request = nil
    waitingSinceMs = nil
    let batches = taken.isEmpty ? [] : [Batch(taken, suite: ledger.suite)]
    let header = BlockHeader(
      chainID: ledger.genesis.chainID, suite: ledger.suite, epoch: 0, height: height,
      view: request.view, parent: request.parent,
      timeMs: max((parent?.timeMs ?? ledger.genesis.timeMs) + 1, now),
      batches: batches.map(\.digest), executed: executed, validatorSet: validatorSet,
      nextValidatorSet: validatorSet)
    let block = StoredBlock(header: header, batches: batches.map(\.digest))
    // Not synced: the write of the executed block comes later in the same log and covers it.
    try Stages.time(stages.journal) { () throws(LedgerFault) in
      try ledger.prepare(block, batches: batches, journal: takeJournal(), sync: false)
    }
    proposed[header.hash] = Proposed(block: block, transactions: taken)
    try handle(.proposalBuilt(view: request.view, block: header.hash))
  }

  private func isGathering(at now: UInt64) -> Bool {
    guard let waitingSinceMs, !admission.isQuiet else { return false }
    return now < waitingSinceMs + Self.gatheringMs
  }

  /// An empty block commits to results that no header covers yet, or shows that the chain lives.
  private func emptyBlockIsDue(
    at now: UInt64, _ request: Request, _ parent: BlockHeader?, _ executed: ExecutedState
  ) -> Bool {
    if now >= heartbeatDue(parent) { return true }
    guard let parent else { return true }
    let commitsToMore = executed.height > parent.executed.height
    if commitsToMore, proofWanted > parent.executed.height { return true }
    guard parent.executed.logSize < executed.logSize else { return false }
    return now >= lastWorkMs + Self.closingDelayMs
  }

  private func heartbeatDue(_ parent: BlockHeader?) -> UInt64 {
    (parent?.timeMs ?? 0) + heartbeatMs
  }

  private func parentHeader(of request: Request) throws -> BlockHeader? {
    if request.parent == ledger.genesis.chainID { return nil }
    if let finalised, finalised.hash == request.parent { return finalised }
    return try block(request.parent)?.block.header
  }

  /// How long to wait for messages: until a timer, the closing block or the heartbeat is due.
  private func waitMs() -> Int {
    let now = clock()
    var due = timers.values.map(\.atMs).min() ?? now + 1_000
    if request != nil {
      if let waitingSinceMs { due = min(due, waitingSinceMs + Self.gatheringMs) }
      due = min(due, heartbeatDue(finalised))
      if let finalised, finalised.executed.logSize < ledger.executed.logSize {
        due = min(due, lastWorkMs + Self.closingDelayMs)
      }
    }
    return due <= now ? 1 : Int(min(due - now, 1_000))
  }

  // MARK: Finalising

  private func finalise(_ blocks: [Digest], _ certificate: Certificate) throws {
    for (index, hash) in blocks.enumerated() {
      guard let known = try block(hash) else {
        throw NodeFault.missingBlock(hash.hex)
      }
      let block = StoredBlock(
        header: known.block.header, batches: known.block.batches,
        finalization: finalisations[hash] ?? (index == blocks.count - 1 ? certificate : nil))
      finalised = block.header
      proposed[hash] = nil
      finalisations[hash] = nil
      try Stages.time(stages.journal) { () throws(LedgerFault) in
        try ledger.prepare(nil, batches: [], journal: takeJournal(), sync: false)
      }
      execution.execute(
        ExecutionDriver.Work(block: block, transactions: known.transactions))
    }
    try pruneJournal()
  }

  /// The block of this hash: from memory, or after a restart from the store.
  private func block(_ hash: Digest) throws -> Proposed? {
    if let known = proposed[hash] { return known }
    guard let block = try ledger.proposal(hash) else { return nil }
    let transactions = try block.batches.flatMap { try ledger.transactions(ofBatch: $0) }
    return Proposed(block: block, transactions: transactions)
  }

  private func note(_ record: JournalRecord) {
    guard case .certificate(let certificate) = record, certificate.subject.kind == .finalize,
      let block = certificate.subject.block
    else { return }
    finalisations[block] = certificate
  }

  private func takeJournal() -> [JournalEntry] {
    defer { journal = [] }
    return journal
  }

  /// Drops records that no restart needs: of views below the newest block that is executed.
  private func pruneJournal() throws {
    guard let executedView = ledger.tip?.header.view else { return }
    let floor = min(replica.journalFloor, executedView)
    let kept = journalViews.drop { $0.view < floor }
    guard journalViews.count - kept.count >= 256 else { return }
    journalViews = Array(kept)
    try ledger.pruneJournal(below: kept.first?.number ?? journalNumber)
  }
}
