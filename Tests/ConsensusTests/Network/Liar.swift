import Consensus
import Cryptography
import LedgerModel

/// A validator that proposes two blocks at a time and signs whatever it hears of, differently for
/// each peer.
struct Liar {
  let me: Int
  let committee: Committee
  private var proposals: [UInt64: [Proposal]] = [:]
  private var hasLed: Set<UInt64> = []
  /// Blocks it could build on.
  private var older: [Proposal] = []
  private var answers: [UInt64: Int] = [:]

  init(me: Int, committee: Committee) {
    self.me = me
    self.committee = committee
  }

  /// What it tells to whom after it heard something.
  mutating func hear(
    _ event: Replica.Event, _ network: inout SimulatedNetwork
  ) -> [(peer: Int, vote: Vote)] {
    var subjects: [VoteSubject] = []
    var lies: [(peer: Int, vote: Vote)] = []
    switch event {
    case .vote(let vote):
      subjects = react(to: vote.subject)
      if vote.subject.view == 1 { 
        lies += lead(
          1, on: Proposal(epoch: 0, view: 0, parentView: 0, block: network.genesis), &network)
      }
    case .certificate(let certificate):
      subjects = react(to: certificate.subject)
      if let parent = certificate.subject.proposal {
        // Now and then it skips views that nobody nullified.
        let skips = network.generator.chance(25)
        let base = skips ? older.randomElement(using: &network.generator) : parent
        older.append(parent)
        lies += lead(parent.view + 1, on: base ?? parent, &network)
        lies += repeatParent(parent, &network)
      }
    default:
      break
    }
    for peer in 0..<committee.count where peer != me {
      for subject in subjects where network.generator.chance(40) {
        if let vote = network.makeVote(subject, by: me) { lies.append((peer, vote)) }
      }
    }
    return lies
  }

  /// Proposes a block on itself, which is right only if it ends the epoch.
  private mutating func repeatParent(
    _ parent: Proposal, _ network: inout SimulatedNetwork
  ) -> [(peer: Int, vote: Vote)] {
    let again = Proposal(
      epoch: 0, view: parent.view + 1, parentView: parent.view, block: parent.block)
    guard committee.leader(epoch: 0, view: again.view) == me, network.options.lastBlockPercent > 0,
      network.generator.chance(30), let vote = network.makeVote(again.notarize, by: me)
    else { return [] }
    proposals[again.view, default: []].append(again)
    return (0..<committee.count).filter { $0 != me }.map { ($0, vote) }
  }

  /// Supports and betrays each block it hears of; a few times in a view, so that runs end.
  private mutating func react(to subject: VoteSubject) -> [VoteSubject] {
    let view = subject.view
    guard answers[view, default: 0] < 6 else { return [] }
    answers[view, default: 0] += 1
    if let proposal = subject.proposal, !proposals[view, default: []].contains(proposal) {
      proposals[view, default: []].append(proposal)
    }
    return proposals[view, default: []].flatMap { [$0.notarize, $0.finalize] }
      + [VoteSubject(epoch: 0, view: view, statement: .nullify)]
  }

  /// Two blocks for its own view, one for each half of the peers.
  private mutating func lead(
    _ view: UInt64, on parent: Proposal, _ network: inout SimulatedNetwork
  ) -> [(peer: Int, vote: Vote)] {
    guard committee.leader(epoch: 0, view: view) == me, hasLed.insert(view).inserted else {
      return []
    }
    let pair = (0..<2).map { _ in
      Proposal(
        epoch: 0, view: view, parentView: parent.view,
        block: network.makeBlock(on: parent.block, in: view))
    }
    proposals[view] = pair
    return (0..<committee.count).filter { $0 != me }.flatMap { peer in
      let told = network.generator.chance(20) ? pair : [pair[network.generator.chance(50) ? 0 : 1]]
      return told.compactMap { network.makeVote($0.notarize, by: me) }.map { (peer, $0) }
    }
  }
}
