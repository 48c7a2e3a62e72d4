import BuiltinContracts
import Consensus
import Cryptography
import Execution
import LedgerModel
import LedgerStore
import NodeCore
import Storage
import Testing

/// One of the kept chain's validators on a store that was damaged or emptied, what it asks of the
/// others and what it votes.
struct RepairingNode {
  let ledger: Ledger
  private(set) var core: NodeCore
  /// What its disk should hold.
  let sound: Ledger
  private var nowMs: UInt64 = 1_000
  private(set) var asked: [(peer: PeerID, height: UInt64)] = []
  private(set) var notes: [NodeCore.Note] = []
  private(set) var votes: [Vote] = []
  private let executor: BlockExecutor

  /// - Parameters:
  ///   - damage: Changes what the chain has written into `store`.
  ///   - rot: The same once the ledger is open.
  init<Store: KeyValueStore>(
    _ store: Store, copy: Store, damage: (Store) throws -> Void,
    rot: (Store) throws -> Void = { _ in }
  ) throws {
    let genesis = try FixtureChain.write(.intl, into: store)
    _ = try FixtureChain.write(.intl, into: copy)
    let genesisState = BlockExecutor.genesisState(genesis)
    sound = try Ledger(store: copy, genesis: genesis, genesisState: genesisState)
    try damage(store)
    ledger = try Ledger(
      store: store, genesis: genesis, genesisState: genesisState, opensDamaged: true)
    try rot(store)
    executor = BlockExecutor(suite: genesis.suite, contracts: BuiltinContracts.all)
    core = try Self.core(ledger, executor, NodeCore.Settings())
    try handle(.start)
  }

  /// Begins with an empty directory and no word that it never voted.
  init(forgetting settings: NodeCore.Settings = NodeCore.Settings()) throws {
    let copy = MemoryStore()
    let genesis = try FixtureChain.write(.intl, into: copy)
    let genesisState = BlockExecutor.genesisState(genesis)
    sound = try Ledger(store: copy, genesis: genesis, genesisState: genesisState)
    ledger = try Ledger(
      store: MemoryStore(), genesis: genesis, genesisState: genesisState, forgets: true)
    executor = BlockExecutor(suite: genesis.suite, contracts: BuiltinContracts.all)
    core = try Self.core(ledger, executor, settings)
    try handle(.start)
  }

  /// Likewise, where it is the chain's only validator.
  init(loneForgetting settings: NodeCore.Settings) throws {
    let genesis = try FixtureChain.genesis(.intl, validators: 1)
    let genesisState = BlockExecutor.genesisState(genesis)
    ledger = try Ledger(
      store: MemoryStore(), genesis: genesis, genesisState: genesisState, forgets: true)
    sound = ledger
    executor = BlockExecutor(suite: genesis.suite, contracts: BuiltinContracts.all)
    core = try Self.core(ledger, executor, settings)
    try handle(.start)
  }

  private static func core(
    _ ledger: Ledger, _ executor: BlockExecutor, _ settings: NodeCore.Settings
  ) throws -> NodeCore {
    let key = try Self.key(1)
    let suite = ledger.suite
    return try NodeCore(
      ledger: ledger, executor: executor,
      identity: NodeCore.Identity(id: Self.peer(1)) { (bytes) throws(CryptographyFault) in
        try suite.sign(bytes.span, with: key)
      },
      intake: NodeCore.Intake(take: { _, _, _ in ([], 0) }, isEmpty: { true }, isQuiet: { true }),
      settings: settings)
  }

  private static func key(_ number: UInt8) throws -> PrivateKey {
    try SuiteID.intl.suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: number, count: 32)), use: .signing)
  }

  /// The id of validator 1 to 5.
  static func peer(_ number: UInt8) throws -> PeerID {
    PeerID(key: try key(number).publicKey.encoded)
  }

  /// Handles an event, and all inspections that follow from it.
  mutating func handle(_ event: NodeCore.Event) throws {
    var events = [event]
    while let next = events.first {
      events.removeFirst()
      try core.handle(next, at: Moment(wallMs: ledger.genesis.timeMs + nowMs, steadyMs: nowMs))
      for action in try core.flush() {
        switch action {
        case .send(.catchUpRequest(let height), let peers):
          for peer in peers { asked.append((peer, height)) }
        case .send(.vote(let vote), _), .send(.proposal(_, _, let vote), _): votes.append(vote)
        case .checkBlocks(let bytes, let check, let peer):
          let result = Result { () throws(CatchUpFault) in try check.check(bytes) }
          events.append(.blocksChecked(result, from: peer))
        case .execute(let block):
          try ledger.commit(
            executor.execute(block.block, block.transactions, over: ledger), of: block.block)
          events.append(.executed(ledger.executed))
        case .inspect(let inspection): events.append(.inspected(inspection.run()))
        case .note(let note): notes.append(note)
        default: break
        }
      }
    }
  }

  mutating func pass(milliseconds: UInt64) throws {
    nowMs += milliseconds
    try handle(.tick)
  }

  /// A link to a validator that tells this about itself.
  mutating func link(
    _ number: UInt8, epoch: UInt64 = 1, view: UInt64 = 1, height: UInt64 = 12
  ) throws {
    try handle(.linkUp(Self.peer(number)))
    try tell(number, epoch: epoch, view: view, height: height)
  }

  mutating func tell(
    _ number: UInt8, epoch: UInt64 = 1, view: UInt64, height: UInt64
  ) throws {
    try handle(
      .message(
        .status(
          PeerStatus(
            epoch: epoch, view: view, height: height, executedHeight: height, logSize: 0)),
        from: Self.peer(number)))
  }

  mutating func answer(_ packages: [BlockPackage], from height: UInt64, _ peer: PeerID) throws {
    try handle(.message(.catchUp(CatchUpCheck.encode(packages, from: height)), from: peer))
  }

  /// Answers every request as an honest peer does that has blocks up to a height.
  mutating func answerAll(upTo last: UInt64 = 12) throws {
    while let (peer, height) = asked.first {
      asked.removeFirst()
      let blocks = try sound.blocks(from: height, byteLimit: CatchUpCheck.responseBytesWanted)
      try answer(blocks.filter { $0.block.header.height <= last }, from: height, peer)
    }
  }

  mutating func takeAsked() -> [(peer: PeerID, height: UInt64)] {
    defer { asked = [] }
    return asked
  }

  /// Long enough for every timer of the machine, several times.
  mutating func wait() throws {
    for _ in 0..<20 { try pass(milliseconds: 5_000) }
  }

  /// The heights that were noted as damaged, and as repaired.
  var damaged: [UInt64] {
    notes.compactMap { if case .damaged(let height, _) = $0 { height } else { nil } }
  }

  var repaired: [UInt64] {
    notes.compactMap { if case .repaired(let height) = $0 { height } else { nil } }
  }

  var beyondRepair: [UInt64] {
    notes.compactMap { if case .beyondRepair(let height, _) = $0 { height } else { nil } }
  }

  var refused: [PeerID] {
    notes.compactMap { if case .refused(let peer, _) = $0 { peer } else { nil } }
  }

  var isInspected: Bool { core.overview.uninspectedHeight == 0 }
}

extension KeyValueStore {
  /// Flips a bit in the middle of each of these entries, or of all.
  func damage(_ table: String, _ keys: [[UInt8]]? = nil) throws {
    var batch = WriteBatch()
    try scan(Table(table), in: KeyRange(), reversed: false) { key, value in
      guard keys?.contains(key) ?? true else { return true }
      var value = value
      value[value.count / 2] ^= 1
      batch.put(Table(table), key, value)
      return true
    }
    try #require(!batch.changes.isEmpty)
    try write(batch, sync: true)
  }
}
