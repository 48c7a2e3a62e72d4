import Cryptography
import Logging
import Testing

@testable import Transport

/// Two honest nodes.
struct LinkTests {
  @Test("Messages of every size arrive whole and in order", arguments: SuiteID.allCases)
  func exchange(_ suite: SuiteID) async throws {
    let (first, second) = try await TestNode.pair(suite)
    var generator = SeededGenerator(seed: 1)
    let sizes = [0, 1, 64 << 10, 5 << 20, 65_511, 65_512, 65_513, 0, 2]
    let payloads = sizes.map { size in
      [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: size)
    }
    for payload in payloads {
      first.links.send(kind: TestNode.batch, payload, to: second.key)
      second.links.send(kind: TestNode.batch, payload, to: first.key)
    }
    for (node, peer) in [(first, second), (second, first)] {
      try await eventually("all arrive") {
        node.recorder.messages(from: peer.key).count == payloads.count
      }
      let messages = node.recorder.messages(from: peer.key)
      #expect(messages.map(\.payload) == payloads)
      #expect(messages.allSatisfy { $0.kind == TestNode.batch })
      let metrics = try #require(node.metrics.peers[peer.key])
      #expect(metrics.messagesIn == UInt64(payloads.count))
      #expect(metrics.messagesOut == UInt64(payloads.count))
      #expect(metrics.upFor != nil)
      #expect(metrics.queuedBytes == 0)
      #expect(metrics.dropped == 0)
      #expect(metrics.bytesIn > UInt64(sizes.reduce(0, +)))
    }
    try await first.stop()
    try await second.stop()
    #expect(first.recorder.downs(of: second.key).count == 1)
    #expect(!second.recorder.isUp(first.key))
  }

  @Test("A broadcast reaches every peer, and only those with a link")
  func broadcast() async throws {
    let hub = try await TestNode()
    var others: [TestNode] = []
    for _ in 0..<3 {
      let other = try await TestNode(allowing: [hub.key], dialling: [hub.address()])
      hub.allowed.insert(other.key)
      others.append(other)
    }
    try await eventually("all are linked") { others.allSatisfy { hub.recorder.isUp($0.key) } }
    let stranger = PeerKey([1])
    hub.links.broadcast(kind: TestNode.vote, [7], to: others.map(\.key) + [stranger])
    for other in others {
      try await eventually("the vote arrives") {
        other.recorder.messages(from: hub.key).map(\.payload) == [[7]]
      }
    }
    #expect(hub.metrics.unlinked == 1)
    for node in others + [hub] { try await node.stop() }
  }

  @Test("Nodes that dial each other at once keep one link, the same on both sides")
  func duplicates() async throws {
    for _ in 0..<5 {
      let first = try await TestNode()
      let second = try await TestNode()
      first.allowed.insert(second.key)
      second.allowed.insert(first.key)
      first.links.setPeers([try second.address(naming: second.key)])
      second.links.setPeers([try first.address(naming: first.key)])
      try await eventually("linked") {
        first.recorder.isUp(second.key) && second.recorder.isUp(first.key)
      }
      // Whatever was being settled is settled soon; then one link must carry both directions.
      try await Task.sleep(for: .milliseconds(300))
      #expect(first.recorder.isUp(second.key) && second.recorder.isUp(first.key))
      let before = (first.recorder.ups(of: second.key), second.recorder.ups(of: first.key))
      first.links.send(kind: TestNode.vote, [1], to: second.key)
      second.links.send(kind: TestNode.vote, [2], to: first.key)
      try await eventually("both arrive") {
        second.recorder.messages(from: first.key).last?.payload == [1]
          && first.recorder.messages(from: second.key).last?.payload == [2]
      }
      #expect(before == (first.recorder.ups(of: second.key), second.recorder.ups(of: first.key)))
      try await first.stop()
      try await second.stop()
    }
  }

  @Test("A node that comes back is linked again, at the address where it was")
  func restart() async throws {
    let first = try await TestNode()
    let second = try await TestNode(allowing: [first.key], dialling: [first.address()])
    first.allowed.insert(second.key)
    try await eventually("linked") { second.recorder.isUp(first.key) }
    let port = try first.address().port
    try await first.stop()
    try await eventually("noticed") { !second.recorder.isUp(first.key) }
    let again = try await TestNode(
      identity: first.identity, allowing: [second.key], port: port)
    try await eventually("linked again") {
      second.recorder.ups(of: first.key) >= 2 && second.recorder.isUp(first.key)
    }
    second.links.send(kind: TestNode.vote, [9], to: first.key)
    try await eventually("arrives") {
      again.recorder.messages(from: second.key).map(\.payload) == [[9]]
    }
    try await again.stop()
    try await second.stop()
  }

  @Test("A key that is no longer allowed loses its link and gets no other")
  func recheck() async throws {
    let (first, second) = try await TestNode.pair()
    first.links.recheck()
    first.allowed.remove(second.key)
    try await Task.sleep(for: .milliseconds(50))
    #expect(first.recorder.isUp(second.key), "only recheck asks again")
    first.links.recheck()
    try await eventually("closed") {
      first.recorder.downs(of: second.key) == ["refused: notAllowed"]
    }
    try await eventually("refused when it dials again") {
      first.metrics.refused[.notAllowed, default: 0] >= 2
    }
    #expect(first.recorder.ups(of: second.key) == 1)
    first.links.recheck()
    #expect(first.metrics.peers[second.key] == nil, "and its numbers are forgotten")
    first.allowed.insert(second.key)
    try await eventually("let in again") { first.recorder.isUp(second.key) }
    try await first.stop()
    try await second.stop()
  }

  @Test("An idle link stays, and pings are all that it costs")
  func idle() async throws {
    var limits = LinkLimits()
    limits.pingInterval = .milliseconds(20)
    limits.silenceMax = .milliseconds(200)
    let (first, second) = try await TestNode.pair(limits: limits)
    try await Task.sleep(for: .milliseconds(800))
    #expect(first.recorder.ups(of: second.key) == 1)
    #expect(first.recorder.isUp(second.key))
    let metrics = try #require(first.metrics.peers[second.key])
    #expect(metrics.messagesIn == 0)
    #expect((100..<2_000).contains(metrics.bytesIn))
    try await first.stop()
    try await second.stop()
  }

  @Test("An address that is taken is reported, not waited for")
  func addressInUse() async throws {
    let first = try await TestNode()
    let port = try first.address().port
    let links = try PeerLinks(
      LinkConfiguration(chain: .zero, suite: .intl, host: "127.0.0.1", port: port),
      identity: SuiteID.intl.suite.generateSigningKey(), isAllowed: { _ in true },
      deliver: { _ in }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await #expect(throws: (any Error).self) { try await links.run() }
    try await first.stop()
  }

  @Test("Stopping does not wait for an address that does not answer")
  func stopWhileDialling() async throws {
    // Set aside for documentation (RFC 5737): packets to it go nowhere.
    let nowhere = PeerAddress(name: "nowhere", host: "192.0.2.1", port: 9)
    let node = try await TestNode(dialling: [nowhere])
    try await Task.sleep(for: .milliseconds(150))
    let clock = ContinuousClock()
    let start = clock.now
    try await node.stop()
    #expect(clock.now - start < .seconds(3))
  }
}
