internal import Foundation
internal import Glibc
internal import LedgerClient
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

  /// Starts the node unless it runs, and returns when its chain has a block.
  func start() async throws {
    if let pid = runningPID() {
      Terminal.error("\(node.name) runs already (process \(pid))")
    } else {
      try launch()
    }
    let connection = try NodeConnection(url: node.url, timeout: .seconds(2))
    let advances = await wait {
      guard runningPID() != nil else { return false }
      return (try? await connection.status().height) ?? 0 > 0
    }
    await connection.close()
    guard advances else {
      throw Failure.unreachable("\(node.name) did not start: see \(log.path)")
    }
  }

  /// Stops the node.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool {
    guard let pid = runningPID() else { return false }
    kill(pid, SIGTERM)
    guard await wait({ runningPID() == nil }) else {
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
      let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1,
      let commandLine = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")),
      String(decoding: commandLine, as: UTF8.self).contains("yilian-node")
    else { return nil }
    return pid
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
    process.arguments = [program.path, "run", "--home", home.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  private static func program() throws -> URL {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let program = own.deletingLastPathComponent().appending(path: "yilian-node")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw Failure.usage("\(program.path) is missing: install yilian-node beside yilian")
    }
    return program
  }

  private func wait(_ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      if await condition() { return true }
      // A node that ended at once is found by its missing process, after it had time to start.
      try? await Task.sleep(for: .milliseconds(50))
    }
    return false
  }
}
