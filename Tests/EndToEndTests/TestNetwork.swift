import Cryptography
import Foundation
import Glibc
import LedgerClient
import LedgerModel
import NetworkLayout
import Synchronization
import Testing
import Wire

/// A network of one node in a temporary folder, made by the real program.
///
/// Its node runs as a child of the test (`start`, `kill`) or as `yilian network start` runs it.
final class TestNetwork: Sendable {
  /// The network that `.network` keeps for a whole suite.
  @TaskLocal static var shared: TestNetwork?

  let folder: NetworkFolder
  let url: String
  let genesis: Genesis
  let connection: NodeConnection
  private let node = Mutex<ChildProcess?>(nil)

  private init(folder: NetworkFolder) throws {
    self.folder = folder
    url = try #require(try folder.readManifest().nodes.first).url
    genesis = try Genesis(document: Files.read(folder.genesis))
    connection = try NodeConnection(url: url, timeout: .seconds(60))
  }

  /// Makes a network for `body`; afterwards, also on failure, nothing of it is left.
  /// - Parameter participants: In JSON; else those of a province.
  static func with<R>(
    suite: String = "intl", participants: String? = nil, _ body: (TestNetwork) async throws -> R
  ) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "yilian-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    var arguments = [
      "network", "create", "--dir", folder.path, "--nodes", "1", "--suite", suite,
      "--base-port", "\(try ValidatorNetwork.basePort())",
    ]
    let file = FileManager.default.temporaryDirectory.appending(
      path: "yilian-participants-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    if let participants {
      try Data(participants.utf8).write(to: file)
      arguments += ["--participants", file.path]
    }
    let made = try await Programs.run(Programs.yilian, arguments)
    try #require(made.status == 0, "\(made)")
    let network = try TestNetwork(folder: NetworkFolder(folder.path))
    do {
      let result = try await body(network)
      await network.end()
      return result
    } catch {
      await network.end()
      throw error
    }
  }

  var path: String { folder.url.path }
  var home: URL { folder.home(0) }
  var log: URL { home.appending(path: "node.log") }
  var logText: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  /// A client that has seen nothing yet.
  var ledger: RemoteLedger { RemoteLedger(connection: connection, genesis: genesis) }

  // MARK: The node as a child

  /// Starts the node and returns at once.
  func launch() throws {
    let child = try ChildProcess(Programs.node, ["run", "--home", home.path], log: log)
    node.withLock { $0 = child }
  }

  /// Starts the node and waits until it serves a chain with a block.
  @discardableResult
  func start() async throws -> WireStatusResponse {
    try launch()
    return try await ready()
  }

  /// Waits until the node serves.
  func ready() async throws -> WireStatusResponse {
    for _ in 0..<2_400 {
      if let status = try? await connection.status(), status.height > 0 { return status }
      if let child = node.withLock({ $0 }), !child.isRunning { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("the node does not start:\n\(logText.suffix(2_000))")
    throw NotReady()
  }

  /// Ends the node without a warning.
  func kill() async { await end(with: SIGKILL) }

  /// Asks the node to stop.
  @discardableResult
  func stop() async -> Int32? { await end(with: SIGTERM) }

  @discardableResult
  private func end(with signal: Int32) async -> Int32? {
    guard let child = node.withLock({ $0 }) else { return nil }
    child.send(signal)
    let status = await child.status
    node.withLock { $0 = nil }
    return status
  }

  private func end() async {
    await kill()
    await endDetached()
    await connection.close()
  }

  /// Ends a node that `yilian network start` left behind.
  private func endDetached() async {
    guard let text = try? String(contentsOf: home.appending(path: "node.pid"), encoding: .utf8),
      let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1
    else { return }
    let isOurs = {
      let line = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))
      return String(decoding: line ?? Data(), as: UTF8.self).contains(self.home.path)
    }
    guard isOurs() else { return }
    Glibc.kill(pid, SIGKILL)
    for _ in 0..<200 where isOurs() { try? await Task.sleep(for: .milliseconds(50)) }
  }

  // MARK: Members

  /// The keys of a member.
  func keys(of member: String) throws -> KeyFile {
    let text = String(decoding: try Files.read(folder.key(of: member)), as: UTF8.self)
    let passphrase = try Files.read(folder.passphrase).filter { $0 != 0x0a }
    return try KeyFile.decode(text, passphrase: SecretBytes(copying: passphrase))
  }

  func identity(_ member: String) throws -> Identity {
    let keys = try keys(of: member)
    return Identity(member: member, signing: keys.signing, sealing: keys.sealing)
  }

  /// Runs `yilian` on this network.
  func yilian(_ arguments: String...) async throws -> Outcome { try await run(arguments) }

  func run(_ arguments: [String]) async throws -> Outcome {
    try await Programs.run(Programs.yilian, arguments + ["--dir", path])
  }
}

struct NotReady: Error {}
