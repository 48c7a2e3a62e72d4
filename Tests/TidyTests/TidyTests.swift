import Foundation
import Testing

/// Rules about the source text itself.
@Suite struct TidyTests {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Folders of targets that must give the same effects for the same events, on every machine.
  static let machines = [
    "Sources/Merkle", "Sources/LedgerModel", "Sources/LightVerifier", "Sources/ContractEngine",
    "contracts", "Sources/Execution", "Sources/TransactionPool", "Sources/Consensus",
  ]

  /// Words that bring in time, chance, threads or the outside world.
  static let impure = [
    "import NIO", "import Dispatch", "import Glibc", "Date()", ".random(in:",
    "SystemRandomNumberGenerator", "ContinuousClock", "Task {", "@unchecked Sendable",
    "randomBytes(",
  ]

  /// Files that may use Foundation all the same: `Data` of generated messages, and genesis JSON.
  static let foundationAllowed = ["FieldChecks.swift", "Genesis.swift"]

  @Test("Machines use no clock, thread, socket or hidden chance", arguments: machines)
  func machinesArePure(_ folder: String) throws {
    let files = try sources(under: folder)
    #expect(!files.isEmpty, "\(folder) has sources")
    for (file, text) in files {
      for word in Self.impure {
        #expect(!text.contains(word), "\(folder)/\(file): \(word)")
      }
      let name = URL(filePath: file).lastPathComponent
      if !Self.foundationAllowed.contains(name) {
        #expect(!text.contains("import Foundation"), "\(folder)/\(file): import Foundation")
      }
    }
  }

  @Test("Shipped sources have no unfinished spots and no traps for what the world can cause")
  func shippedSourcesAreFinished() throws {
    let banned = ["TODO", "FIXME", "XXX", "HACK", "try!", " as! ", "fatalError(", "unimplemented"]
    for folder in ["Sources", "contracts"] {
      for (file, text) in try sources(under: folder) {
        for word in banned {
          #expect(!text.contains(word), "\(folder)/\(file): \(word)")
        }
      }
    }
  }

  @Test("No source line is longer than 100 columns")
  func linesAreShort() throws {
    for folder in ["Sources", "contracts", "Tests"] {
      for (file, text) in try sources(under: folder) {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
          .enumerated()
        where line.count > 100 {
          // Golden bytes and vectors stand in one piece.
          if folder == "Tests", line.contains("\"") { continue }
          Issue.record("\(folder)/\(file):\(number + 1) has \(line.count) columns")
        }
      }
    }
  }

  @Test("Every rule that a source names is written in the specification")
  func namedSpecFilesExist() throws {
    let reference = /docs\/spec\/([0-9]{2}-[a-z-]+\.md)/
    for folder in ["Sources", "contracts"] {
      for (file, text) in try sources(under: folder) {
        for match in text.matches(of: reference) {
          let path = Self.root.appending(path: "docs/spec/\(match.1)").path
          #expect(FileManager.default.fileExists(atPath: path), "\(folder)/\(file): \(match.0)")
        }
      }
    }
  }

  /// Swift sources, generated ones left out.
  private func sources(under folder: String) throws -> [(file: String, text: String)] {
    let base = Self.root.appending(path: folder)
    let found = try #require(FileManager.default.enumerator(atPath: base.path))
    return try found.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".swift") && !$0.contains("Generated/") }
      .sorted()
      .map { ($0, try String(contentsOf: base.appending(path: $0), encoding: .utf8)) }
  }
}
