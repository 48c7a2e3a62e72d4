internal import Cryptography
internal import Foundation
internal import NetworkLayout

/// Makes the folder of several new chains and their routers, with fresh keys.
struct ChainsCreation {
  let folder: ChainsFolder
  let manifest: ChainsManifest
  let basePort: Int

  func create() throws {
    let networks = networks
    let mechanisms = try manifest.routers.map { router in
      guard let suiteID = SuiteID(name: router.mechanismOrDefault) else {
        throw Failure.usage(
          "mechanism of router \(router.name) is '\(router.mechanismOrDefault)': "
            + "use sm, intl or nist")
      }
      return suiteID
    }
    for network in networks { try network.checked() }
    for router in manifest.routers {
      for gateway in router.gateways ?? [] { _ = try systemKey(gateway, of: router) }
    }
    let existing = try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    guard existing?.isEmpty ?? true else { throw LayoutFault.exists(path: folder.url.path) }
    for network in networks { try network.create() }
    for (router, mechanism) in zip(manifest.routers, mechanisms) {
      try create(router, mechanism)
    }
    // Last: with it the folder is whole.
    try folder.write(manifestInFolder)
  }

  /// One after the other, each on the ports after those of the chain before.
  private var networks: [NetworkCreation] {
    var port = basePort
    return manifest.chains.map { chain in
      defer { port += chain.nodeCount }
      return NetworkCreation(
        folder: folder.chain(chain.name), name: chain.name, suite: chain.suite, nodes: chain.nodes,
        observers: chain.observers ?? 0, basePort: port,
        participants: chain.participants ?? Participants(organisations: [], members: []),
        called: { $0 == "base-port" ? "--\($0)" : "\($0) of chain \(chain.name)" })
    }
  }

  private func create(_ router: ChainsManifest.Router, _ mechanism: SuiteID) throws {
    let home = folder.home(ofRouter: router.name)
    let chain = folder.chain(router.chain)
    let inHome = "../../\(router.chain)"
    var configuration = RouterConfiguration(
      name: router.name, chain: router.chain,
      genesis: "\(inHome)/\(chain.genesis.lastPathComponent)",
      nodes: try chain.readManifest().nodes.map(\.url), member: router.member,
      memberKey: "\(inHome)/keys/\(chain.key(of: router.member).lastPathComponent)",
      passphrase: "\(inHome)/\(chain.passphrase.lastPathComponent)",
      mechanism: router.mechanismOrDefault, linkPort: linkPort(of: router),
      statusPort: statusPort(of: router), channels: manifest.channels(of: router).map(\.id),
      peers: manifest.peers(of: router).map {
        RouterConfiguration.Peer(name: $0.name, host: "127.0.0.1", port: linkPort(of: $0))
      },
      shares: router.shares?.map {
        RouterConfiguration.Shares(
          channel: $0.channel, member: $0.member,
          memberKey: "\(inHome)/keys/\(chain.key(of: $0.member).lastPathComponent)")
      })
    for gateway in router.gateways ?? [] {
      try Files.write(
        systemKey(gateway, of: router),
        to: home.appending(path: ChainsFolder.systemKey(on: gateway.channel)), isSecret: true)
    }
    configuration.gateways = router.gateways.map { gateways in
      gateways.compactMap { gateway in
        guard
          let member = manifest.channels.first(where: { $0.id == gateway.channel })?.gateway
        else { return nil }
        return RouterConfiguration.Gateway(
          channel: gateway.channel, member: member,
          memberKey: "\(inHome)/keys/\(chain.key(of: member).lastPathComponent)",
          url: gateway.url, systemKey: ChainsFolder.systemKey(on: gateway.channel))
      }
    }
    let passphrase = try Files.read(chain.passphrase).filter { $0 != 0x0a }
    let keys = KeyMaker(suiteID: mechanism, passphrase: SecretBytes(copying: passphrase))
    _ = try keys.pair(router.name, to: home.appending(path: configuration.key))
    try configuration.write(home: home)
  }

  /// The key file of a system, of which the router's home gets a copy: the folder can be moved.
  private func systemKey(
    _ gateway: ChainsManifest.Gateway, of router: ChainsManifest.Router
  ) throws -> [UInt8] {
    let bytes = try Files.read(URL(filePath: gateway.systemKey))
    do throws(CryptographyFault) {
      _ = try KeyFile.readPublic(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw Failure.usage(
        "systemKey of router \(router.name), \(gateway.systemKey), is no key file: \(error)")
    }
    return bytes
  }

  /// The manifest with the copies of key files, relative to the folder.
  private var manifestInFolder: ChainsManifest {
    var inFolder = manifest
    inFolder.routers = manifest.routers.map { router in
      var router = router
      let home = "\(ChainsFolder.routersName)/\(router.name)"
      router.gateways = router.gateways?.map { gateway in
        var gateway = gateway
        gateway.systemKey = "\(home)/\(ChainsFolder.systemKey(on: gateway.channel))"
        return gateway
      }
      return router
    }
    return inFolder
  }

  /// Routers come after all nodes, as they stand in the manifest.
  private func port(of router: ChainsManifest.Router) -> Int {
    let place = manifest.routers.firstIndex(of: router) ?? 0
    return basePort + manifest.chains.reduce(0) { $0 + $1.nodeCount } + place
  }

  private func statusPort(of router: ChainsManifest.Router) -> Int {
    router.statusPort ?? port(of: router)
  }

  private func linkPort(of router: ChainsManifest.Router) -> Int {
    router.linkPort ?? port(of: router) + NetworkCreation.linkPortOffset
  }
}
