import Cryptography
import LedgerModel
import LedgerStore
import NodeCore
import Simulator
import Storage
import TestLedger
import Testing

/// What a validator says of a proposal of many calls, by the settings of its epoch.
@Suite("Limits of a block")
struct BlockLimitTests {
  struct Case: CustomStringConvertible, Sendable {
    let description: String
    let blockCalls: UInt64
    /// Calls of each transaction of each batch.
    let batches: [[Int]]
    let isAccepted: Bool
  }

  static let cases = [
    Case(
      description: "as many calls as allowed", blockCalls: 8_192, batches: [[5_000], [3_192]],
      isAccepted: true),
    Case(
      description: "one call more", blockCalls: 8_192, batches: [[5_000], [3_193]],
      isAccepted: false),
    Case(
      description: "the same where more is allowed", blockCalls: 8_193,
      batches: [[5_000], [3_193]], isAccepted: true),
    Case(
      description: "more calls in a single batch", blockCalls: 8_192, batches: [[5_000, 5_000]],
      isAccepted: true),
  ]

  @Test("A validator votes for no block of several batches above them", arguments: cases)
  func limits(_ story: Case) throws {
    var settings = ChainSettings.standard
    settings.blockCalls = story.blockCalls
    let world = try SimulatedWorld(validators: 4, nodes: 4, settings: settings)
    let ledger = try Ledger(
      store: MemoryStore(), genesis: world.genesis, genesisState: world.genesisState)
    let leader = world.genesis.validators.leader(epoch: 0, view: 1)
    let leaderID = PeerID(key: world.key(leader).publicKey.encoded)
    var core = try Self.core((leader + 1) % 4, world, ledger)
    let moment = Moment(wallMs: world.genesis.timeMs + 10, steadyMs: 10)
    try core.handle(.start, at: moment)
    try core.handle(.linkUp(leaderID), at: moment)

    var digests: [Digest] = []
    for (number, counts) in story.batches.enumerated() {
      let transactions = try counts.enumerated().map { index, count in
        try Transaction(
          chainID: world.genesis.chainID, member: SimulatedWorld.member(0),
          idempotencyKey: [UInt8(number), UInt8(index)], validUntil: 100,
          calls: Array(repeating: Notes.put("note", "text"), count: count), key: world.key(0),
          suite: world.suite)
      }
      let batch = CheckedBatch(Batch(transactions, suite: world.suite), epoch: 0)
      digests.append(batch.batch.digest)
      let verdict = BatchVerdict(.success(batch), held: nil, author: leaderID, byteCount: 0)
      try core.handle(.batchChecked(verdict), at: moment)
    }
    let header = BlockHeader(
      chainID: world.genesis.chainID, suite: world.suite, epoch: 0, height: 1, view: 1,
      parent: world.genesis.chainID, timeMs: world.genesis.timeMs + 1, batches: digests,
      executed: ledger.executed, validatorSet: ledger.epoch.hash,
      nextValidatorSet: ledger.epoch.hash)
    let subject = VoteSubject(
      epoch: 0, view: 1, statement: .notarize(parentView: 0, block: header.hash))
    let signature = try world.suite.sign(
      subject.signingBytes(chainID: world.genesis.chainID).span, with: world.key(leader))
    let vote = Vote(subject: subject, signer: leader, signature: signature)
    try core.handle(
      .message(.proposal(header, batches: digests, vote), from: leaderID), at: moment)

    var votes = 0
    var reasons: [String] = []
    for action in try core.flush() {
      switch action {
      case .send(.vote(let vote), _): votes += vote.subject.block == header.hash ? 1 : 0
      case .note(.invalidBlock(_, _, let reason)): reasons.append(reason)
      default: break
      }
    }
    #expect(votes == (story.isAccepted ? 1 : 0))
    #expect(reasons == (story.isAccepted ? [] : ["size"]))
  }

  /// A validator with nothing to order.
  static func core(
    _ number: Int, _ world: SimulatedWorld, _ ledger: Ledger
  ) throws -> NodeCore {
    let key = world.key(number)
    let suite = world.suite
    return try NodeCore(
      ledger: ledger, executor: world.executor,
      identity: NodeCore.Identity(id: PeerID(key: key.publicKey.encoded)) {
        (bytes) throws(CryptographyFault) in try suite.sign(bytes.span, with: key)
      },
      intake: NodeCore.Intake(
        take: { _, _, _ in ([], .max) }, isEmpty: { true }, isQuiet: { true }),
      settings: NodeCore.Settings())
  }
}
