internal import Foundation
internal import Glibc
internal import NetworkLayout

/// A program that runs from a home folder.
enum HomeProgram: String {
  case node, router

  var executable: String { "yilian-\(rawValue)" }
}

/// The process that runs the program of a home on this machine, if there is one.
struct HomeProcess {
  let home: URL
  var program = HomeProgram.node

  var log: URL { home.appending(path: "\(program).log") }

  /// The process that the pid file names, if it runs and is this home's: a stale file may name
  /// another program.
  var recorded: pid_t? {
    let file = home.appending(path: "\(program).pid")
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1, isOurs(pid)
    else { return nil }
    return pid
  }

  /// A process of this home, be it one that has not written its pid file yet.
  var any: pid_t? {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.first(where: isOurs)
  }

  /// Whether the process runs, and is the program with this home.
  private func isOurs(_ pid: pid_t) -> Bool {
    guard let commandLine = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else {
      return false
    }
    let words = commandLine.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard words.contains(where: { $0.hasSuffix(program.executable) }) else { return false }
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
}

// Starting and stopping.
extension HomeProcess {
  /// How long a program may take to start or stop.
  static let patience = Duration.seconds(60)

  /// Starts the program unless it runs.
  func launchUnlessRunning(_ name: String) throws {
    if let pid = recorded {
      Terminal.error("\(name) runs already (process \(pid))")
    } else {
      try launch()
    }
  }

  /// Returns when the program is ready, has ended, or took too long.
  func wait(until isReady: () async -> Bool) async {
    let end = ContinuousClock.now + Self.patience
    // One that found something wrong has ended, and is not waited for.
    let started = ContinuousClock.now + .seconds(2)
    while await !isReady(), ContinuousClock.now < started || any != nil, ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Stops the program.
  /// - Returns: Whether it ran.
  func stop(_ name: String) async throws -> Bool {
    guard let pid = recorded else { return false }
    kill(pid, SIGTERM)
    let end = ContinuousClock.now + Self.patience
    while isOurs(pid), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(50))
    }
    guard !isOurs(pid) else {
      throw Failure.refused(
        "\(name) (process \(pid)) does not stop: see \(log.path); 'kill -9 \(pid)' loses "
          + "nothing that was acknowledged")
    }
    return true
  }

  /// Starts the program beside this one, in a session of its own so that it outlives the terminal.
  private func launch() throws {
    let executable = try program.installed()
    if !FileManager.default.fileExists(atPath: log.path) { try Files.write([], to: log) }
    guard let output = FileHandle(forWritingAtPath: log.path) else {
      throw Failure.refused("cannot write \(log.path)")
    }
    output.seekToEndOfFile()
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setsid")
    process.arguments = ["--fork", executable.path, "run", "--home", home.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    // Not waited for: Foundation would wait for the program as well, which inherits its monitor.
  }
}

extension HomeProgram {
  /// The program beside this one.
  fileprivate func installed() throws -> URL {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    let path = own.deletingLastPathComponent().appending(path: executable)
    guard FileManager.default.isExecutableFile(atPath: path.path) else {
      throw Failure.usage("\(path.path) is missing: install \(executable) beside yilian")
    }
    return path
  }

  /// Goes on as this program, in the foreground. Returns only if that is not possible.
  func become(_ arguments: [String]) throws {
    let path = try installed().path
    var words = ([path] + arguments).map { strdup($0) }
    words.append(nil)
    execv(path, words)
    let reason = String(cString: strerror(errno))
    for word in words { free(word) }
    throw Failure.refused("cannot run \(path): \(reason)")
  }
}
