import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import LedgerStore
import NodeCore
import Storage
import Testing

/// One of the kept chain's validators on a store that was damaged, and what it asks of the others.
struct RepairingNode {
  let ledger: Ledger
  private(set) var core: NodeCore
  /// What its disk should hold.
  let sound: Ledger
  private var nowMs: UInt64 = 1_000
  private(set) var asked: [(peer: PeerID, height: UInt64)] = []
  private(set) var notes: [NodeCore.Note] = []

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
    let key = try Self.key(1)
    let suite = genesis.suite
    core = try NodeCore(
      ledger: ledger, executor: BlockExecutor(suite: suite, contracts: BuiltinContracts.all),
      identity: NodeCore.Identity(id: Self.peer(1)) { (bytes) throws(CryptographyFault) in
        try suite.sign(bytes.span, with: key)
      },
      intake: NodeCore.Intake(take: { _, _, _ in ([], 0) }, isEmpty: { true }, isQuiet: { true }),
      settings: NodeCore.Settings())
    try handle(.start)
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

  /// A link to a validator that has all blocks.
  mutating func link(_ number: UInt8) throws {
    let peer = try Self.peer(number)
    try handle(.linkUp(peer))
    let executed = sound.executed
    try handle(
      .message(
        .status(
          PeerStatus(
            epoch: 1, view: 1, height: executed.height, executedHeight: executed.height,
            logSize: executed.logSize)), from: peer))
  }

  mutating func answer(_ packages: [BlockPackage], from height: UInt64, _ peer: PeerID) throws {
    try handle(.message(.catchUp(CatchUpCheck.encode(packages, from: height)), from: peer))
  }

  /// Answers every request as an honest peer does.
  mutating func answerAll() throws {
    while let (peer, height) = asked.first {
      asked.removeFirst()
      try answer(
        sound.blocks(from: height, byteLimit: CatchUpCheck.responseBytesWanted), from: height, peer)
    }
  }

  mutating func takeAsked() -> [(peer: PeerID, height: UInt64)] {
    defer { asked = [] }
    return asked
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
