import Cryptography
import Testing

@testable import Transport

/// What strangers and liars get: a named reason, while an honest peer goes on being served.
struct RefusalTests {
  /// A node with an honest peer.
  private struct Scene {
    let node: TestNode
    let honest: TestNode

    init(limits: LinkLimits = LinkLimits()) async throws {
      (node, honest) = try await TestNode.pair(limits: limits)
    }

    /// Credentials for dialling the node, whose owner it allows unless told otherwise.
    func credentials(
      suite: SuiteID = .intl, chain: Digest = .zero, identity: PrivateKey? = nil,
      isAllowed: Bool = true
    ) throws -> LinkCredentials {
      let identity = try identity ?? suite.suite.generateSigningKey()
      if isAllowed { node.allowed.insert(PeerKey(identity.publicKey.encoded)) }
      return try LinkCredentials(suite: suite, chain: chain, identity: identity)
    }

    /// Waits until the refusal is counted, then checks that the honest peer is served.
    func expect(_ refusal: LinkRefusal, count: UInt64 = 1) async throws {
      try await eventually("\(refusal) is counted") {
        node.metrics.refused[refusal, default: 0] >= count
      }
      #expect(node.metrics.refused == [refusal: count])
      let before = node.recorder.messages(from: honest.key).count
      honest.links.send(kind: TestNode.vote, [1], to: node.key)
      try await eventually("the honest peer is served") {
        node.recorder.messages(from: honest.key).count == before + 1
      }
      #expect(node.recorder.ups(of: honest.key) == 1)
      try await honest.stop()
      try await node.stop()
    }
  }

  @Test("A key that is not registered is refused and told so")
  func unregistered() async throws {
    let scene = try await Scene()
    let peer = try await RawPeer.connect(to: scene.node)
    _ = try await peer.shakeHands(scene.credentials(isAllowed: false))
    #expect(try await peer.readFrame() == [LinkRefusal.notAllowed.rawValue])
    try await peer.closes()
    try await scene.expect(.notAllowed)
  }

  @Test("A dialler refuses a listener that is not registered")
  func unregisteredListener() async throws {
    let listener = try await TestNode()
    let dialler = try await TestNode(dialling: [listener.address()])
    listener.allowed.insert(dialler.key)
    try await eventually("refused") { dialler.metrics.refused[.notAllowed, default: 0] >= 2 }
    #expect(listener.recorder.ups(of: dialler.key) == 0)
    try await dialler.stop()
    try await listener.stop()
  }

  @Test("Another chain, suite or version is refused by name")
  func otherPreamble() async throws {
    let chain = try #require(Digest([UInt8](repeating: 7, count: 32)))
    let cases: [(LinkRefusal, (Scene) throws -> [UInt8])] = [
      (.otherChain, { try $0.credentials(chain: chain).preamble }),
      (.otherSuite, { try $0.credentials(suite: .nist).preamble }),
      (.otherVersion, { _ in Array("YILIAN-LINK2".utf8) }),
      (.notALink, { _ in Array("GET / HTTP/1.1\r\n\r\n".utf8) }),
      (.notALink, { _ in [0] }),
    ]
    for (refusal, preamble) in cases {
      let scene = try await Scene()
      let peer = try await RawPeer.connect(to: scene.node)
      peer.write(try preamble(scene))
      #expect(try await peer.readFrame() == [refusal.rawValue])
      try await peer.closes()
      try await scene.expect(refusal)
    }
  }

  @Test("Frames that no handshake has are refused")
  func malformedHandshake() async throws {
    let credentials = LinkCredentials.magic + Digest.zero.bytes + [SuiteID.intl.rawValue]
    let frames: [[UInt8]] = [
      [0, 0], [0xff, 0xff], [2, 1], [0, 5, 1, 2, 3, 4, 5],
      [0, 32] + [UInt8](repeating: 0, count: 32),
    ]
    for frame in frames {
      let scene = try await Scene()
      let peer = try await RawPeer.connect(to: scene.node)
      peer.write(credentials + frame)
      #expect(try await peer.readFrame() == [LinkRefusal.malformed.rawValue])
      try await peer.closes()
      try await scene.expect(.malformed)
    }
  }

  @Test("A recorded handshake does not pass again")
  func replay() async throws {
    let scene = try await Scene()
    let credentials = try scene.credentials()
    let original = try await RawPeer.connect(to: scene.node)
    let said = try await original.shakeHands(credentials).said
    try await eventually("the original passes") { scene.node.recorder.isUp(credentials.key) }
    original.close()
    let peer = try await RawPeer.connect(to: scene.node)
    peer.write(credentials.preamble)
    peer.writeFrame(said[0])
    _ = try await peer.readFrame()
    peer.writeFrame(said[1])
    #expect(try await peer.readFrame() == [LinkRefusal.notAuthentic.rawValue])
    try await peer.closes()
    #expect(scene.node.recorder.ups(of: credentials.key) == 1)
    try await scene.expect(.notAuthentic)
  }

  @Test("A process does not talk to itself")
  func ownKey() async throws {
    let scene = try await Scene()
    scene.node.allowed.insert(scene.node.key)
    let peer = try await RawPeer.connect(to: scene.node)
    let credentials = try scene.credentials(identity: scene.node.identity)
    var noise = try credentials.handshake(.initiator)
    peer.write(credentials.preamble)
    peer.writeFrame(try noise.writeMessage())
    _ = try noise.readMessage(try await peer.readFrame())
    peer.writeFrame(try noise.writeMessage(credentials.proof(as: .initiator)))
    #expect(try await peer.readFrame() == [LinkRefusal.ownKey.rawValue])
    try await scene.expect(.ownKey)
    // The dialler's side of it.
    let node = try await TestNode()
    node.allowed.insert(node.key)
    node.links.setPeers([try node.address()])
    try await eventually("refused") { node.metrics.refused[.ownKey, default: 0] >= 1 }
    #expect(node.recorder.ups(of: node.key) == 0)
    try await node.stop()
  }

  @Test("Another key than the one that was dialled is refused, even an allowed one")
  func otherKey() async throws {
    let listener = try await TestNode()
    let wanted = PeerKey(try SuiteID.intl.suite.generateSigningKey().publicKey.encoded)
    let dialler = try await TestNode(
      allowing: [wanted, listener.key], dialling: [listener.address(naming: wanted)])
    listener.allowed.insert(dialler.key)
    try await eventually("refused") { dialler.metrics.refused[.otherKey, default: 0] >= 1 }
    #expect(dialler.recorder.ups(of: listener.key) == 0)
    try await dialler.stop()
    try await listener.stop()
  }

  @Test("A message over the limit of its kind ends the link before it is kept")
  func tooLarge() async throws {
    let scene = try await Scene()
    let credentials = try scene.credentials()
    let peer = try await RawPeer.connect(to: scene.node)
    var session = try await peer.shakeHands(credentials).session
    let limit = TestNode.rule(TestNode.vote).byteCountMax
    let over = [UInt8](repeating: 0, count: limit + 1)
    let frame = LinkFrame.message(.urgent, kind: TestNode.vote, over)
    peer.writeFrame(try session.outgoing.encrypt(frame.span))
    try await peer.closes()
    #expect(scene.node.recorder.downs(of: credentials.key) == ["refused: tooLarge"])
    #expect(scene.node.recorder.messages(from: credentials.key).isEmpty)
    try await scene.expect(.tooLarge)
  }

  @Test("A sealed frame that was altered, repeated or left out ends the link")
  func alteredTraffic() async throws {
    let changes: [([[UInt8]]) -> [[UInt8]]] = [
      { [$0[0].map { $0 ^ 1 }] }, { [$0[0], $0[0]] }, { [$0[1]] }, { [$0[0], $0[2]] },
    ]
    for change in changes {
      let scene = try await Scene()
      let peer = try await RawPeer.connect(to: scene.node)
      var session = try await peer.shakeHands(scene.credentials()).session
      var frames: [[UInt8]] = []
      for number in UInt8(0)..<3 {
        let frame = LinkFrame.message(.urgent, kind: TestNode.vote, [number])
        frames.append(try session.outgoing.encrypt(frame.span))
      }
      for frame in change(frames) { peer.writeFrame(frame) }
      try await peer.closes()
      try await scene.expect(.notAuthentic)
    }
  }

  @Test("Too short frames of a standing link end it")
  func shortFrame() async throws {
    for count in [1, 16] {
      let scene = try await Scene()
      let peer = try await RawPeer.connect(to: scene.node)
      _ = try await peer.shakeHands(scene.credentials())
      peer.writeFrame([UInt8](repeating: 0, count: count))
      try await peer.closes()
      try await scene.expect(.malformed)
    }
  }

  @Test("Who says nothing in the handshake is let go")
  func stalled() async throws {
    var limits = LinkLimits()
    limits.handshakeTimeout = .seconds(1)
    let scene = try await Scene(limits: limits)
    let credentials = try scene.credentials()
    // Silent from the start, within the preamble, and after message 1.
    let peers = try await [
      RawPeer.connect(to: scene.node), RawPeer.connect(to: scene.node),
      RawPeer.connect(to: scene.node),
    ]
    peers[1].write(Array(credentials.preamble.prefix(20)))
    var handshake = try LinkHandshake(
      .initiator, credentials: credentials, expected: nil, isAllowed: { _ in true })
    peers[2].write(credentials.preamble)
    peers[2].writeFrame(try handshake.opening())
    for peer in peers { try await peer.closes() }
    #expect(peers[0].received == [0, 1, LinkRefusal.timeout.rawValue])
    #expect(scene.node.metrics.halfOpen == 0)
    try await scene.expect(.timeout, count: 3)
  }

  @Test("Connections within their handshake are few")
  func halfOpen() async throws {
    var limits = LinkLimits()
    limits.halfOpenPerAddressMax = 2
    let scene = try await Scene(limits: limits)
    let waiting = try await [RawPeer.connect(to: scene.node), RawPeer.connect(to: scene.node)]
    try await eventually("both count") { scene.node.metrics.halfOpen == 2 }
    let late = try await RawPeer.connect(to: scene.node)
    #expect(try await late.readFrame() == [LinkRefusal.tooManyHandshakes.rawValue])
    try await late.closes()
    #expect(!waiting[0].isClosed && !waiting[1].isClosed)
    waiting[0].close()
    try await eventually("there is room again") { scene.node.metrics.halfOpen == 1 }
    let next = try await RawPeer.connect(to: scene.node)
    let credentials = try scene.credentials()
    _ = try await next.shakeHands(credentials)
    try await eventually("linked") { scene.node.recorder.isUp(credentials.key) }
    waiting[1].close()
    try await scene.expect(.tooManyHandshakes)
  }
}
