internal import LedgerModel

/// Bounds on what the clients of one node may take together and each, with the reason for each.
public struct APILimits: Hashable, Sendable {
  /// Open connections; further ones wait in the system's backlog.
  ///
  /// Up to three more may be open for a moment, because connections are accepted four at a time.
  public var connections = 4_096
  /// Connections that wait to be accepted; beyond it the system refuses them.
  public var backlog = 512
  /// How long a connection may stay open without a complete request head.
  public var idle = Duration.seconds(60)
  /// How long a request's body may take before `bodyBytesPerSecond` is asked of it.
  public var bodyGrace = Duration.seconds(10)
  /// The rate below which a client that sends a body is disconnected: a poor mobile link.
  public var bodyBytesPerSecond = 8 * 1_024
  /// How long a client may leave an answer unread before it is disconnected.
  public var unread = Duration.seconds(30)
  /// How long an announced end waits for the client, so that it reads the answer before the end.
  public var linger = Duration.seconds(2)
  /// Bytes of request bodies in memory, all connections together.
  public var bodyBytesInFlight = 512 * 1_024 * 1_024
  /// Bytes of a submitted transaction.
  public var transactionBytes = Limits.transactionBytes
  /// Bytes of any other body: a signed question is far smaller.
  public var questionBytes = 64 * 1_024
  /// Bytes of a list of assets to be proven: 1,024 of the longest names.
  public var assetNamesBytes = 320 * 1_024
  /// Bytes of all header fields of a request.
  public var headerBytes = 16 * 1_024
  /// Header fields of a request.
  public var headerFields = 100
  /// Block headers in one answer: some thousand signatures each fit a proof bundle's bound.
  public var headersPerAnswer = 1_000
  /// Links between epochs in one answer: some 4 MB with 31 validators.
  public var linksPerAnswer = 1_000
  /// Event streams open at once: each costs the node a read for every block.
  public var eventStreams = 256
  /// How long an event stream stays silent.
  public var heartbeat = Duration.seconds(15)

  public init() {}
}
