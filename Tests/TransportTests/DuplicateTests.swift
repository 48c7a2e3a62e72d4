import Cryptography
import Testing

@testable import Transport

/// Which of two connections between the same keys stays.
struct DuplicateTests {
  /// Two nodes, ordered by their keys, one of which dialled the other.
  private static func nodes(
    smallerDials: Bool, limits: LinkLimits = LinkLimits()
  ) async throws -> (smaller: TestNode, larger: TestNode) {
    let suite = SuiteID.intl.suite
    let identities = try [suite.generateSigningKey(), suite.generateSigningKey()].sorted {
      PeerKey($0.publicKey.encoded) < PeerKey($1.publicKey.encoded)
    }
    let keys = identities.map { PeerKey($0.publicKey.encoded) }
    let smaller = try await TestNode(
      identity: identities[0], allowing: [keys[1]], limits: limits)
    let larger = try await TestNode(
      identity: identities[1], allowing: [keys[0]], limits: limits)
    let (dialler, listener) = smallerDials ? (smaller, larger) : (larger, smaller)
    dialler.links.setPeers([try listener.address()])
    try await eventually("linked") {
      smaller.recorder.isUp(larger.key) && larger.recorder.isUp(smaller.key)
    }
    // Only the test dials from now on.
    dialler.links.setPeers([])
    return (smaller, larger)
  }

  private static func credentials(of node: TestNode) throws -> LinkCredentials {
    try LinkCredentials(suite: .intl, chain: .zero, identity: node.identity)
  }

  @Test("What the larger key dials does not displace what the smaller key dialled")
  func largerDials() async throws {
    let (smaller, larger) = try await Self.nodes(smallerDials: true)
    let peer = try await RawPeer.connect(to: smaller)
    _ = try await peer.shakeHands(Self.credentials(of: larger))
    #expect(try await peer.readFrame() == [LinkRefusal.duplicate.rawValue])
    try await peer.closes()
    #expect(smaller.metrics.refused == [.duplicate: 1])
    #expect(smaller.recorder.ups(of: larger.key) == 1)
    #expect(smaller.recorder.isUp(larger.key))
    try await smaller.stop()
    try await larger.stop()
  }

  @Test("What the smaller key dials displaces any other", arguments: [true, false])
  func smallerDials(asBefore: Bool) async throws {
    let (smaller, larger) = try await Self.nodes(smallerDials: asBefore)
    let peer = try await RawPeer.connect(to: larger)
    var session = try await peer.shakeHands(Self.credentials(of: smaller)).session
    try await eventually("displaced") {
      larger.recorder.ups(of: smaller.key) == 2
    }
    #expect(larger.recorder.downs(of: smaller.key) == ["replaced by another connection"])
    let frame = LinkFrame.message(.urgent, kind: TestNode.vote, [5])
    peer.writeFrame(try session.outgoing.encrypt(frame.span))
    try await eventually("the new one carries messages") {
      larger.recorder.messages(from: smaller.key).map(\.payload) == [[5]]
    }
    try await eventually("the old one is closed") { !smaller.recorder.isUp(larger.key) }
    #expect(larger.recorder.isUp(smaller.key))
    peer.close()
    try await smaller.stop()
    try await larger.stop()
  }

  @Test("A connection that has gone silent gives way to any other")
  func silentGivesWay() async throws {
    var limits = LinkLimits()
    limits.pingInterval = .milliseconds(100)
    limits.silenceMax = .seconds(30)
    let (smaller, larger) = try await Self.nodes(smallerDials: true, limits: limits)
    try await larger.stop()
    try await eventually("down") { !smaller.recorder.isUp(larger.key) }
    // The smaller key dials someone who has the larger key, shakes hands and falls silent.
    let silent = try await SilentListener.start(Self.credentials(of: larger))
    smaller.links.setPeers([silent.address])
    try await eventually("up") { smaller.recorder.isUp(larger.key) }
    smaller.links.setPeers([])
    try await Task.sleep(for: .milliseconds(500))
    let peer = try await RawPeer.connect(to: smaller)
    _ = try await peer.shakeHands(Self.credentials(of: larger))
    try await eventually("replaced") {
      smaller.recorder.downs(of: larger.key).last == "replaced by another connection"
    }
    peer.close()
    try await silent.stop()
    try await smaller.stop()
  }
}
