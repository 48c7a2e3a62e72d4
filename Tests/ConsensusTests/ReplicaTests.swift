import LedgerModel
import Testing

@testable import Consensus

/// One replica of four, number 2; view 1 is led by number 1, view 2 by itself, view 3 by number 3.
@Suite struct ReplicaTests {
  private func started() throws -> Replica {
    var replica = try replica(4, me: 2)
    _ = replica.handle(.start)
    return replica
  }

  @Test("A follower waits for an idle leader a heartbeat longer than for a busy one")
  func heartbeat() throws {
    var replica = try replica(4, me: 2)
    #expect(replica.handle(.start) == [.armTimer(.leader, view: 1, milliseconds: 1_200)])
    #expect(
      replica.handle(.workWaiting(true)) == [.armTimer(.leader, view: 1, milliseconds: 200)])
    #expect(replica.handle(.timerFired(.leader, view: 1)).subjects == [nullify(1)])
  }

  @Test("A proposal is verified on its parent, then notarized once")
  func notarizes() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    let arrived = replica.handle(.vote(try vote(block.notarize, by: 1)))
    #expect(
      arrived == [
        .armTimer(.advance, view: 1, milliseconds: 200),
        .verifyBlock(block, parent: try digest(0xff)),
      ])
    let verified = replica.handle(verdict(on: block))
    #expect(verified.records == [.vote(block.notarize)])
    #expect(verified.subjects == [block.notarize])
    #expect(replica.handle(verdict(on: block)) == [])
    #expect(replica.handle(.timerFired(.leader, view: 1)) == [])
  }

  @Test("A vote by another than the leader is no proposal")
  func onlyLeadersPropose() throws {
    var replica = try started()
    #expect(replica.handle(.vote(try vote(proposal(1, on: 0, 1).notarize, by: 3))) == [])
  }

  @Test("An invalid block makes the view be given up")
  func invalidBlock() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    _ = replica.handle(.vote(try vote(block.notarize, by: 1)))
    let effects = replica.handle(verdict(on: block, isValid: false))
    #expect(effects.subjects == [nullify(1)])
    #expect(effects.records == [.vote(nullify(1))])
  }

  @Test("Three votes notarize; the finalize vote is journaled and leaves before the certificate")
  func quorum() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    _ = replica.handle(.vote(try vote(block.notarize, by: 1)))
    _ = replica.handle(verdict(on: block))
    #expect(replica.handle(.vote(try vote(block.notarize, by: 2))) == [])
    let effects = replica.handle(.vote(try vote(block.notarize, by: 0)))
    let notarization = try certificate(block.notarize, by: [0, 1, 2])
    #expect(
      effects.records == [
        .certificate(notarization), .certified(block), .vote(block.finalize),
      ])
    #expect(effects.subjects == [block.finalize])
    #expect(
      Array(effects.suffix(2)) == [
        .broadcastCertificate(notarization),
        .requestProposal(view: 2, parentView: 1, parent: block.block),
      ])
  }

  @Test("A notarization alone is not enough to go on: the block must be held")
  func certification() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    let notarization = try certificate(block.notarize, by: [0, 1, 3])
    #expect(
      replica.handle(.certificate(notarization)) == [
        .journal(.certificate(notarization)), .broadcastCertificate(notarization),
        .verifyBlock(block, parent: nil),
      ])
    #expect(replica.view == 1)
    let held = replica.handle(verdict(on: block))
    #expect(held.records == [.certified(block), .vote(block.finalize)])
    #expect(replica.view == 2)
  }

  @Test("A view given up is not finalized, but its certified block is built upon")
  func nullifiedThenNotarized() throws {
    var replica = try started()
    _ = replica.handle(.timerFired(.leader, view: 1))
    let block = try proposal(1, on: 0, 1)
    _ = replica.handle(.certificate(try certificate(block.notarize, by: [0, 1, 3])))
    let effects = replica.handle(verdict(on: block))
    #expect(effects.subjects == [])
    #expect(
      effects.last == .requestProposal(view: 2, parentView: 1, parent: block.block))
  }

  @Test("A leader's second proposal is evidence, once, and its view is not finalized")
  func equivocation() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    let first = try vote(block.notarize, by: 1)
    let second = try vote(proposal(1, on: 0, 2).notarize, by: 1)
    let third = try vote(proposal(1, on: 0, 3).notarize, by: 1)
    _ = replica.handle(.vote(first))
    #expect(replica.wants(second))
    #expect(replica.handle(.vote(second)) == [.evidence(first, second)])
    #expect(!replica.wants(third))
    #expect(replica.handle(.vote(third)) == [])
    _ = replica.handle(.certificate(try certificate(block.notarize, by: [0, 1, 3])))
    let effects = replica.handle(verdict(on: block))
    #expect(effects.subjects == [])
    #expect(replica.view == 2)
  }

  @Test("A proposal that skips views is notarized only when all of them are nullified")
  func skippedViews() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    _ = replica.handle(.certificate(try certificate(nullify(2), by: [1, 2, 3])))
    #expect(replica.view == 3)
    let block = try proposal(3, on: 0, 5)
    let arrived = replica.handle(.vote(try vote(block.notarize, by: 3)))
    #expect(
      arrived.withoutTimers == [.requestMissing(.certificates(views: 1...1), from: 3)])
    let complete = replica.handle(.certificate(try certificate(nullify(1), by: [1, 2, 3])))
    #expect(complete.last == .verifyBlock(block, parent: try digest(0xff)))
  }

  @Test("A block whose parent is notarized but not known to be held waits for the verdict")
  func pendingParent() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    let parent = try proposal(1, on: 0, 1)
    let child = try proposal(3, on: 1, 3)
    _ = replica.handle(.certificate(try certificate(parent.notarize, by: [1, 2, 3])))
    _ = replica.handle(.certificate(try certificate(nullify(2), by: [1, 2, 3])))
    #expect(replica.handle(.vote(try vote(child.notarize, by: 3))).withoutTimers == [])
    let held = replica.handle(verdict(on: parent))
    #expect(held.last == .verifyBlock(child, parent: parent.block))
  }

  @Test("A proposal that leaves out a final block makes the view be given up")
  func abandonedParent() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    let final = try proposal(1, on: 0, 1)
    _ = replica.handle(.certificate(try certificate(final.finalize, by: [1, 2, 3])))
    #expect(replica.view == 2)
    let effects = replica.handle(.vote(try vote(proposal(2, on: 0, 2).notarize, by: 2)))
    #expect(effects.subjects == [nullify(2)])
  }

  @Test("A leader that misses certificates asks for them and proposes when they come")
  func leaderFetches() throws {
    var replica = try replica(4, me: 3)
    _ = replica.handle(.start)
    let effects = replica.handle(.certificate(try certificate(nullify(2), by: [0, 1, 2])))
    #expect(
      Array(effects.suffix(2)) == [
        .requestMissing(.certificates(views: 1...1), from: nil),
        .armTimer(.leader, view: 3, milliseconds: 200),
      ])
    #expect(
      replica.handle(.certificate(try certificate(nullify(1), by: [0, 1, 2]))).last
        == .requestProposal(view: 3, parentView: 0, parent: try digest(0xff)))
  }

  @Test("A finalization far ahead is followed at once; its ancestors are fetched, then delivered")
  func catchUp() throws {
    var replica = try started()
    let ahead = try certificate(proposal(5_001, on: 5_000, 9).finalize, by: [0, 1, 3])
    let effects = replica.handle(.certificate(ahead))
    #expect(replica.view == 5_002)
    #expect(
      effects.contains(
        .requestMissing(
          .ancestors(of: ahead, after: Tip(view: 0, block: try digest(0xff))), from: 0)))

    let next = try certificate(proposal(5_002, on: 5_001, 10).finalize, by: [0, 1, 3])
    let waiting = replica.handle(.certificate(next))
    #expect(waiting.withoutTimers == [.journal(.certificate(next)), .broadcastCertificate(next)])

    let chain = try [7, 8, 9].map(digest)
    #expect(
      replica.handle(.ancestors(of: try digest(9), chain: chain)) == [
        .finalized(chain, ahead), .finalized([try digest(10)], next),
      ])
  }

  @Test("Blocks that wait for a final descendant are delivered with it, oldest first")
  func chainDelivery() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    let first = try proposal(1, on: 0, 1)
    let third = try proposal(3, on: 1, 3)
    _ = replica.handle(.certificate(try certificate(first.notarize, by: [1, 2, 3])))
    _ = replica.handle(.certificate(try certificate(nullify(2), by: [1, 2, 3])))
    let finalization = try certificate(third.finalize, by: [1, 2, 3])
    #expect(
      replica.handle(.certificate(finalization)).contains(
        .finalized([first.block, third.block], finalization)))
  }

  @Test("While a view given up lasts, its nullify and the way into it are repeated")
  func repetition() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    let entrance = try certificate(nullify(1), by: [1, 2, 3])
    _ = replica.handle(.certificate(entrance))
    _ = replica.handle(.timerFired(.leader, view: 2))
    for _ in 0..<3 {
      let effects = replica.handle(.timerFired(.retry, view: 2))
      #expect(effects.first == .broadcastCertificate(entrance))
      #expect(effects.subjects == [nullify(2)])
      #expect(effects.records == [])
      #expect(effects.last == .armTimer(.retry, view: 2, milliseconds: 150))
    }
    #expect(replica.handle(.timerFired(.retry, view: 1)) == [])
  }

  @Test("A leader unheard of for some views is not waited for until it votes again")
  func inactiveLeader() throws {
    var replica = try replica(4, me: 0)
    _ = replica.handle(.start)
    // Number 3 is silent; the others are heard of.
    var gaveUp: [UInt64] = []
    for view in UInt64(1)...19 {
      for signer in 1...2 { _ = replica.handle(.vote(try vote(nullify(view), by: signer))) }
      let effects = replica.handle(.certificate(try certificate(nullify(view), by: [0, 1, 2])))
      if effects.subjects == [nullify(view + 1)] { gaveUp.append(view + 1) }
    }
    #expect(gaveUp == [11, 15, 19])

    let sign = try vote(nullify(20), by: 3)
    #expect(replica.wants(sign))
    _ = replica.handle(.vote(sign))
    for view in UInt64(20)...22 {
      let effects = replica.handle(.certificate(try certificate(nullify(view), by: [0, 1, 2])))
      #expect(effects.subjects == [])
    }
    #expect(replica.view == 23)
  }

  @Test("Votes of strangers, other epochs and distant views change nothing")
  func refusedVotes() throws {
    var replica = try started()
    let block = try proposal(1, on: 0, 1)
    let far = 1 + Replica.Limits.viewsAhead + 1
    let refused = [
      try vote(block.notarize, by: 4), try vote(block.notarize, by: -1),
      try vote(VoteSubject(epoch: 1, view: 1, statement: .nullify), by: 1),
      try vote(nullify(far), by: 1), try vote(nullify(.max), by: 1), try vote(nullify(0), by: 1),
    ]
    for vote in refused {
      #expect(!replica.wants(vote))
      #expect(replica.handle(.vote(vote)) == [])
    }
    #expect(replica.rounds.isEmpty)
  }

  @Test("A certificate below the quorum, of strangers or of another epoch changes nothing")
  func refusedCertificates() throws {
    var replica = try started()
    for certificate in [
      try certificate(nullify(1), by: [0, 1]), try certificate(nullify(1), by: [0, 1, 4]),
      try certificate(nullify(0), by: [0, 1, 3]),
      try certificate(VoteSubject(epoch: 1, view: 1, statement: .nullify), by: [0, 1, 3]),
    ] {
      #expect(!replica.wants(certificate))
      #expect(replica.handle(.certificate(certificate)) == [])
    }
    #expect(replica.view == 1)
  }

  @Test("A vote with our name that the journal does not hold does not count")
  func strangeOwnVote() throws {
    var replica = try started()
    for signer in [0, 1, 2] {
      _ = replica.handle(.vote(try vote(nullify(1), by: signer)))
    }
    // Number 1 led the view and gave up, so we did as well: only now is our vote known.
    #expect(replica.view == 2)

    var other = try started()
    for signer in [0, 2, 3] { _ = other.handle(.vote(try vote(nullify(1), by: signer))) }
    #expect(other.view == 1)
  }

  @Test("Two certificates that exclude each other stop the replica and show both")
  func broken() throws {
    let first = try proposal(1, on: 0, 1)
    let second = try proposal(1, on: 0, 2)
    for (left, right) in [
      (first.notarize, second.notarize), (nullify(1), first.finalize),
      (first.finalize, nullify(1)), (first.finalize, second.notarize),
    ] {
      var replica = try started()
      let left = try certificate(left, by: [0, 1, 3])
      let right = try certificate(right, by: [0, 1, 3])
      _ = replica.handle(.certificate(left))
      #expect(
        replica.handle(.certificate(right)) == [.halt(.conflictingCertificates(left, right))])
      #expect(replica.handle(.timerFired(.leader, view: replica.view)) == [])
    }
  }

  @Test("A final block beside the delivered one stops the replica")
  func forked() throws {
    var replica = try started()
    _ = replica.handle(
      .certificate(try certificate(proposal(2, on: 0, 1).finalize, by: [0, 1, 3])))
    let fork = try certificate(proposal(3, on: 1, 2).finalize, by: [0, 1, 3])
    #expect(
      replica.handle(.certificate(fork)).contains(
        .halt(.abandonedBlock(Tip(view: 2, block: try digest(1)), by: fork))))
  }

  @Test("Memory stays bounded over many blocks and a flood of votes for later views")
  func bounded() throws {
    var replica = try started()
    for view in UInt64(1)...3_000 {
      let block = Proposal(
        epoch: 0, view: view, parentView: view - 1, block: try digest(UInt8(view % 251)))
      _ = replica.handle(.certificate(try certificate(block.finalize, by: [0, 1, 3])))
      _ = replica.handle(.vote(try vote(nullify(view + 200), by: 3)))
    }
    #expect(replica.deliveredTip.view == 3_000)
    #expect(
      UInt64(replica.rounds.count) <= 2 * Replica.Limits.viewsBehind + Replica.Limits.viewsAhead)
    #expect(replica.certificates(inView: 2_900).count == 1)
  }
}
