import Cryptography
import LedgerModel
import LedgerStore
import NodeCore
import Simulator
import Storage
import Testing

/// A validator whose machine stood still wakes with several timers run out.
@Suite("Standing still")
struct StandstillTests {
  @Test("Who slept through an old view's timer and a new view's goes on repeating that it gave up")
  func repeatsAfterSleep() throws {
    let world = try SimulatedWorld(validators: 4, nodes: 4)
    let set = world.genesis.validators
    let ledger = try Ledger(
      store: MemoryStore(), genesis: world.genesis, genesisState: world.genesisState)
    let leaders = [1, 2, 3].map { set.leader(epoch: 0, view: $0) }
    let me = try #require((0..<4).first { !leaders.contains($0) })
    var core = try BlockLimitTests.core(me, world, ledger)
    let peers = leaders.map { PeerID(key: world.key($0).publicKey.encoded) }

    func moment(_ steadyMs: UInt64) -> Moment {
      Moment(wallMs: world.genesis.timeMs + steadyMs, steadyMs: steadyMs)
    }
    /// The views that it gives up, again or at last.
    func nullified() throws -> [UInt64] {
      try core.flush().compactMap { action in
        guard case .send(.vote(let vote), _) = action, vote.subject.kind == .nullify else {
          return nil
        }
        return vote.subject.view
      }
    }

    try core.handle(.start, at: moment(0))
    for peer in peers { try core.handle(.linkUp(peer), at: moment(0)) }
    try core.handle(.tick, at: moment(20_000))
    #expect(try nullified() == [1])
    for (validator, peer) in zip(leaders, peers).dropFirst() {
      let subject = VoteSubject(epoch: 0, view: 1, statement: .nullify)
      let signature = try world.suite.sign(
        subject.signingBytes(chainID: world.genesis.chainID).span, with: world.key(validator))
      let vote = Vote(subject: subject, signer: validator, signature: signature)
      try core.handle(.message(.vote(vote), from: peer), at: moment(20_001))
    }
    #expect(core.overview.view == 2)
    #expect(try nullified() == [])
    try core.handle(.tick, at: moment(40_000))
    #expect(try nullified() == [2])
    for round in 1...3 as ClosedRange<UInt64> {
      try core.handle(.tick, at: moment(40_000 + round * 10_000))
      #expect(try nullified() == [2])
    }
  }
}
