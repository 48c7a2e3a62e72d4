import Cryptography
import Logging
import Synchronization
import Testing

@testable import Transport

/// What someone costs who is not registered and does not give up.
struct StrangerTests {
  @Test("A stranger that reconnects in a loop costs so many handshakes a second; a peer gets in")
  func loop() async throws {
    var limits = LinkLimits()
    limits.handshakesPerSecondPerAddressMax = 4
    let lines = Lines()
    let node = try await TestNode(limits: limits, logger: lines.logger)
    let stranger = try LinkCredentials(
      suite: .intl, chain: .zero, identity: SuiteID.intl.suite.generateSigningKey())
    let start = ContinuousClock.now
    let attempts = Atomic(0)
    let knocking = Task {
      while !Task.isCancelled {
        let peer = try await RawPeer.connect(to: node, from: "127.0.0.2")
        // Refused at once, or after the handshake that it paid for.
        _ = try? await peer.shakeHands(stranger)
        peer.close()
        attempts.add(1, ordering: .relaxed)
      }
    }
    try await eventually("most attempts are refused without a handshake") {
      node.metrics.refused[.tooManyHandshakes, default: 0] >= 100
    }
    let peer = try await TestNode(allowing: [node.key], dialling: [node.address()])
    node.allowed.insert(peer.key)
    try await eventually("the peer is linked meanwhile") { node.recorder.isUp(peer.key) }
    knocking.cancel()
    _ = await knocking.result
    let refused = node.metrics.refused
    // Two seconds of the gate may begin within one of ours.
    let seconds = Int((ContinuousClock.now - start) / .seconds(1)) + 2
    #expect(refused[.notAllowed, default: 0] <= UInt64(4 * seconds), "\(refused) in \(seconds) s")
    #expect(attempts.load(ordering: .relaxed) >= 100)

    // The first is told at once, the others' number a minute later.
    let told = lines.all.filter { $0.contains("connections from outside became no link") }
    #expect(told.count == 1, "\(told)")
    #expect(lines.all.count <= 3, "\(lines.all)")
    try await peer.stop()
    try await node.stop()
  }

  @Test("The log tells the number of strangers once in an interval")
  func told() async throws {
    var limits = LinkLimits()
    limits.strangersToldInterval = .milliseconds(300)
    let lines = Lines()
    let node = try await TestNode(limits: limits, logger: lines.logger)
    for _ in 0..<5 {
      let peer = try await RawPeer.connect(to: node)
      peer.write([0])
      try await peer.closes()
    }
    try await Task.sleep(for: .milliseconds(400))
    let last = try await RawPeer.connect(to: node)
    last.write([0])
    try await last.closes()
    try await eventually("all are told of") {
      lines.all.filter { $0.contains("became no link") }.compactMap(Lines.count).reduce(0, +) == 6
    }
    #expect(lines.all.count <= 4, "\(lines.all)")
    #expect(node.metrics.refused == [.notALink: 6])
    try await node.stop()
  }

  @Test("Silent connections from many addresses keep no peer out")
  func silent() async throws {
    var limits = LinkLimits()
    limits.halfOpenMax = 4
    let node = try await TestNode(limits: limits)
    var silent: [RawPeer] = []
    for host in 2...5 {
      silent.append(try await RawPeer.connect(to: node, from: "127.0.0.\(host)"))
    }
    try await eventually("all places are taken") { node.metrics.halfOpen == 4 }
    let peer = try await TestNode(allowing: [node.key], dialling: [node.address()])
    node.allowed.insert(peer.key)
    try await eventually("the peer is linked", within: .seconds(3)) {
      node.recorder.isUp(peer.key)
    }
    #expect(node.metrics.refused[.tooManyHandshakes, default: 0] >= 1)
    for connection in silent { connection.close() }
    try await peer.stop()
    try await node.stop()
  }
}

/// What was logged from `info` on.
private final class Lines: Sendable {
  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let metadata = event.metadata ?? [:]
      lines.texts.withLock { $0.append("\(event.message) \(metadata["count"] ?? "")") }
    }
  }

  private let texts = Mutex<[String]>([])

  var all: [String] { texts.withLock { $0 } }
  var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

  /// The number in a line about strangers.
  static func count(_ line: String) -> Int? { line.split(separator: " ").last.flatMap { Int($0) } }
}
