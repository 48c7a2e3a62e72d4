import LedgerModel
import Testing

@testable import Consensus

/// The end of an epoch and catching up by height, seen by number 2 of four.
@Suite struct EpochTests {
  private func started(_ me: Int = 2) throws -> Replica {
    var replica = try replica(4, me: me)
    _ = replica.handle(.start)
    return replica
  }

  /// View 1 certified a block that ends the epoch.
  private func certified(_ me: Int) throws -> (Replica, [Replica.Effect], Proposal) {
    var replica = try started(me)
    let last = try proposal(1, on: 0, 1)
    _ = replica.handle(.certificate(try certificate(last.notarize, by: [0, 1, 3])))
    let effects = replica.handle(verdict(on: last, endsEpoch: true))
    return (replica, effects, last)
  }

  @Test("A leader proposes the epoch's last block again and asks for no other")
  func proposesAgain() throws {
    let (_, effects, last) = try certified(2)
    let again = try proposal(2, on: 1, 1)
    #expect(
      effects.records == [
        .lastBlock(epoch: 0, Tip(last)), .certified(last), .vote(last.finalize),
        .vote(again.notarize),
      ])
    #expect(effects.subjects == [last.finalize, again.notarize])
  }

  @Test("A follower notarizes the epoch's last block again without verifying, but no child of it")
  func follows() throws {
    for (block, answer) in [
      (try proposal(2, on: 1, 1), try proposal(2, on: 1, 1).notarize),
      (try proposal(2, on: 1, 2), nullify(2)),
    ] {
      var (replica, _, _) = try certified(3)
      let effects = replica.handle(.vote(try vote(block.notarize, by: 2)))
      #expect(effects.subjects == [answer])
      #expect(!effects.contains { if case .verifyBlock = $0 { true } else { false } })
    }
  }

  @Test("The last block is given out once, then the epoch ends and only questions are answered")
  func ends() throws {
    var (replica, _, last) = try certified(3)
    let again = try proposal(2, on: 1, 1)
    let finalization = try certificate(again.finalize, by: [0, 1, 2])
    _ = replica.handle(.certificate(try certificate(again.notarize, by: [0, 1, 2])))
    #expect(replica.view == 3)
    #expect(
      replica.handle(.certificate(finalization)) == [
        .journal(.certificate(finalization)), .broadcastCertificate(finalization),
        .finalized([last.block], finalization),
        .epochEnded(block: last.block, finalization),
      ])
    #expect(replica.hasEnded)
    #expect(replica.handle(.timerFired(.advance, view: 3)) == [])
    #expect(replica.handle(.vote(try vote(nullify(3), by: 0))) == [])
    #expect(replica.certificates(inView: 2) == [finalization])
  }

  @Test("After a crash the last block still gets no child")
  func recovers() throws {
    let last = try proposal(1, on: 0, 1)
    let journal: [JournalRecord] = [
      .lastBlock(epoch: 0, Tip(last)), .vote(last.notarize),
      .certificate(try certificate(last.notarize, by: [0, 1, 2])), .certified(last),
      .vote(last.finalize),
    ]
    var replica = Replica(
      configuration: try configuration(4, me: 2), journal: journal,
      lastFinalized: Tip(view: 0, block: try digest(0xff)))
    #expect(replica.handle(.start).subjects.last == (try proposal(2, on: 1, 1)).notarize)
  }

  @Test("A last block that was never verified here ends the epoch when the driver says so")
  func learnsLate() throws {
    var replica = try started()
    let last = try proposal(1, on: 0, 1)
    let finalization = try certificate(last.finalize, by: [0, 1, 3])
    #expect(
      replica.handle(.certificate(finalization)).contains(.finalized([last.block], finalization)))
    #expect(!replica.hasEnded)
    #expect(
      replica.handle(.synced(finalization, endsEpoch: true)) == [
        .epochEnded(block: last.block, finalization)
      ])
    #expect(replica.handle(.synced(finalization, endsEpoch: true)) == [])
  }

  @Test("Who caught up by height journals the finalization and delivers on from there")
  func synced() throws {
    var replica = try started()
    let ahead = try certificate(proposal(9, on: 7, 9).finalize, by: [0, 1, 3])
    _ = replica.handle(.certificate(ahead))
    let middle = try certificate(proposal(7, on: 5, 7).finalize, by: [0, 1, 3])
    #expect(
      replica.handle(.synced(middle, endsEpoch: false)).prefix(2) == [
        .journal(.certificate(middle)), .finalized([try digest(9)], ahead),
      ])
    #expect(replica.deliveredTip.view == 9)

    let far = try certificate(proposal(20, on: 19, 20).finalize, by: [0, 1, 3])
    let effects = replica.handle(.synced(far, endsEpoch: false))
    #expect(effects.first == .journal(.certificate(far)))
    #expect(replica.view == 21)
    #expect(replica.deliveredTip == Tip(view: 20, block: try digest(20)))
    for stale in [middle, ahead, far] {
      #expect(replica.handle(.synced(stale, endsEpoch: false)) == [])
    }
  }

  @Test("Progress tells who has voted and who is waited for")
  func progress() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    _ = replica.handle(.vote(try vote(block.notarize, by: 1)))
    #expect(replica.progress.hasProposal)
    #expect(replica.progress.isVerifying)
    #expect(replica.progress.notarized == [1])
    #expect(replica.progress.highestCertificate == nil)
    _ = replica.handle(.certificate(try certificate(block.notarize, by: [0, 1, 3])))
    _ = replica.handle(verdict(on: block))
    _ = replica.handle(.vote(try vote(block.finalize, by: 1)))
    let before = replica.progress(in: 1)
    #expect(before.notarized == [0, 1, 3])
    #expect(before.missing(.finalize, of: replica.configuration.committee) == [0, 2, 3])
    #expect(replica.progress.view == 2)
    #expect(replica.progress.highestCertificate == block.notarize)
  }
}
