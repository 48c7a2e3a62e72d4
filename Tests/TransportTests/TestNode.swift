import Cryptography
import Logging
import Synchronization
import Testing

@testable import Transport

/// A node with links and nothing else.
final class TestNode: Sendable {
  /// Kinds of messages: votes overtake, batches are large.
  static let vote: UInt8 = 1
  static let batch: UInt8 = 2

  let identity: PrivateKey
  let recorder = Recorder()
  let allowed: AllowedKeys
  let links: PeerLinks
  private let running: Task<Void, any Error>

  var key: PeerKey { PeerKey(identity.publicKey.encoded) }
  var metrics: LinkMetrics { links.metrics }

  /// Starts a node and waits until it listens.
  init(
    _ suite: SuiteID = .intl, chain: Digest = .zero, identity: PrivateKey? = nil,
    allowing keys: [PeerKey] = [], dialling peers: [PeerAddress] = [], port: Int = 0,
    limits: LinkLimits = LinkLimits(),
    logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  ) async throws {
    let identity = try identity ?? suite.suite.generateSigningKey()
    let allowed = AllowedKeys(keys)
    let recorder = recorder
    let links = try PeerLinks(
      LinkConfiguration(
        chain: chain, suite: suite, host: "127.0.0.1", port: port, peers: peers,
        rule: TestNode.rule, limits: limits),
      identity: identity, isAllowed: { allowed.contains($0) },
      deliver: { recorder.record($0) },
      logger: logger)
    self.identity = identity
    self.allowed = allowed
    self.links = links
    running = Task { try await links.run() }
    try await eventually("the node listens") { links.listeningPort != nil }
  }

  /// Where to dial this node.
  func address(naming key: PeerKey? = nil) throws -> PeerAddress {
    PeerAddress(
      name: "node", host: "127.0.0.1", port: try #require(links.listeningPort), key: key)
  }

  /// Stops the node and waits until all is closed.
  func stop() async throws {
    running.cancel()
    try await running.value
  }

  static func rule(_ kind: UInt8) -> MessageRule {
    switch kind {
    case vote: MessageRule(.urgent)
    case batch: MessageRule(.bulk, byteCountMax: 8 << 20)
    default: MessageRule()
    }
  }

  /// Makes two nodes that allow each other, the second dialling the first, and waits for the link.
  static func pair(
    _ suite: SuiteID = .intl, limits: LinkLimits = LinkLimits()
  ) async throws -> (TestNode, TestNode) {
    let identity = try suite.suite.generateSigningKey()
    let first = try await TestNode(
      suite, allowing: [PeerKey(identity.publicKey.encoded)], limits: limits)
    let second = try await TestNode(
      suite, identity: identity, allowing: [first.key], dialling: [first.address()],
      limits: limits)
    try await eventually("the link stands") {
      first.recorder.isUp(second.key) && second.recorder.isUp(first.key)
    }
    return (first, second)
  }
}
