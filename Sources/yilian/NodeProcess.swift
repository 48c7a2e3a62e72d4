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

  /// Starts the node unless it runs.
  func launchUnlessRunning() throws {
    if let pid = runningPID() {
      Terminal.error("\(node.name) runs already (process \(pid))")
    } else {
      try launch()
    }
  }

  /// Returns when the node answers and its chain has a block.
  func waitUntilAdvancing() async throws {
    let chainID = try Genesis(document: Files.read(folder.genesis)).chainID
    let connection = try NodeConnection(url: node.url, timeout: .seconds(2))
    var advances = false
    var isOther = false
    let end = ContinuousClock.now + Self.patience
    // A node that found something wrong has ended, and is not waited for.
    let started = ContinuousClock.now + .seconds(2)
    while !advances, ContinuousClock.now < started || isAlive(), ContinuousClock.now < end {
      if let status = try? await connection.status() {
        isOther = status.chainID.octets != chainID.bytes
        advances = !isOther && status.height > 0
      }
      if !advances { try? await Task.sleep(for: .milliseconds(50)) }
    }
    await connection.close()
    guard !isOther else {
      throw Failure.refused(
        "\(node.url) serves another chain: stop that node, or create the network with another "
          + "--base-port")
    }
    guard advances else {
      throw Failure.unreachable("\(node.name) did not start: see \(log.path)")
    }
  }

  /// Stops the node.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool {
    guard let pid = runningPID() else { return false }
    kill(pid, SIGTERM)
    let end = ContinuousClock.now + Self.patience
    while isNode(pid), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
    guard !isNode(pid) else {
      throw Failure.refused(
        "\(node.name) (process \(pid)) does not stop: see \(log.path); 'kill -9 \(pid)' loses "
          + "nothing that was acknowledged")
    }
    return true
  }

  /// The process, if it runs and is this node: a stale pid file may name another program.
  private func runningPID() -> pid_t? {
    let file = home.appending(path: "node.pid")
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1, isNode(pid)
    else { return nil }
    return pid
  }

  /// Whether a process of this node is there, be it one that has not written its pid file yet.
  private func isAlive() -> Bool {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.contains(where: isNode)
  }

  /// Whether the process runs, and is `yilian-node` with this home.
  private func isNode(_ pid: pid_t) -> Bool {
    guard let commandLine = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else {
      return false
    }
    let words = commandLine.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard words.contains(where: { $0.hasSuffix("yilian-node") }) else { return false }
    let named = zip(words, words.dropFirst()).first { $0.0 == "--home" }?.1
    guard
      let path = named
        ?? words.first(where: { $0.hasPrefix("--home=") }).map({ String($0.dropFirst(7)) })
    else { return false }
    let current = URL(filePath: "/proc/\(pid)/cwd").resolvingSymlinksInPath()
    let folder = URL(filePath: path, directoryHint: .isDirectory, relativeTo: current)
    return folder.absoluteURL.resolvingSymlinksInPath().path
      == home.absoluteURL.resolvingSymlinksInPath().path
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
