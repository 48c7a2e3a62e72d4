public import Consensus
public import Cryptography
public import Execution
public import LedgerModel
public import LedgerStore

/// One node's whole logic: consensus, dissemination, proposals, catch-up. Events in, actions out.
///
/// No thread, socket or clock is in here (D17); the store is reached through its port. A driver
/// calls `handle` for everything that happens, and then `flush`, which makes durable what must be
/// durable and only then gives out what leaves the node.
///
/// - N1. A vote or proposal leaves after its journal record, its block and its batches are synced.
/// - N2. A batch is held only if all its signatures are valid under the epoch's registry.
/// - N3. A block is notarized only if it follows from its parent, every batch is held, and its
///   `executed` is what this node computed.
/// - N4. A final block is executed after its parent; what is missing is fetched by height.
/// - N5. An epoch begins when the last block of the one before is executed here.
/// - N6. Everything that peers can make grow is bounded, for each peer apart.
/// - N7. Stored blocks are looked through for damage, and damaged ones fetched from peers.
/// - N8. A node that may have forgotten its votes votes only in views above those.
/// - N9. A lie of a validator that this node can prove is reported to the ledger.
///
/// - Source: docs/spec/17-peers.md.
public struct NodeCore {
  /// What happens to a node.
  public enum Event: Sendable {
    /// The first event.
    case start
    case message(PeerMessage, from: PeerID)
    case linkUp(PeerID)
    case linkDown(PeerID)
    /// Transactions may wait in the intake, or nothing more is being judged.
    case work
    /// Answers `checkBatch` and `recheckBatch`.
    case batchChecked(BatchVerdict)
    /// Answers `checkBlocks`.
    case blocksChecked(Result<[FinalBlock], CatchUpFault>, from: PeerID)
    /// Answers `inspect`.
    case inspected(Inspection.Finding)
    /// The block of this height is executed and on disk.
    case executed(ExecutedState)
    /// A client waits for a header that commits to this height.
    case proofWanted(height: UInt64)
    /// Time has passed: at least `nextWake` asks for one.
    case tick
  }

  /// What must be done, in this order.
  public enum Action: Sendable {
    /// Send once to each of these peers, as far as they are linked.
    case send(PeerMessage, to: [PeerID])
    /// Judge an encoded batch under the registry of `epoch` and answer `batchChecked`.
    case checkBatch([UInt8], epoch: UInt64, from: PeerID)
    /// Judge a held batch again under the registry of `epoch` and answer `batchChecked`.
    case recheckBatch(Batch, epoch: UInt64, from: PeerID?)
    /// Judge an answer to a catch-up request and answer `blocksChecked`.
    case checkBlocks([UInt8], CatchUpCheck, from: PeerID)
    /// The registry changed, and these transactions of this node's own are no longer acceptable.
    case drop([Transaction])
    /// Execute after the blocks before, write, and answer `executed`.
    case execute(FinalBlock)
    /// Read final blocks from this height on and send them as `catchUp`.
    case serveBlocks(from: UInt64, to: PeerID)
    /// Read batches from the store and send each as `batch`.
    case serveBatches([Digest], to: PeerID)
    /// Run this, which takes long, and answer `inspected`.
    case inspect(Inspection)
    /// Other validators hold office from now on: see who may stay linked.
    case epochBegan(Epoch)
    /// For log and metrics.
    case note(Note)
  }

  /// Something that an operator may want to know.
  public enum Note: Sendable {
    /// A validator signed two statements that exclude each other.
    case evidence(Vote, Vote)
    /// A peer sent what no honest node sends.
    case refused(PeerID, reason: String)
    /// A proposed block is not valid; its view is given up.
    case invalidBlock(Digest, view: UInt64, reason: String)
    /// Blocks are missing and fetched from a peer.
    case catchingUp(from: UInt64, to: UInt64, PeerID)
    case epochBegan(UInt64)
    /// Something stored of the block at this height is not what the chain names.
    case damaged(height: UInt64, LedgerFault)
    case repaired(height: UInt64)
    /// No block that a peer could give mends it.
    case beyondRepair(height: UInt64, LedgerFault)
    /// The search for damage has come to this height; everything is looked at once it is 1.
    case inspected(downTo: UInt64)
    /// A node that had forgotten its votes takes part again.
    case votesAgain(aboveView: UInt64)
  }

  /// Where a node's own transactions wait, shared with the threads that judge them.
  public struct Intake: Sendable {
    let take:
      @Sendable (_ transactions: Int, _ calls: Int, _ bytes: Int) -> (
        transactions: [Transaction], epoch: UInt64
      )
    let isEmpty: @Sendable () -> Bool
    /// Whether no submission is being judged now, so that waiting would gain nothing.
    let isQuiet: @Sendable () -> Bool

    /// - Parameter take: Takes the oldest, up to three bounds, but at least one if any waits; with
    ///   the oldest epoch under whose registry one of them was judged.
    public init(
      take: @escaping @Sendable (Int, Int, Int) -> (transactions: [Transaction], epoch: UInt64),
      isEmpty: @escaping @Sendable () -> Bool, isQuiet: @escaping @Sendable () -> Bool
    ) {
      self.take = take
      self.isEmpty = isEmpty
      self.isQuiet = isQuiet
    }
  }

  /// Who this node is.
  public struct Identity: Sendable {
    let id: PeerID
    let sign: @Sendable ([UInt8]) throws(CryptographyFault) -> Signature

    /// - Parameter sign: Signs with the private key of `id`.
    public init(
      id: PeerID, sign: @escaping @Sendable ([UInt8]) throws(CryptographyFault) -> Signature
    ) {
      self.id = id
      self.sign = sign
    }
  }

  let ledger: Ledger
  let executor: BlockExecutor
  let identity: Identity
  let intake: Intake
  let settings: Settings

  /// The epoch of the next block to order.
  var epoch: Epoch
  /// What all nodes of the epoch grant.
  var rules: ChainSettings
  /// This node's index among the validators; `nil` for an observer.
  var me: Int?
  /// The consensus machine; `nil` for an observer, and between two epochs.
  var replica: Replica?
  var now = Moment(wallMs: 0, steadyMs: 0)
  /// When the current view was entered.
  var viewSinceMs: UInt64 = 0

  // What is to be done once everything before is durable.
  var actions: [Action] = []
  var journal: [JournalEntry] = []
  var toStore: [FinalBlock] = []
  var mustSync = false
  /// Stored blocks of settled views that did not become final.
  var abandoned: [Digest] = []
  /// Something was written that no sync covers yet.
  var isUnsynced = false

  // Consensus.
  var inbox: [Replica.Event] = []
  var timers: [Replica.Timer: (view: UInt64, atMs: UInt64)] = [:]
  var journalNumber: UInt64
  /// Which record is about which view, to forget old ones.
  var journalViews: [(number: UInt64, epoch: UInt64, view: UInt64)] = []
  /// Finalisations of blocks not handed over yet: each is kept with the certificate of its own.
  var finalisations: [Digest: Certificate] = [:]
  /// Messages of the next epoch that came before it began here.
  var early: [(message: PeerMessage, from: PeerID)] = []

  // Proposals.
  var request: ProposalRequest?
  /// Blocks of unsettled views.
  var proposed: [Digest: StoredBlock] = [:]
  /// Heights of those that are stored, or will be by the next `flush`.
  var stored: [Digest: UInt64] = [:]
  /// Stored batches that were checked under this epoch's registry and are not ordered yet.
  var vouched: Set<Digest> = []
  /// The next validator set as of the height that was last asked for.
  var plannedSet: (height: UInt64, digest: Digest)?
  /// Calls and bytes of stored batches that blocks named again.
  var storedSizes: [Digest: (calls: Int, bytes: Int)] = [:]
  var checks: [Digest: BlockCheck] = [:]
  var held: HeldBatches
  var proofWanted: UInt64 = 0
  var lastWorkMs: UInt64 = 0
  var waitingSinceMs: UInt64?
  var toldWorkWaits = false

  // Delivery.
  /// The newest block handed over to execution.
  var finalised: BlockHeader?
  /// Final blocks that could not be handed over yet, oldest first.
  var undelivered: [Digest] = []
  var executed: ExecutedState
  /// Executed states of recent heights, which headers are compared with.
  var states: [UInt64: ExecutedState] = [:]
  var bytesInExecution: [UInt64: Int] = [:]
  var lastBlockMs: UInt64 = 0
  var catchUp = CatchUp()
  var inspection: InspectionState
  /// Set while this node may have forgotten votes of its own.
  var abstention: Abstention?

  // Peers.
  var links: [PeerID: Link] = [:]
  var loads: [PeerID: Load] = [:]
  /// When links ended that have not come back.
  var lostAtMs: [PeerID: UInt64] = [:]
  var toldUnreachable: Set<Int> = []
  var lastStatusMs: UInt64 = 0
  /// Proofs that a validator lied, newest last; the newest `evidenceKept` are kept.
  public internal(set) var evidence: [(first: Vote, second: Vote)] = []

  static let evidenceKept = 64
  /// Signers whose lies in this epoch this node has reported, or found reported.
  var reported: Set<Int> = []

  /// A linked peer.
  struct Link {
    var status: PeerStatus?
    var statusAtMs: UInt64 = 0
  }

  /// What a peer makes this node do (N6); kept while links come and go.
  struct Load {
    /// Bytes of its batches that are being checked.
    var uncheckedBytes = 0
    // Since the last status round:
    var requests = 0
    var servedBytes = 0
    var badSignatures = 0
  }

  struct ProposalRequest {
    let view: UInt64
    let parent: Digest
    let sinceMs: UInt64
  }

  /// Continues from what the ledger holds; `start` must be the first event.
  /// - Throws: `NodeCoreFault` if the journal cannot be read.
  public init(
    ledger: Ledger, executor: BlockExecutor, identity: Identity, intake: Intake,
    settings: Settings
  ) throws(NodeCoreFault) {
    self.ledger = ledger
    self.executor = executor
    self.identity = identity
    self.intake = intake
    self.settings = settings
    held = HeldBatches(bytesPerAuthor: settings.batchBytesPerAuthor)
    epoch = ledger.epoch
    do { rules = try executor.settings(ledger) } catch { throw .state(error) }
    executed = ledger.executed
    states[executed.height] = executed
    finalised = ledger.tip?.header
    inspection = InspectionState(height: ledger.executed.height)
    do {
      abstention = try ledger.mayHaveForgotten() ? Abstention() : nil
    } catch {
      throw .ledger(error)
    }
    let stored: [JournalEntry]
    do { stored = try ledger.journal() } catch { throw .ledger(error) }
    journalNumber = (stored.last?.number ?? 0) + 1
    var records: [JournalRecord] = []
    for entry in stored {
      let record: JournalRecord
      do { record = try JournalRecord(decoding: entry.record) } catch {
        throw .journal(number: entry.number, error)
      }
      records.append(record)
      journalViews.append((entry.number, record.epoch, record.view))
    }
    me = epoch.validators.validators.firstIndex { $0.publicKey.encoded == identity.id.key }
    replica = makeReplica(journal: records)
    for record in records where record.epoch == epoch.number {
      if record.view > replica?.deliveredTip.view ?? 0 { note(record) }
    }
  }

  /// Takes what happened. What follows from it comes out of `flush`.
  public mutating func handle(_ event: Event, at moment: Moment) throws(NodeCoreFault) {
    now = moment
    switch event {
    case .start:
      lastBlockMs = now.steadyMs
      viewSinceMs = now.steadyMs
      try tell(.start)
    case .message(let message, let peer): try receive(message, from: peer)
    case .linkUp(let peer): linkUp(peer)
    case .linkDown(let peer): linkDown(peer)
    case .work:
      if waitingSinceMs == nil { waitingSinceMs = now.steadyMs }
    case .batchChecked(let verdict): try batchChecked(verdict)
    case .blocksChecked(let result, let peer): try blocksChecked(result, from: peer)
    case .inspected(let finding): inspected(finding)
    case .executed(let state): try executed(state)
    case .proofWanted(let height): proofWanted = max(proofWanted, height)
    case .tick: break
    }
    try work()
  }

  /// Makes durable what must be, and gives out what is to be done.
  public mutating func flush() throws(NodeCoreFault) -> [Action] {
    do throws(LedgerFault) {
      // All tables share one log: the last write's sync covers those before.
      for (index, block) in toStore.enumerated() {
        let isLast = index == toStore.count - 1
        try ledger.prepare(
          block.block, batches: block.batches, journal: isLast ? journal : [],
          sync: isLast && mustSync)
      }
      // A vote may leave long after its record was written, once there is a link.
      let isLeftover = isUnsynced && mustSync
      if toStore.isEmpty, !journal.isEmpty || isLeftover {
        try ledger.prepare(nil, batches: [], journal: journal, sync: mustSync)
      }
      if !abandoned.isEmpty { try ledger.forget(proposals: abandoned) }
      isUnsynced = !mustSync && (isUnsynced || !journal.isEmpty || !toStore.isEmpty)
    } catch {
      throw .ledger(error)
    }
    toStore = []
    journal = []
    mustSync = false
    abandoned = []
    defer { actions = [] }
    return actions
  }

  /// What time alone brings about, and what became possible by the event.
  private mutating func work() throws(NodeCoreFault) {
    let due = timers.filter { $0.value.atMs <= now.steadyMs }
    // All at once: what the first brings about may set another one anew.
    timers = timers.filter { $0.value.atMs > now.steadyMs }
    for (timer, value) in due.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try tell(.timerFired(timer, view: value.view))
    }
    try disseminate()
    try advanceChecks()
    try propose()
    try tellWhetherWorkWaits()
    try tellWhoIsUnreachable()
    try deliver()
    requestCatchUp()
    inspect()
    sendStatus()
  }
}

/// Why a node cannot go on.
public enum NodeCoreFault: Error, Sendable {
  case ledger(LedgerFault)
  /// A record of the consensus journal cannot be read.
  case journal(number: UInt64, JournalFault)
  case state(StateFault)
  case signing(CryptographyFault)
  /// More than `f` validators lied.
  case safetyBreach(Replica.SafetyBreach)
  /// A final header commits to a state that this node did not compute.
  case diverged(height: UInt64, expected: ExecutedState, found: ExecutedState)
}
