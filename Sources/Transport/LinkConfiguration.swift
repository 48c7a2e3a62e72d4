public import Cryptography

/// What the links of one process are configured with.
public struct LinkConfiguration: Sendable {
  /// The chain that both ends must be of.
  public var chain: Digest
  /// The suite of the chain, and of the links.
  public var suite: SuiteID
  /// The address to listen at.
  public var host: String
  /// The port to listen at; 0 lets the system choose (`PeerLinks.listeningPort`).
  public var port: Int
  /// Whom to dial; `PeerLinks.setPeers` replaces it.
  public var peers: [PeerAddress]
  /// How messages of a kind are carried; called often, on any thread.
  public var rule: @Sendable (_ kind: UInt8) -> MessageRule
  /// The bounds of the links.
  public var limits: LinkLimits

  /// - Parameter rule: Without one, every kind is bulk of at most 64 KiB.
  public init(
    chain: Digest, suite: SuiteID, host: String, port: Int, peers: [PeerAddress] = [],
    rule: @escaping @Sendable (_ kind: UInt8) -> MessageRule = { _ in MessageRule() },
    limits: LinkLimits = LinkLimits()
  ) {
    self.chain = chain
    self.suite = suite
    self.host = host
    self.port = port
    self.peers = peers
    self.rule = rule
    self.limits = limits
  }
}
