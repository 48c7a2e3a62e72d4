public import Foundation

/// Several chains, the routers between them and the channels on which they exchange packets: the
/// form of `network/three-chains.json` and of a folder's `manifest.json`.
public struct ChainsManifest: Codable, Hashable, Sendable {
  public struct Chain: Codable, Hashable, Sendable {
    public var name: String
    public var suite: String
    /// Validators.
    public var nodes: Int
    public var observers: Int?
    /// Who takes part, here or in a file of their own.
    public var participants: Participants?
    /// Its path, relative to the manifest's folder unless absolute.
    public var participantsFile: String?
  }

  public struct Router: Codable, Hashable, Sendable {
    public var name: String
    /// Name of the chain beside which it stands.
    public var chain: String
    /// The member of that chain as whom it acts.
    public var member: String
    /// Suite of its links to other routers; `intl` without this.
    public var mechanism: String?
    /// Ports; the ones after those of the nodes without these.
    public var linkPort: Int?
    public var statusPort: Int?
    /// Who answers requests for invoices; nobody without this.
    public var shares: [Shares]?
    /// Systems without a chain that it joins with its chain.
    public var gateways: [Gateway]?
  }

  /// A member of a router's chain who shares the invoices that are asked for over a channel.
  public struct Shares: Codable, Hashable, Sendable {
    public var channel: String
    public var member: String
  }

  /// A system without a chain, at the other end of a channel that names it as its place.
  public struct Gateway: Codable, Hashable, Sendable {
    public var channel: String
    /// Where the system answers.
    public var url: String
    /// The system's key file, of the chain's suite: its public part. Its path, relative to the
    /// manifest's folder unless absolute; it is copied into the router's home.
    public var systemKey: String
  }

  public struct Channel: Codable, Hashable, Sendable {
    public var id: String
    /// Names of the two chains; of one, if the other end is a place.
    public var chains: [String]
    public var messageTypes: [String]
    public var window: UInt32
    /// Longest time from a packet's block until its timeout.
    public var maxTimeoutHours: UInt64
    /// Suite of content between routers; `intl` without this.
    public var mechanism: String?
    /// The name of a system without a chain, and the member who speaks for it.
    public var place: String?
    public var gateway: String?
  }

  public var chains: [Chain]
  public var routers: [Router]
  public var channels: [Channel]

  /// The mechanism of routers and channels that name none.
  public static let mechanism = "intl"
  /// The role of members that routers act as.
  public static let routerRole = "router"
  /// The role of members that send packets.
  public static let senderRole = "sender"
  /// Most chains, routers and channels of one manifest: all of them run on one machine.
  public static let countMax = 16
  /// As terms allow it.
  private static let timeoutHours: ClosedRange<UInt64> = 1...8_784

  /// Reads a manifest, with the participants that it has in other files.
  public init(file: URL) throws(LayoutFault) {
    self = try Files.decode(Self.self, from: file)
    let folder = file.deletingLastPathComponent()
    for index in chains.indices {
      guard let path = chains[index].participantsFile else { continue }
      guard chains[index].participants == nil else {
        throw .malformed(
          path: file.path,
          reason: "chain \(chains[index].name) has both participants and participantsFile: use one")
      }
      let url = path.hasPrefix("/") ? URL(filePath: path) : folder.appending(path: path)
      chains[index].participants = try Participants(file: url)
      chains[index].participantsFile = nil
    }
    for router in routers.indices {
      for index in (routers[router].gateways ?? []).indices {
        guard let path = routers[router].gateways?[index].systemKey, !path.hasPrefix("/") else {
          continue
        }
        routers[router].gateways?[index].systemKey =
          folder.appending(path: path).standardizedFileURL.path
      }
    }
    if let reason = obstacle { throw .malformed(path: file.path, reason: reason) }
  }

  public func chain(_ name: String) -> Chain? { chains.first { $0.name == name } }

  /// Members of a chain who may open content on its way, in the order in which terms name them.
  public func carriers(of chain: String) -> [String] {
    self.chain(chain)?.members(with: Self.routerRole).map(\.id) ?? []
  }

  /// Routers beside a chain that carry a channel's packets.
  public func routers(of chain: String, for channel: Channel) -> [Router] {
    routers.filter { $0.chain == chain && $0.mechanismOrDefault == channel.mechanismOrDefault }
  }

  /// Channels that a router serves.
  public func channels(of router: Router) -> [Channel] {
    channels.filter {
      $0.place == nil && $0.chains.contains(router.chain)
        && $0.mechanismOrDefault == router.mechanismOrDefault
    }
  }

  /// Routers of other chains that share a channel with this one.
  public func peers(of router: Router) -> [Router] {
    let channels = channels(of: router)
    return routers.filter { other in
      channels.contains { channel in
        other.chain != router.chain && channel.chains.contains(other.chain)
          && other.mechanismOrDefault == router.mechanismOrDefault
      }
    }
  }
}

extension ChainsManifest.Chain {
  /// Nodes of both kinds.
  public var nodeCount: Int { nodes + (observers ?? 0) }

  func members(with role: String) -> [Participants.Member] {
    participants?.members.filter { $0.roles.contains(role) } ?? []
  }
}

extension ChainsManifest.Router {
  public var mechanismOrDefault: String { mechanism ?? ChainsManifest.mechanism }
}

extension ChainsManifest.Channel {
  public var mechanismOrDefault: String { mechanism ?? ChainsManifest.mechanism }

  /// The chain at the other end.
  public func other(than chain: String) -> String? { chains.first { $0 != chain } }
}

// What no folder can be made of.
extension ChainsManifest {
  /// What is wrong, and what to do; `nil` if there is nothing.
  var obstacle: String? {
    for (field, count) in [
      ("chains", chains.count), ("routers", routers.count), ("channels", channels.count),
    ] where count > Self.countMax {
      return "\(field) has \(count) entries: at most \(Self.countMax) run on one machine"
    }
    guard !chains.isEmpty else { return "chains is empty: describe at least one" }
    let twice =
      names("chain", chains.map(\.name)) ?? names("router", routers.map(\.name))
      ?? names("channel", channels.map(\.id))
    if let twice { return twice }
    for chain in chains { if let reason = obstacle(chain) { return reason } }
    for channel in channels { if let reason = obstacle(channel) { return reason } }
    for router in routers { if let reason = obstacle(router) { return reason } }
    return nil
  }

  private func names(_ kind: String, _ names: [String]) -> String? {
    for (index, name) in names.enumerated() {
      guard name.isFolderName else {
        return "\(kind) '\(name)' cannot be a folder's name: use 1 to 64 letters, digits, '-', '_' "
          + "and '.', a letter or digit first"
      }
      if names[..<index].contains(name) { return "\(kind) \(name) is described twice" }
    }
    return nil
  }

  private func obstacle(_ chain: Chain) -> String? {
    guard chain.name != ChainsFolder.routersName else {
      return "chain \(chain.name) has the name of the routers' folder: choose another"
    }
    guard chain.participants != nil else {
      return "chain \(chain.name) has no participants: describe them, or name participantsFile"
    }
    return nil
  }

  private func obstacle(_ router: Router) -> String? {
    guard let chain = chain(router.chain) else {
      return unknown(router.chain, "router", router.name)
    }
    guard chain.members(with: Self.routerRole).contains(where: { $0.id == router.member }) else {
      return "router \(router.name) has member '\(router.member)': name a member of \(chain.name) "
        + "with the role '\(Self.routerRole)'"
    }
    for (field, ids) in [
      ("shares", (router.shares ?? []).map(\.channel)),
      ("gateways", (router.gateways ?? []).map(\.channel)),
    ] {
      if let twice = ids.first(where: { id in ids.count { $0 == id } > 1 }) {
        return "router \(router.name): \(field) names channel '\(twice)' twice: name it once"
      }
    }
    for shares in router.shares ?? [] {
      guard channels(of: router).contains(where: { $0.id == shares.channel }) else {
        return
          "router \(router.name) shares over '\(shares.channel)': name a channel that it serves"
      }
      guard chain.members(with: Self.senderRole).contains(where: { $0.id == shares.member }) else {
        return "router \(router.name) shares as '\(shares.member)': name a member of "
          + "\(chain.name) with the role '\(Self.senderRole)'"
      }
    }
    for gateway in router.gateways ?? [] {
      let channel = channels.first { $0.id == gateway.channel }
      guard channel?.place != nil, channel?.chains == [router.chain] else {
        return "router \(router.name) has a gateway on channel '\(gateway.channel)': name one of "
          + "\(router.chain) that leads to a place"
      }
    }
    guard !channels(of: router).isEmpty || !(router.gateways ?? []).isEmpty else {
      return "router \(router.name) has nothing to carry: no channel of \(chain.name) has the "
        + "mechanism \(router.mechanismOrDefault)"
    }
    return nil
  }

  private func obstacle(_ channel: Channel) -> String? {
    guard Self.timeoutHours ~= channel.maxTimeoutHours else {
      return "channel \(channel.id) has maxTimeoutHours \(channel.maxTimeoutHours): use "
        + "\(Self.timeoutHours.lowerBound) to \(Self.timeoutHours.upperBound), which is 366 days"
    }
    if channel.place != nil || channel.gateway != nil { return obstacle(toPlace: channel) }
    guard channel.chains.count == 2, channel.chains[0] != channel.chains[1] else {
      return "channel \(channel.id) joins \(channel.chains.joined(separator: ", ")): "
        + "name two chains"
    }
    for name in channel.chains {
      guard chain(name) != nil else { return unknown(name, "channel", channel.id) }
      guard !carriers(of: name).isEmpty else {
        return "channel \(channel.id): chain \(name) has no member with the role "
          + "'\(Self.routerRole)', who would carry its packets"
      }
      let hasRouters = routers.contains { $0.chain == name }
      guard !hasRouters || !routers(of: name, for: channel).isEmpty else {
        return "channel \(channel.id): no router of \(name) has the mechanism "
          + channel.mechanismOrDefault
      }
    }
    return nil
  }

  private func obstacle(toPlace channel: Channel) -> String? {
    guard channel.place != nil, let gateway = channel.gateway, channel.mechanism == nil else {
      return "channel \(channel.id): with place, name its gateway, and no mechanism"
    }
    guard channel.chains.count == 1, let name = channel.chains.first else {
      return "channel \(channel.id) joins a place with \(channel.chains.joined(separator: ", ")): "
        + "name one chain"
    }
    guard let chain = chain(name) else { return unknown(name, "channel", channel.id) }
    guard chain.participants?.members.contains(where: { $0.id == gateway }) ?? false else {
      return "channel \(channel.id) has gateway '\(gateway)': name a member of \(name)"
    }
    return nil
  }

  private func unknown(_ chain: String, _ kind: String, _ name: String) -> String {
    "\(kind) \(name) names chain '\(chain)': use one of "
      + chains.map(\.name).joined(separator: ", ")
  }
}

extension String {
  fileprivate var isFolderName: Bool {
    func isWord(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: false
      }
    }
    guard let first = utf8.first, isWord(first), utf8.count <= 64 else { return false }
    return utf8.allSatisfy { isWord($0) || "-_.".utf8.contains($0) }
  }
}
