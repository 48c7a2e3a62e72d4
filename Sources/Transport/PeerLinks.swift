public import Cryptography
public import Logging
internal import NIOCore
internal import NIOPosix

/// The authenticated, encrypted links of one process to its peers.
///
/// One link stands between two registered keys at a time, whoever dialled. Messages arrive whole
/// and, within their class, in the order in which they were sent; a link that breaks loses what was
/// under way. Everything is bounded by `LinkLimits`.
///
/// All links share one event loop, which also encrypts, and in a handshake agrees on keys and
/// checks a signature: some milliseconds for each new connection at the worst.
/// - Source: docs/spec/15-links.md.
public final class PeerLinks: Sendable {
  private let table: LinkTable

  /// Prepares the links; `run` makes them.
  /// - Parameters:
  ///   - identity: The registered signing key of this process, of the configuration's suite.
  ///   - isAllowed: Whether a key may have a link; asked on any thread, must not block.
  ///   - deliver: Gets the events, one at a time on the event loop; must not block.
  /// - Throws: `wrongKey` for a key of another suite or use, `libraryFailure`.
  public init(
    _ configuration: LinkConfiguration, identity: PrivateKey,
    isAllowed: @escaping @Sendable (PeerKey) -> Bool,
    deliver: @escaping @Sendable (LinkEvent) -> Void, logger: Logger
  ) throws(CryptographyFault) {
    let credentials = try LinkCredentials(
      suite: configuration.suite, chain: configuration.chain, identity: identity)
    table = LinkTable(
      configuration, credentials: credentials, isAllowed: isAllowed, deliver: deliver,
      logger: logger)
  }

  /// Listens, dials and keeps the links until the task is cancelled; then closes everything.
  ///
  /// Call once.
  /// - Throws: What the system says if the address cannot be listened at.
  public func run() async throws {
    try await LinkRunner(table: table).run()
  }

  /// The port that `run` listens at, once it does.
  public var listeningPort: Int? { table.listeningPort }

  /// Sends a message, from any thread and without waiting.
  ///
  /// Without a link it is dropped and counted; so is bulk when the peer's queue is full. Too much
  /// urgent matter closes the link. A payload over its kind's limit is dropped and logged.
  public func send(kind: UInt8, _ payload: [UInt8], to peer: PeerKey) {
    table.send(kind: kind, payload, to: CollectionOfOne(peer))
  }

  /// Sends one message to several peers, which share its bytes.
  public func broadcast(kind: UInt8, _ payload: [UInt8], to peers: some Sequence<PeerKey>) {
    table.send(kind: kind, payload, to: peers)
  }

  /// Asks `isAllowed` about every link again and closes those that are no longer allowed; call it
  /// when the answer may have changed.
  public func recheck() { table.recheck() }

  /// Replaces the addresses to dial; standing links stay.
  public func setPeers(_ peers: [PeerAddress]) { table.setPeers(peers) }

  /// The numbers at this moment.
  public var metrics: LinkMetrics { table.metrics }
}
