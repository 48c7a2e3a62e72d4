import Cryptography
import Foundation
import Glibc
import LedgerClient
import LedgerModel
import NetworkLayout
import Synchronization
import Testing
import Wire

/// Four validators in a temporary folder, made by the real program, each a child of the test.
final class ValidatorNetwork: Sendable {
  /// One of them may fail.
  static let count = 4
  static let all = Array(0..<count)

  let folder: NetworkFolder
  let genesis: Genesis
  /// Where each runs; `nil` for loopback.
  let islands: Islands?
  let urls: [String]
  /// One for each node, with more patience than a view without leader takes.
  let connections: [NodeConnection]
  private let nodes = Mutex<[Int: ChildProcess]>([:])

  private init(folder: NetworkFolder, islands: Islands?) throws {
    self.folder = folder
    self.islands = islands
    genesis = try Genesis(document: Files.read(folder.genesis))
    if let islands { try Self.readdress(folder, islands) }
    urls = try folder.readManifest().nodes.map(\.url)
    connections = try urls.map { try NodeConnection(url: $0, timeout: .seconds(30)) }
  }

  /// Makes a network for `body`; afterwards, also on failure, nothing of it is left.
  static func with(
    isolated: Bool, _ body: (ValidatorNetwork) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "yilian-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    let made = try await Programs.yilian(
      "network", "create", "--dir", folder.path, "--nodes", "\(count)", "--suite", "intl",
      "--base-port", "\(try basePort())")
    try #require(made.status == 0, "\(made)")
    let islands = isolated ? Islands(count: count) : nil
    let network = try ValidatorNetwork(folder: NetworkFolder(folder.path), islands: islands)
    var failure: (any Error)?
    do {
      try await islands?.make()
      try await body(network)
    } catch {
      failure = error
    }
    for node in all { await network.kill(node) }
    for connection in network.connections { await connection.close() }
    await islands?.remove()
    if let failure { throw failure }
  }

  /// A free port, and those that a network's nodes and routers take: for clients, and for links.
  static func basePort() throws -> Int {
    try freePort(offsets: (0..<16).flatMap { [$0, 1_000 + $0] })
  }

  /// Gives each node the addresses of its namespace.
  private static func readdress(_ folder: NetworkFolder, _ islands: Islands) throws {
    var manifest = try folder.readManifest()
    for node in all {
      var configuration = try NodeConfiguration(home: folder.home(node))
      configuration.apiHost = islands.apiHost(node)
      configuration.linkHost = islands.linkHost(node)
      for (index, peer) in all.filter({ $0 != node }).enumerated() {
        configuration.peers[index].host = islands.linkHost(peer)
      }
      try configuration.write(home: folder.home(node))
      manifest.nodes[node].url = "http://\(configuration.apiHost):\(configuration.apiPort)"
    }
    try manifest.write(to: folder)
  }

  // MARK: Nodes

  /// Starts a node and returns at once.
  func launch(_ node: Int) throws {
    var (program, arguments) = (Programs.node, ["run", "--home", folder.home(node).path])
    if let islands { (program, arguments) = islands.command(node, program, arguments) }
    let child = try ChildProcess(program, arguments, log: log(node))
    nodes.withLock { $0[node] = child }
  }

  /// Starts all nodes and waits until each serves a chain with a block.
  func start() async throws {
    for node in Self.all { try launch(node) }
    for node in Self.all {
      try await eventually("node \(node) starts") { try await self.status(node).height > 0 }
    }
  }

  /// Ends a node without a warning.
  func kill(_ node: Int) async { await end(node, with: SIGKILL) }

  /// Asks a node to stop, and expects that it does; one that has just begun is ended by the signal.
  func stop(_ node: Int) async {
    let status = await end(node, with: SIGTERM)
    #expect(
      [0, 128 + SIGTERM].contains(status),
      "node \(node) stops:\n\(logText(node).suffix(2_000))")
  }

  @discardableResult
  private func end(_ node: Int, with signal: Int32) async -> Int32 {
    guard let child = nodes.withLock({ $0.removeValue(forKey: node) }) else { return 0 }
    child.send(signal)
    let guardian = Task {
      try await Task.sleep(for: .seconds(20))
      child.send(SIGKILL)
    }
    defer { guardian.cancel() }
    return await child.status
  }

  /// Holds a node up, or lets it go on.
  func pause(_ node: Int, _ isPaused: Bool) {
    nodes.withLock { $0[node] }?.send(isPaused ? SIGSTOP : SIGCONT)
  }

  /// Nodes that ended without being told to.
  var dead: [Int] { nodes.withLock { $0.filter { !$0.value.isRunning }.keys.sorted() } }

  func data(_ node: Int) -> URL { folder.home(node).appending(path: "data") }

  func log(_ node: Int) -> URL { folder.home(node).appending(path: "node.log") }

  func logText(_ node: Int) -> String {
    (try? String(contentsOf: log(node), encoding: .utf8)) ?? ""
  }

  // MARK: Questions

  func status(_ node: Int) async throws -> WireStatusResponse {
    try await connections[node].status()
  }

  /// A client of one node that has seen nothing yet.
  func ledger(_ node: Int) -> RemoteLedger {
    RemoteLedger(connection: connections[node], genesis: genesis)
  }

  /// Waits until something holds; what it throws meanwhile counts as no.
  func eventually(
    _ what: String, within limit: Duration = .seconds(60),
    _ condition: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      if (try? await condition()) ?? false { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    let why = try await Programs.yilian(
      "network", "status", "--why", "--dir", folder.url.path)
    Issue.record("not within \(limit): \(what)\n\(why)")
    throw NotReady()
  }

  /// Waits until all nodes have executed the same blocks.
  func settle() async throws {
    try await eventually("all nodes have the same height") {
      var heights: Set<UInt64> = []
      for node in Self.all {
        let status = try await self.status(node)
        heights.formUnion([status.height, status.executedHeight])
      }
      return heights.count == 1
    }
  }

  /// The keys of a member.
  func identity(_ member: String) throws -> Identity {
    let text = String(decoding: try Files.read(folder.key(of: member)), as: UTF8.self)
    let passphrase = try Files.read(folder.passphrase).filter { $0 != 0x0a }
    let keys = try KeyFile.decode(text, passphrase: SecretBytes(copying: passphrase))
    return Identity(member: member, signing: keys.signing, sealing: keys.sealing)
  }
}
