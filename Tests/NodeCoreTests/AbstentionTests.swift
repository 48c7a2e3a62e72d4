import Cryptography
import LedgerModel
import LedgerStore
import Storage
import Testing

@testable import NodeCore

/// The kept chain's block `h` is of view `2 h`. Epoch 1 begins with block 8 and has validators 1 to
/// 5; the node is validator 1. Of five, three others must tell where they stand.
@Suite("A validator that has forgotten its votes votes only above all of them")
struct AbstentionTests {
  @Test("It follows, and votes once a block is final above every view that the others told")
  func votesAbove() throws {
    var node = try RepairingNode()
    #expect(node.core.overview.abstention.contains("3 more validators"))
    for peer in 2...4 as ClosedRange<UInt8> { try node.link(peer, view: 20, height: 10) }
    try node.answerAll(upTo: 10)
    #expect(node.ledger.executed.height == 10)
    #expect(node.core.overview.abstention.contains("a final block above view 20 of epoch 1"))
    try node.wait()
    #expect(node.votes.isEmpty && node.core.overview.view == 0)
    // What they tell later does not move the bound.
    for peer in 2...4 as ClosedRange<UInt8> { try node.tell(peer, view: 23, height: 11) }
    _ = node.takeAsked()
    try node.wait()
    try node.answerAll(upTo: 11)
    #expect(node.ledger.tip?.header.view == 22)
    #expect(node.core.overview.abstention.isEmpty)
    #expect(try !node.ledger.mayHaveForgotten())
    try node.wait()
    #expect(!node.votes.isEmpty && node.votes.allSatisfy { $0.subject.view > 22 })
  }

  @Test("Without the rule it votes at once where it may have voted before")
  func sabotage() throws {
    var settings = NodeCore.Settings()
    settings.sabotage = .forgetVotes
    var node = try RepairingNode(forgetting: settings)
    for peer in 2...4 as ClosedRange<UInt8> { try node.link(peer, epoch: 0, view: 3, height: 0) }
    try node.wait()
    #expect(node.votes.contains { $0.subject.view <= 4 })
  }

  @Test("Where the chain has just begun, it may have voted in the first views, and waits")
  func firstView() throws {
    var node = try RepairingNode()
    for peer in 2...4 as ClosedRange<UInt8> { try node.link(peer, epoch: 0, view: 1, height: 0) }
    try node.wait()
    #expect(node.votes.isEmpty)
    #expect(node.core.overview.abstention.contains("a final block above view 1 of epoch 0"))
  }

  @Test("A lone validator that was emptied begins no second history of its chain")
  func lone() throws {
    var node = try RepairingNode(loneForgetting: NodeCore.Settings())
    try node.wait()
    #expect(node.ledger.tip == nil)
    #expect(node.core.overview.abstention.contains("a file never-voted in its home"))
    // Without the rule it does, though nobody else is there.
    var settings = NodeCore.Settings()
    settings.sabotage = .forgetVotes
    var broken = try RepairingNode(loneForgetting: settings)
    try broken.wait()
    #expect(broken.ledger.tip != nil)
  }

  @Test("Too few others are no answer, nor those who do not vote or are epochs ahead")
  func tooFew() throws {
    var node = try RepairingNode()
    try node.link(2, view: 16, height: 12)
    try node.link(3, view: 16, height: 12)
    // One that has forgotten, too.
    try node.link(4, view: 0, height: 12)
    try node.answerAll()
    #expect(node.ledger.executed.height == 12)
    try node.wait()
    #expect(node.votes.isEmpty)
    #expect(node.core.overview.abstention.contains("1 more validators"))
    try node.link(5, epoch: 2, view: 1, height: 12)
    try node.wait()
    #expect(node.votes.isEmpty)
    #expect(node.core.overview.abstention.contains("the epoch that the others are in"))
  }

  @Test(
    "As many must tell as meet every quorum in an honest node that is another one",
    arguments: 1...31)
  func needed(count: Int) throws {
    let epoch = try Self.epoch(count)
    let (quorum, faulty) = (epoch.validators.quorum, epoch.validators.maxFaulty)
    // The other voters of a quorum that are honest, and as many others as can miss them all.
    let honest = quorum - 1 - faulty
    #expect(Abstention.needed(in: epoch) == (count - 1) - honest + 1)
    // All others together are enough, where one may fail at all.
    #expect(count < 2 || Abstention.needed(in: epoch) <= count - 1)
  }

  @Test("Of more than are needed the lowest count, so that one that exaggerates is no obstacle")
  func exaggeration() throws {
    let epoch = try Self.epoch(5)
    let peers = epoch.validators.validators.map { PeerID(key: $0.publicKey.encoded) }
    var abstention = Abstention()
    func status(_ view: UInt64) -> PeerStatus {
      PeerStatus(epoch: 0, view: view, height: 0, executedHeight: 0, logSize: 0)
    }
    for (peer, view) in zip(peers, [1 << 60, 1 << 61, 5, 7, 6] as [UInt64]) {
      abstention.hear(status(view), from: peer)
    }
    #expect(abstention.highestView(in: epoch, without: peers[0]) == 7)
    // Only what each told first counts.
    for peer in peers { abstention.hear(status(100), from: peer) }
    #expect(abstention.highestView(in: epoch, without: peers[0]) == 7)
  }

  private static func epoch(_ count: Int) throws -> Epoch {
    let suite = SuiteID.intl.suite
    let validators = try (1...count).map { number in
      let key = try suite.privateKey(
        SecretBytes(copying: [UInt8](repeating: UInt8(number), count: 32)), use: .signing)
      return Validator(name: "validator-\(number)", publicKey: key.publicKey)
    }
    return Epoch(
      number: 0, validators: try ValidatorSet(validators), after: 0, suite: suite)
  }
}
