import LedgerModel
import Testing

@testable import Consensus

/// Replicas made from the journal of an earlier life.
@Suite struct RecoveryTests {
  private func replica(
    _ count: Int, me: Int, journal: [JournalRecord], after tip: Tip? = nil
  ) throws -> Replica {
    Replica(
      configuration: try configuration(count, me: me), journal: journal,
      lastFinalized: try tip ?? Tip(view: 0, block: digest(0xff)))
  }

  @Test("A proposal that was journaled but perhaps not sent is sent again, not replaced")
  func proposal() throws {
    let block = try ConsensusTests.proposal(1, on: 0, 1)
    var replica = try replica(1, me: 0, journal: [.vote(block.notarize)])
    let effects = replica.handle(.start)
    #expect(effects.records == [])
    #expect(effects.subjects == [block.notarize])
    #expect(!effects.contains(.requestProposal(view: 1, parentView: 0, parent: try digest(0xff))))
  }

  @Test("What was said about unsettled views is said again, and only that")
  func unsettled() throws {
    let first = try ConsensusTests.proposal(1, on: 0, 1)
    let journal: [JournalRecord] = [
      .vote(first.notarize), .certificate(try certificate(first.notarize, by: [0, 1, 3])),
      .certified(first), .vote(first.finalize), .vote(nullify(2)),
    ]
    var replica = try replica(4, me: 0, journal: journal)
    #expect(replica.view == 2)
    let effects = replica.handle(.start)
    #expect(effects.subjects == [first.notarize, first.finalize, nullify(2)])
    #expect(effects.records == [])
    #expect(effects.contains(.armTimer(.retry, view: 2, milliseconds: 150)))
  }

  @Test("A crash between a notarization and its finalize vote costs nothing")
  func interrupted() throws {
    let block = try ConsensusTests.proposal(1, on: 0, 1)
    let notarization = try certificate(block.notarize, by: [0])
    var replica = try replica(
      1, me: 0, journal: [.vote(block.notarize), .certificate(notarization)])
    let effects = replica.handle(.start)
    #expect(effects.records == [.certified(block), .vote(block.finalize)])
    #expect(effects.subjects == [block.notarize, block.finalize])
    #expect(effects.last == .requestProposal(view: 2, parentView: 1, parent: block.block))
  }

  @Test("A finalization the ledger did not get to see is delivered again")
  func undelivered() throws {
    let blocks = [
      try ConsensusTests.proposal(1, on: 0, 1), try ConsensusTests.proposal(2, on: 1, 2),
      try ConsensusTests.proposal(3, on: 2, 3),
    ]
    let finalization = try certificate(blocks[2].finalize, by: [0, 1, 3])
    let journal: [JournalRecord] = [
      .certificate(try certificate(blocks[0].finalize, by: [0, 1, 3])),
      .certificate(try certificate(blocks[1].notarize, by: [0, 1, 3])), .certified(blocks[1]),
      .certificate(finalization),
    ]
    var replica = try replica(
      4, me: 0, journal: journal, after: Tip(view: 1, block: blocks[0].block))
    #expect(replica.journalFloor == 1)
    #expect(
      replica.handle(.start).contains(
        .finalized([blocks[1].block, blocks[2].block], finalization)))
    #expect(replica.journalFloor == 3)
    #expect(replica.view == 4)
  }

  @Test("Records of another epoch mean nothing")
  func otherEpoch() throws {
    let old = VoteSubject(epoch: 7, view: 5, statement: .nullify)
    var replica = try replica(
      1, me: 0, journal: [.vote(old), .certificate(try certificate(old, by: [0]))])
    #expect(
      replica.handle(.start)
        == [.requestProposal(view: 1, parentView: 0, parent: try digest(0xff))])
  }
}
