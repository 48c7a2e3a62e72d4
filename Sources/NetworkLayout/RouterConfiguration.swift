public import Foundation

/// What a router is told at start: `router.json` in its home.
///
/// A router stands beside one chain, of which it is a member, and links routers of other chains.
public struct RouterConfiguration: Codable, Hashable, Sendable {
  /// A router of another chain, by the name under which the terms of a channel have its keys.
  public struct Peer: Codable, Hashable, Sendable {
    public var name: String
    public var host: String
    public var port: Int

    public init(name: String, host: String, port: Int) {
      self.name = name
      self.host = host
      self.port = port
    }
  }

  /// A member who shares the invoices that are asked for over a channel.
  public struct Shares: Codable, Hashable, Sendable {
    /// Released under this policy where none is named.
    public static let standardPolicy = "default"

    public var channel: String
    /// Of the router's chain: it may send, and owns the invoices or may read them.
    public var member: String
    /// Its key file, opened with the router's passphrase.
    public var memberKey: String
    /// The policy under which they are released.
    public var policy: String?

    public init(channel: String, member: String, memberKey: String, policy: String? = nil) {
      self.channel = channel
      self.member = member
      self.memberKey = memberKey
      self.policy = policy
    }
  }

  /// A system without a chain at the other end of a channel.
  public struct Gateway: Codable, Hashable, Sendable {
    public var channel: String
    /// Who speaks for the system, as the channel's terms say.
    public var member: String
    /// The member's key file, of the chain's suite, under the same passphrase.
    public var memberKey: String
    /// Where the system answers: `http://` or `https://`, a host and a port.
    public var url: String
    /// The system's key file, of the chain's suite: its public part.
    public var systemKey: String
    /// A PEM file of the authorities to trust instead of the machine's.
    public var trustRoots: String?

    public init(
      channel: String, member: String, memberKey: String, url: String, systemKey: String,
      trustRoots: String? = nil
    ) {
      self.channel = channel
      self.member = member
      self.memberKey = memberKey
      self.url = url
      self.systemKey = systemKey
      self.trustRoots = trustRoots
    }
  }

  /// The router's name, under which the other chains' terms have its keys.
  public var name: String
  /// Name of its chain.
  public var chain: String
  /// The chain's genesis document. Paths are relative to the home unless absolute.
  public var genesis: String
  /// Addresses of nodes of its chain, asked in this order.
  public var nodes: [String]
  /// The member of its chain as whom it submits and opens content.
  public var member: String
  /// The member's key file, of the chain's suite.
  public var memberKey: String
  /// Key files that the member had before: they open what was sealed to it then.
  public var formerMemberKeys: [String]?
  /// The key file for links to other routers and for content between them, of the mechanism.
  public var key: String
  /// The passphrase of the key files.
  public var passphrase: String
  /// Suite of links and of content between routers: sm, intl or nist.
  public var mechanism: String
  /// Where links of other routers are accepted.
  public var linkHost: String
  public var linkPort: Int
  /// Where `/healthz` and the router's state are served, over plain HTTP.
  public var statusHost: String
  public var statusPort: Int
  /// Ids of the channels to serve.
  public var channels: [String]
  /// Whom to dial. A router that is not named here may dial us, if a channel's terms have its keys.
  public var peers: [Peer]
  /// Who answers requests for invoices; nobody without this.
  public var shares: [Shares]?
  /// Folder of caches: what is lost with it is asked for again.
  public var data: String
  /// Systems without a chain to join with the chain; their outboxes are in `data`.
  public var gateways: [Gateway]?

  public init(
    name: String, chain: String, genesis: String, nodes: [String], member: String,
    memberKey: String, passphrase: String, mechanism: String, linkHost: String = "127.0.0.1",
    linkPort: Int, statusHost: String = "127.0.0.1", statusPort: Int, channels: [String] = [],
    peers: [Peer] = [], shares: [Shares]? = nil
  ) {
    self.name = name
    self.chain = chain
    self.genesis = genesis
    self.nodes = nodes
    self.member = member
    self.memberKey = memberKey
    key = "router.key"
    self.passphrase = passphrase
    self.mechanism = mechanism
    self.linkHost = linkHost
    self.linkPort = linkPort
    self.statusHost = statusHost
    self.statusPort = statusPort
    self.channels = channels
    self.peers = peers
    self.shares = shares
    data = "data"
  }

  /// Where a client on the router's own machine reaches its state.
  public var statusURL: String { "http://\(LocalAddress.host(statusHost)):\(statusPort)" }

  /// Reads the `router.json` of a home.
  public init(home: URL) throws(LayoutFault) {
    let file = home.appending(path: Self.fileName)
    self = try Files.decode(Self.self, from: file)
    if let reason = obstacle { throw .malformed(path: file.path, reason: reason) }
  }

  /// Writes the `router.json` of a home.
  public func write(home: URL) throws(LayoutFault) {
    try Files.encode(self, to: home.appending(path: Self.fileName))
  }

  /// Most nodes and peers that may be named: a chain has no more validators and observers.
  private static let namesMax = 128

  /// What no router can run with; `nil` if there is nothing.
  private var obstacle: String? {
    let ports = [("linkPort", linkPort), ("statusPort", statusPort)]
    for (field, port) in ports + peers.map({ ("port of \($0.name)", $0.port) })
    where !(1...65_535 ~= port) {
      return "\(field) is \(port): use 1 to 65535"
    }
    guard 1...Self.namesMax ~= nodes.count else {
      return "nodes has \(nodes.count) addresses: name 1 to \(Self.namesMax)"
    }
    let served = channels + (gateways ?? []).map(\.channel)
    guard 1...Self.namesMax ~= served.count else {
      return "channels and gateways name \(served.count) ids: name 1 to \(Self.namesMax)"
    }
    if let twice = served.first(where: { id in served.count { $0 == id } > 1 }) {
      return "channel \(twice) is named twice: in channels, or as one gateway's"
    }
    guard peers.count <= Self.namesMax else {
      return "peers has \(peers.count) routers: name at most \(Self.namesMax)"
    }
    guard (formerMemberKeys ?? []).count <= Self.namesMax else {
      return
        "formerMemberKeys has \(formerMemberKeys?.count ?? 0) files: name at most \(Self.namesMax)"
    }
    for (index, shares) in (shares ?? []).enumerated() {
      guard channels.contains(shares.channel) else {
        return "shares names channel '\(shares.channel)': name one of channels"
      }
      guard self.shares?.firstIndex(where: { $0.channel == shares.channel }) == index else {
        return "shares names channel \(shares.channel) twice: one member answers for each"
      }
    }
    return nil
  }

  /// Beside it are `router.key` and, while the router runs, `router.pid` and `router.log`.
  public static let fileName = "router.json"
}
