import Cryptography
import Testing

@testable import Transport

/// Peers that do not read, do not speak, or are read from slowly.
struct SlowPeerTests {
  /// A node linked with a peer that a test controls.
  private static func scene(
    _ limits: LinkLimits
  ) async throws -> (TestNode, RawPeer, PeerKey, NoiseSession) {
    let node = try await TestNode(limits: limits)
    let credentials = try LinkCredentials(
      suite: .intl, chain: .zero, identity: SuiteID.intl.suite.generateSigningKey())
    node.allowed.insert(credentials.key)
    let peer = try await RawPeer.connect(to: node)
    let session = try await peer.shakeHands(credentials).session
    try await eventually("linked") { node.recorder.isUp(credentials.key) }
    return (node, peer, credentials.key, session)
  }

  @Test("For a peer that never reads, bulk is dropped and counted, and memory stays bounded")
  func bulkIsDropped() async throws {
    var limits = LinkLimits()
    limits.bulkBytesMax = 4 << 20
    let (node, peer, key, _) = try await Self.scene(limits)
    try await peer.stopReading()
    let batch = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<200 { node.links.send(kind: TestNode.batch, batch, to: key) }
    try await eventually("most is dropped") {
      try #require(node.metrics.peers[key]).dropped > 150
    }
    try await Task.sleep(for: .milliseconds(100))
    let metrics = try #require(node.metrics.peers[key])
    #expect(metrics.queuedBytes <= limits.bulkBytesMax)
    // What left the queue is in the buffers of the two systems, not in this process.
    #expect(metrics.bytesOut < 40 << 20)
    #expect(metrics.dropped + metrics.messagesOut <= 200)
    #expect(node.recorder.isUp(key), "it may be slow, it is not dead")
    peer.close()
    try await eventually("down") { !node.recorder.isUp(key) }
    #expect(node.metrics.peers[key]?.queuedBytes == 0)
    let after = try #require(node.metrics.peers[key])
    #expect(after.dropped + after.messagesOut == 200, "every message is accounted for")
    try await node.stop()
  }

  @Test("A peer that lets urgent messages pile up is let go")
  func urgentOverflow() async throws {
    var limits = LinkLimits()
    limits.urgentBytesMax = 1 << 20
    let (node, peer, key, _) = try await Self.scene(limits)
    try await peer.stopReading()
    let vote = [UInt8](repeating: 1, count: 60_000)
    for _ in 0..<1_000 where node.recorder.isUp(key) {
      node.links.send(kind: TestNode.vote, vote, to: key)
      try await Task.sleep(for: .microseconds(200))
    }
    try await eventually("let go") {
      node.recorder.downs(of: key) == ["the peer does not read"]
    }
    try await node.stop()
  }

  @Test("A peer that says nothing is dead")
  func silence() async throws {
    var limits = LinkLimits()
    limits.pingInterval = .milliseconds(50)
    limits.silenceMax = .milliseconds(200)
    let (node, peer, key, _) = try await Self.scene(limits)
    try await peer.closes()
    #expect(node.recorder.downs(of: key) == ["silent for too long"])
    try await node.stop()
  }

  @Test("A node reads no faster than its messages are released, and is not dead meanwhile")
  func readCredit() async throws {
    var limits = LinkLimits()
    limits.unreleasedBytesMax = 2 << 20
    limits.pingInterval = .milliseconds(100)
    limits.silenceMax = .seconds(1)
    let (node, sender) = try await TestNode.pair(limits: limits)
    let batch = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<40 { sender.links.send(kind: TestNode.batch, batch, to: node.key) }
    try await eventually("some arrive") { node.recorder.messages(from: sender.key).count >= 2 }
    try await Task.sleep(for: .milliseconds(1_500))
    let held = node.recorder.messages(from: sender.key).count
    #expect(held <= 4, "\(held) are held")
    #expect(node.recorder.isUp(sender.key) && sender.recorder.isUp(node.key))
    var arrived = 0
    try await eventually("all arrive in the end") {
      arrived += node.recorder.release()
      return arrived >= 40
    }
    #expect(node.recorder.ups(of: sender.key) == 1)
    #expect(node.metrics.peers[sender.key]?.messagesIn == 40)
    try await node.stop()
    try await sender.stop()
  }

  @Test("Votes overtake a batch that is under way")
  func overtaking() async throws {
    let (node, peer, key, session) = try await Self.scene(LinkLimits())
    try await peer.stopReading()
    let batch = [UInt8](repeating: 1, count: 8 << 20)
    for _ in 0..<3 { node.links.send(kind: TestNode.batch, batch, to: key) }
    // Until the buffers of the system are full, so that the vote comes in the middle.
    var before: UInt64 = 0
    try await eventually("sending stalls") {
      let bytes = node.metrics.peers[key]?.bytesOut ?? 0
      defer { before = bytes }
      return bytes > 0 && bytes == before
    }
    node.links.send(kind: TestNode.vote, [9], to: key)
    try await peer.resumeReading()
    var assembler = MessageAssembler(rule: TestNode.rule)
    var incoming = session.incoming
    var kinds: [UInt8] = []
    while kinds.count < 4 {
      let frame = try await peer.readFrame()
      let plaintext = try incoming.decrypt(frame.span)
      if let message = try assembler.read(plaintext) { kinds.append(message.kind) }
    }
    #expect(kinds.filter { $0 == TestNode.vote }.count == 1)
    #expect(kinds.last != TestNode.vote)
    peer.close()
    try await node.stop()
  }
}
