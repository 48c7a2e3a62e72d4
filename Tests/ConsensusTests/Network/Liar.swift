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
      if vote.subject.view == 1 { lies += lead(1, parentView: 0, on: network.genesis, &network) }
    case .certificate(let certificate):
      subjects = react(to: certificate.subject)
      if let parent = certificate.subject.proposal {
        lies += lead(parent.view + 1, parentView: parent.view, on: parent.block, &network)
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
    _ view: UInt64, parentView: UInt64, on parent: Digest, _ network: inout SimulatedNetwork
  ) -> [(peer: Int, vote: Vote)] {
    guard committee.leader(epoch: 0, view: view) == me, hasLed.insert(view).inserted else {
      return []
    }
    let pair = (0..<2).map { _ in
      Proposal(
        epoch: 0, view: view, parentView: parentView, block: network.makeBlock(on: parent))
    }
    proposals[view] = pair
    return (0..<committee.count).filter { $0 != me }.flatMap { peer in
      let told = network.generator.chance(20) ? pair : [pair[network.generator.chance(50) ? 0 : 1]]
      return told.compactMap { network.makeVote($0.notarize, by: me) }.map { (peer, $0) }
    }
  }
}
