import LedgerModel
import Testing

@testable import Consensus

/// A chain of one validator runs the same machine.
@Suite struct SingleValidatorTests {
  @Test("A block is final after its proposal and two own votes, with nothing in between")
  func shortestPath() throws {
    var replica = try replica(1, me: 0)
    let genesis = try digest(0xff)
    let block = try proposal(1, on: 0, 1)
    let notarization = try certificate(block.notarize, by: [0])
    let finalization = try certificate(block.finalize, by: [0])

    #expect(
      replica.handle(.start) == [.requestProposal(view: 1, parentView: 0, parent: genesis)])

    let proposed = replica.handle(.proposalBuilt(view: 1, block: block.block, endsEpoch: false))
    #expect(proposed.records == [.vote(block.notarize)])
    #expect(proposed.subjects == [block.notarize])
    #expect(proposed.count == 2)

    let notarized = replica.handle(.vote(try vote(block.notarize, by: 0)))
    #expect(
      notarized.records == [
        .certificate(notarization), .certified(block), .vote(block.finalize),
      ])
    #expect(notarized.subjects == [block.finalize])
    #expect(
      Array(notarized.suffix(2)) == [
        .broadcastCertificate(notarization),
        .requestProposal(view: 2, parentView: 1, parent: block.block),
      ])
    #expect(notarized.count == 6)

    #expect(
      replica.handle(.vote(try vote(block.finalize, by: 0))) == [
        .journal(.certificate(finalization)), .broadcastCertificate(finalization),
        .finalized([block.block], finalization),
      ])
    #expect(replica.deliveredTip == Tip(view: 1, block: block.block))
  }

  @Test("An idle chain arms no timer, so nothing gives up on its view")
  func idle() throws {
    var replica = try replica(1, me: 0)
    #expect(!replica.handle(.start).contains(timer: .leader))
    for timer in [Replica.Timer.leader, .retry] {
      #expect(replica.handle(.timerFired(timer, view: 1)) == [])
    }
    #expect(replica.handle(.workWaiting(true)) == [])
    #expect(replica.view == 1)
  }

  @Test("A validator that could not build gives up on the view and asks again in the next")
  func couldNotBuild() throws {
    var replica = try replica(1, me: 0)
    _ = replica.handle(.start)
    #expect(replica.handle(.couldNotBuild(view: 1)).subjects == [nullify(1)])
    let next = replica.handle(.vote(try vote(nullify(1), by: 0)))
    #expect(
      next.last == .requestProposal(view: 2, parentView: 0, parent: try digest(0xff)))
  }

  @Test("A block built for a view that has passed is not proposed")
  func lateBlock() throws {
    var replica = try replica(1, me: 0)
    _ = replica.handle(.start)
    _ = replica.handle(.couldNotBuild(view: 1))
    #expect(replica.handle(.proposalBuilt(view: 1, block: try digest(1), endsEpoch: false)) == [])
  }
}
