internal import Cryptography
internal import Foundation
internal import Glibc
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// A node of a network folder as a process of this machine.
struct NodeProcess {
  /// How long a node may take to start or stop.
  private static let patience = Duration.seconds(60)

  let folder: NetworkFolder
  let node: NetworkManifest.Node

  private var home: URL { folder.url.appending(path: node.home) }
  private var log: URL { home.appending(path: "node.log") }
  private var process: HomeProcess { HomeProcess(home: home) }

  /// Starts the node unless it runs.
  func launchUnlessRunning() throws {
    if let pid = process.recorded {
      Terminal.error("\(node.name) runs already (process \(pid))")
    } else {
      try launch()
    }
  }

  /// Returns when the node answers and its chain has a block.
  /// - Parameter needsBlock: One that nobody links yet has none, and is up all the same.
  /// - Returns: Whether it has a block.
  func waitUntilUp(needsBlock: Bool = true) async throws -> Bool {
    let chainID = try Genesis(document: Files.read(folder.genesis)).chainID
    let connection = try NodeConnection(url: node.url, timeout: .seconds(2))
    var isUp = false
    var hasBlock = false
    var isOther = false
    let end = ContinuousClock.now + Self.patience
    // A node that found something wrong has ended, and is not waited for.
    let started = ContinuousClock.now + .seconds(2)
    while !isUp, ContinuousClock.now < started || process.any != nil, ContinuousClock.now < end {
      if let status = try? await connection.status() {
        isOther = status.chainID.octets != chainID.bytes
        hasBlock = status.height > 0
        isUp = !isOther && (hasBlock || !needsBlock)
      }
      if !isUp { try? await Task.sleep(for: .milliseconds(50)) }
    }
    await connection.close()
    guard !isOther else {
      throw Failure.refused(
        "\(node.url) serves another chain: stop that node, or create the network with another "
          + "--base-port")
    }
    guard isUp else {
      throw Failure.unreachable("\(node.name) did not start: see \(log.path)")
    }
    return hasBlock
  }

  /// Stops the node.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool {
    guard let pid = process.recorded else { return false }
    kill(pid, SIGTERM)
    let end = ContinuousClock.now + Self.patience
    while process.isNode(pid), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
    guard !process.isNode(pid) else {
      throw Failure.refused(
        "\(node.name) (process \(pid)) does not stop: see \(log.path); 'kill -9 \(pid)' loses "
          + "nothing that was acknowledged")
    }
    return true
  }

  /// Starts the program beside this one, in a session of its own so that it outlives the terminal.
  private func launch() throws {
    let program = try Self.program()
    if !FileManager.default.fileExists(atPath: log.path) { try Files.write([], to: log) }
    guard let output = FileHandle(forWritingAtPath: log.path) else {
      throw Failure.refused("cannot write \(log.path)")
    }
    output.seekToEndOfFile()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    process.arguments = ["--fork", program.path, "run", "--home", home.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    // Not waited for: Foundation would wait for the node as well, which inherits its monitor.
  }

  private static func program() throws -> URL {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let program = own.deletingLastPathComponent().appending(path: "yilian-node")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw Failure.usage("\(program.path) is missing: install yilian-node beside yilian")
    }
    return program
  }
}
