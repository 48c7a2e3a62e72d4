internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// Makes the folder of a new network, with fresh keys.
struct NetworkCreation {
  let folder: NetworkFolder
  let name: String
  let suite: String
  let nodes: Int
  let observers: Int
  let basePort: Int
  let participants: Participants
  /// What messages call a choice of the caller.
  var called: (String) -> String = { "--\($0)" }

  /// Refuses what no network can be made of.
  /// - Returns: The suite.
  @discardableResult
  func checked() throws -> SuiteID {
    guard let suiteID = SuiteID(name: suite) else {
      throw Failure.usage("\(called("suite")) is '\(suite)': use sm, intl or nist")
    }
    guard 1...Committee.countMax ~= nodes else {
      throw Failure.usage(
        "\(called("nodes")) is \(nodes): use 1 to \(Committee.countMax); with 3f + 1 of them, f "
          + "may fail")
    }
    guard 0...ObserverSet.countMax ~= observers else {
      throw Failure.usage(
        "\(called("observers")) is \(observers): use 0 to \(ObserverSet.countMax)")
    }
    let lastPort = 65_535 - Self.linkPortOffset - nodes - observers
    guard 1...lastPort ~= basePort else {
      throw Failure.usage("\(called("base-port")) is \(basePort): use 1 to \(lastPort)")
    }
    let existing = try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    guard existing?.isEmpty ?? true else { throw LayoutFault.exists(path: folder.url.path) }
    return suiteID
  }

  /// - Returns: The folder.
  @discardableResult
  func create() throws -> NetworkFolder {
    let suiteID = try checked()
    let passphrase = randomBytes(24).hex
    try Files.write(Array((passphrase + "\n").utf8), to: folder.passphrase, isSecret: true)
    let keys = KeyMaker(suiteID: suiteID, passphrase: SecretBytes(copying: Array(passphrase.utf8)))

    var genesis = WireGenesis()
    genesis.format = 1
    genesis.name = name
    genesis.suite = suite
    genesis.timeMs = nowMs()
    genesis.organisations = participants.organisations.map { organisation in
      var record = WireOrganisationRecord()
      record.id = organisation.id
      record.name = organisation.name
      record.region = organisation.region
      return record
    }
    var manifest = NetworkManifest(
      name: name, suite: suite, nodes: [], members: participants.members.map(\.id))
    for index in 0..<nodes + observers {
      let configuration = configuration(of: index)
      let home = folder.home(of: configuration.name)
      let record = try keys.node(configuration, home: home)
      if index < nodes {
        genesis.validators.append(record)
      } else {
        genesis.observers.append(record)
      }
      try configuration.write(home: home)
      try NeverVoted(home: home).write()
      manifest.nodes.append(
        NetworkManifest.Node(
          name: configuration.name, home: home.lastPathComponent,
          url: configuration.apiURL))
    }
    let indexKey = SecretBytes(randomByteCount: 32)
    for member in participants.members {
      genesis.members.append(
        try keys.member(member, indexKey: indexKey, file: folder.key(of: member.id)))
    }
    let document = Genesis.document(genesis)
    _ = try Genesis(document: document)
    try Files.write(document, to: folder.genesis)
    try manifest.write(to: folder)
    return folder
  }

  /// Links are accepted this many ports above the client API.
  static let linkPortOffset = 1_000

  /// Validators first, then observers. All dial the validators, and nobody dials an observer.
  private func configuration(of index: Int) -> NodeConfiguration {
    let peers = (0..<nodes).filter { $0 != index }.map { peer in
      NodeConfiguration.Peer(
        name: "node-\(peer)", host: "127.0.0.1", port: basePort + Self.linkPortOffset + peer)
    }
    return NodeConfiguration(
      name: index < nodes ? "node-\(index)" : "observer-\(index - nodes)",
      apiPort: basePort + index,
      linkPort: basePort + Self.linkPortOffset + index, peers: peers)
  }
}
