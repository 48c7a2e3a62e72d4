import Foundation
import Testing

/// The programs, which the build puts beside the test bundle.
enum Programs {
  static let yilian = beside("yilian")
  static let node = beside("yilian-node")
  static let router = beside("yilian-router")

  private static func beside(_ name: String) -> URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: name)
  }

  /// Longest time of one command: far more than any needs on a slow machine.
  private static let patience = Duration.seconds(90)

  /// Runs `yilian` to its end.
  static func yilian(_ arguments: String...) async throws -> Outcome {
    try await run(yilian, arguments)
  }

  /// Runs `yilian` to its end, and expects it to succeed.
  static func succeed(_ arguments: String...) async throws {
    let outcome = try await run(yilian, arguments)
    try #require(outcome.status == 0, "yilian \(arguments.joined(separator: " ")): \(outcome)")
  }

  /// Runs a program to its end.
  static func run(_ program: URL, _ arguments: [String]) async throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "yilian-run-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, log) = (folder.appending(path: "output"), folder.appending(path: "error"))
    let child = try ChildProcess(program, arguments, output: output, log: log)
    let guardian = Task {
      try await Task.sleep(for: patience)
      child.send(SIGKILL)
    }
    let status = await child.status
    guardian.cancel()
    return Outcome(
      status: status, output: try String(contentsOf: output, encoding: .utf8),
      error: try String(contentsOf: log, encoding: .utf8))
  }
}

/// What a program said and how it ended.
struct Outcome: Sendable, CustomStringConvertible {
  let status: Int32
  let output: String
  let error: String

  var description: String { "exit \(status)\n\(output)\(error)" }

  /// Standard output, which must be one JSON document and nothing else.
  func json() throws -> JSON { JSON(try JSONSerialization.jsonObject(with: Data(output.utf8))) }
}

/// A JSON document, looked into by path.
struct JSON {
  private let value: Any?

  init(_ value: Any?) { self.value = value }

  subscript(key: String) -> JSON { JSON((value as? [String: Any])?[key]) }
  subscript(index: Int) -> JSON {
    let items = all
    return items.indices.contains(index) ? items[index] : JSON(nil)
  }

  var all: [JSON] { (value as? [Any])?.map { JSON($0) } ?? [] }
  var text: String? { value as? String }
  var number: Int? { (value as? NSNumber)?.intValue }
  var bool: Bool? { value as? Bool }
}
