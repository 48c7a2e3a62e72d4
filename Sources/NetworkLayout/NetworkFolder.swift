public import Foundation

/// The folder that `yilian network create` makes and every other command reads.
///
///     genesis.json  network.json  passphrase  keys/MEMBER.key
///     node-0/  observer-0/  each with node.json  node.key  node.pid  node.log  data/
///                           and until its first start never-voted
///
/// Nodes that joined later have their homes here too, if `yilian node create` made them here under
/// their names.
public struct NetworkFolder: Sendable {
  public let url: URL

  public init(_ path: String) {
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  public var genesis: URL { url.appending(path: "genesis.json") }
  public var manifest: URL { url.appending(path: "network.json") }
  public var passphrase: URL { url.appending(path: "passphrase") }
  public var keys: URL { url.appending(path: "keys", directoryHint: .isDirectory) }
  public func key(of member: String) -> URL { keys.appending(path: "\(member).key") }
  public func home(_ node: Int) -> URL { home(of: "node-\(node)") }
  public func home(of node: String) -> URL {
    url.appending(path: node, directoryHint: .isDirectory)
  }

  /// What runs here.
  public func readManifest() throws(LayoutFault) -> NetworkManifest {
    guard FileManager.default.fileExists(atPath: manifest.path) else {
      let chains = ChainsFolder(url.path)
      guard chains.isPresent else { throw .notANetwork(folder: url.path) }
      throw .severalChains(
        folder: url.path, chains: try chains.readManifest().chains.map(\.name))
    }
    return try Files.decode(NetworkManifest.self, from: manifest)
  }

  /// The nodes that joined later and have their homes here.
  ///
  /// A folder with another name than its node's is a copy, and no home: two processes with one key
  /// would vote against each other.
  /// - Returns: With what keeps a folder that looks like a home from being one.
  public func joinedNodes() throws(LayoutFault) -> (
    nodes: [NetworkManifest.Node], faults: [LayoutFault]
  ) {
    let first = try readManifest().nodes
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    var joined: [NetworkManifest.Node] = []
    var faults: [LayoutFault] = []
    for entry in entries.sorted() where !first.contains(where: { $0.home == entry }) {
      let home = home(of: entry)
      let file = home.appending(path: NodeConfiguration.fileName)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      let configuration: NodeConfiguration
      do throws(LayoutFault) {
        configuration = try NodeConfiguration(home: home)
      } catch {
        faults.append(error)
        continue
      }
      guard configuration.name == entry else { continue }
      joined.append(
        NetworkManifest.Node(name: entry, home: entry, url: configuration.apiURL))
    }
    return (joined, faults)
  }
}

/// What a network folder holds: `network.json`.
public struct NetworkManifest: Codable, Hashable, Sendable {
  public struct Node: Codable, Hashable, Sendable {
    public var name: String
    /// Folder of the node, relative to the network's.
    public var home: String
    /// Address of its client API.
    public var url: String

    public init(name: String, home: String, url: String) {
      self.name = name
      self.home = home
      self.url = url
    }
  }

  public var name: String
  public var suite: String
  public var nodes: [Node]
  /// Members whose key files are in `keys/`.
  public var members: [String]

  public init(name: String, suite: String, nodes: [Node], members: [String]) {
    self.name = name
    self.suite = suite
    self.nodes = nodes
    self.members = members
  }

  public func write(to folder: NetworkFolder) throws(LayoutFault) {
    try Files.encode(self, to: folder.manifest)
  }
}
