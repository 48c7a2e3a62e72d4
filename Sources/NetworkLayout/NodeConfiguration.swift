public import Foundation

/// What a node is told at start: `node.json` in its home.
public struct NodeConfiguration: Codable, Hashable, Sendable {
  /// The validator's name in the genesis document.
  public var name: String
  /// Paths, relative to the home unless absolute.
  public var genesis: String
  public var key: String
  public var passphrase: String
  public var data: String
  /// Where the client API listens.
  public var apiHost: String
  public var apiPort: Int
  /// PEM files for HTTPS; plain HTTP without them, for loopback and behind a TLS proxy only.
  public var tlsCertificate: String?
  public var tlsKey: String?
  /// Longest time between two blocks of an idle chain, in milliseconds.
  public var heartbeatMs: Int
  /// Bytes of transactions that may wait to be ordered.
  public var poolBytes: Int
  /// Transactions of one member that may wait to be ordered.
  public var poolTransactionsPerMember: Int

  public init(name: String, apiHost: String = "127.0.0.1", apiPort: Int) {
    self.name = name
    genesis = "../genesis.json"
    key = "node.key"
    passphrase = "../passphrase"
    data = "data"
    self.apiHost = apiHost
    self.apiPort = apiPort
    heartbeatMs = 10_000
    poolBytes = 64 * 1_024 * 1_024
    poolTransactionsPerMember = 4_096
  }

  /// Reads the `node.json` of a home.
  public init(home: URL) throws(LayoutFault) {
    self = try Files.decode(Self.self, from: home.appending(path: Self.fileName))
  }

  /// Writes the `node.json` of a home.
  public func write(home: URL) throws(LayoutFault) {
    try Files.encode(self, to: home.appending(path: Self.fileName))
  }

  public static let fileName = "node.json"
}
