public import Foundation

/// What a node is told at start: `node.json` in its home.
public struct NodeConfiguration: Codable, Hashable, Sendable {
  /// Another node, by the name under which the chain registers its key.
  public struct Peer: Codable, Hashable, Sendable {
    public var name: String
    public var host: String
    public var port: Int
    /// Its key in hexadecimal digits, if a node that has not caught up yet cannot know it: one that
    /// was registered since genesis, or since this node last ran.
    public var key: String?

    public init(name: String, host: String, port: Int, key: String? = nil) {
      self.name = name
      self.host = host
      self.port = port
      self.key = key
    }
  }

  /// The node's name, under which the chain registers its key as a validator's or an observer's.
  public var name: String
  /// Paths, relative to the home unless absolute.
  public var genesis: String
  public var key: String
  public var passphrase: String
  public var data: String
  /// Where the client API listens.
  public var apiHost: String
  public var apiPort: Int
  /// Where links of other nodes are accepted.
  public var linkHost: String
  public var linkPort: Int
  /// Whom to dial. A node that is not named here may dial us, if its key is registered.
  public var peers: [Peer]
  /// The time in which a message between two working nodes arrives, in milliseconds. It decides
  /// how long a silent leader is waited for, and nothing about safety.
  public var networkDelayMs: Int
  /// PEM files for HTTPS; plain HTTP without them, for loopback and behind a TLS proxy only.
  public var tlsCertificate: String?
  public var tlsKey: String?
  /// Bytes of transactions that may wait to be ordered; of each member, what the chain's settings
  /// say.
  public var poolBytes: Int

  public init(
    name: String, apiHost: String = "127.0.0.1", apiPort: Int, linkHost: String = "127.0.0.1",
    linkPort: Int, peers: [Peer] = []
  ) {
    self.name = name
    genesis = "../genesis.json"
    key = "node.key"
    passphrase = "../passphrase"
    data = "data"
    self.apiHost = apiHost
    self.apiPort = apiPort
    self.linkHost = linkHost
    self.linkPort = linkPort
    self.peers = peers
    networkDelayMs = 500
    poolBytes = 64 * 1_024 * 1_024
  }

  /// Where a client on the node's own machine reaches its API.
  public var apiURL: String {
    "\(tlsKey == nil ? "http" : "https")://\(LocalAddress.host(apiHost)):\(apiPort)"
  }

  /// Reads the `node.json` of a home.
  public init(home: URL) throws(LayoutFault) {
    let file = home.appending(path: Self.fileName)
    self = try Files.decode(Self.self, from: file)
    if let reason = obstacle { throw .malformed(path: file.path, reason: reason) }
  }

  /// Longest time that a message may be said to need: a view without leader takes some of these.
  private static let networkDelayMsMax = 60_000
  /// Most bytes of transactions that may be said to wait: more than any machine's memory.
  private static let poolBytesMax = 1 << 40

  /// What no node can run with; `nil` if there is nothing.
  private var obstacle: String? {
    let numbers = [
      ("apiPort", apiPort, 65_535), ("linkPort", linkPort, 65_535),
      ("networkDelayMs", networkDelayMs, Self.networkDelayMsMax),
      ("poolBytes", poolBytes, Self.poolBytesMax),
    ]
    for (field, value, limit) in numbers + peers.map({ ("port of \($0.name)", $0.port, 65_535) })
    where !(1...limit ~= value) {
      return "\(field) is \(value): use 1 to \(limit)"
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      return "tlsCertificate and tlsKey go together: name both for HTTPS, or none"
    }
    return nil
  }

  /// Writes the `node.json` of a home.
  public func write(home: URL) throws(LayoutFault) {
    try Files.encode(self, to: home.appending(path: Self.fileName))
  }

  public static let fileName = "node.json"
}
