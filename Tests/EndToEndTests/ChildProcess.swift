import Foundation
import Glibc

/// A process that a test started and ends by its id.
final class ChildProcess: Sendable {
  private let process: Process
  private let end: Task<Int32, Never>

  /// - Parameter log: Where standard error goes, and standard output unless `output` is given.
  init(_ program: URL, _ arguments: [String], output: URL? = nil, log: URL) throws {
    process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let errors = try Self.appending(to: log)
    process.standardError = errors
    process.standardOutput = try output.map { try Self.appending(to: $0) } ?? errors
    let (ends, status) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { process in
      let isKilled = process.terminationReason == .uncaughtSignal
      status.yield(isKilled ? 128 + process.terminationStatus : process.terminationStatus)
      status.finish()
    }
    try process.run()
    end = Task {
      for await status in ends { return status }
      return -1
    }
  }

  var isRunning: Bool { process.isRunning }

  /// The exit code, or 128 and the signal that ended it.
  var status: Int32 { get async { await end.value } }

  func send(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  private static func appending(to file: URL) throws -> FileHandle {
    if !FileManager.default.fileExists(atPath: file.path) {
      try Data().write(to: file)
    }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    return handle
  }
}
