import Cryptography
import LedgerModel
import LedgerStore
import NodeCore
import Simulator
import Storage
import Testing

/// What becomes of a lie that honest validators notice.
@Suite("Lies of validators")
struct EvidenceTests {
  /// A network in which nothing goes wrong but what its validators say.
  private static func options(_ seed: UInt64, _ liars: [Disruption]) -> SimulationOptions {
    var options = SimulationOptions(seed: seed)
    options.validators = 7
    options.observers = 1
    options.disrupters = liars
    options.changes = []
    options.crashesMs = 0
    options.pausesMs = 0
    options.latePercent = 0
    return options
  }

  @Test("Two liars are each proven on every ledger once", arguments: [1, 2, 3] as [UInt64])
  func recorded(seed: UInt64) throws {
    let options = Self.options(
      seed, [0, 4].map { Disruption(validator: $0, kind: .equivocate) })
    let outcome = try Simulation.run(options)
    #expect(outcome.faults == [])
    #expect(outcome.proofs == 2)
  }

  @Test("A node reports each liar once, under its own key and in a batch of its own")
  func reportsOnce() throws {
    let world = try SimulatedWorld(validators: 4, nodes: 4)
    let ledger = try Ledger(
      store: MemoryStore(), genesis: world.genesis, genesisState: world.genesisState)
    let (suite, key) = (world.suite, world.key(0))
    var core = try NodeCore(
      ledger: ledger, executor: world.executor,
      identity: NodeCore.Identity(id: PeerID(key: key.publicKey.encoded)) {
        (bytes) throws(CryptographyFault) in try suite.sign(bytes.span, with: key)
      },
      intake: NodeCore.Intake(
        take: { _, _, _ in ([], .max) }, isEmpty: { true }, isQuiet: { true }),
      settings: NodeCore.Settings())
    let moment = Moment(wallMs: world.genesis.timeMs + 10, steadyMs: 10)
    try core.handle(.start, at: moment)

    var reports: [Transaction] = []
    // Two lies of one validator, then one of another; each is told twice.
    for (liar, view) in [(2, 4), (2, 5), (3, 4)] as [(Int, UInt64)] {
      let peer = PeerID(key: world.key(liar).publicKey.encoded)
      try core.handle(.linkUp(peer), at: moment)
      for number in [1, 2, 1, 2] as [UInt8] {
        let subject = VoteSubject(
          epoch: 0, view: view,
          statement: .notarize(parentView: 0, block: suite.hash(.query, [number])))
        let signature = try suite.sign(
          subject.signingBytes(chainID: world.genesis.chainID).span, with: world.key(liar))
        let vote = Vote(subject: subject, signer: liar, signature: signature)
        try core.handle(.message(.vote(vote), from: peer), at: moment)
      }
      for case .send(.batch(let bytes), _) in try core.flush() {
        let batch = try BatchCheck.decode(bytes, suite: suite)
        #expect(batch.transactions.count == 1)
        reports += batch.transactions.filter { report in
          !reports.contains { $0.id == report.id }
        }
      }
    }

    #expect(core.evidence.count == 3)
    #expect(reports.map(\.member) == ["validator validator-0", "validator validator-0"])
    #expect(Set(reports.map(\.idempotencyKey)).count == 2)
    for report in reports {
      let isOwn = suite.isValid(report.signature, of: report.id.bytes.span, by: key.publicKey)
      #expect(isOwn)
    }
  }

  @Test("Nobody is accused where nobody lies", arguments: [1, 2, 3] as [UInt64])
  func honest(seed: UInt64) throws {
    let outcome = try Simulation.run(Self.options(seed, []))
    #expect(outcome.faults == [])
    #expect(outcome.proofs == 0)
  }
}
