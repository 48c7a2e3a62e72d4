import BuiltinContracts
import Cryptography
import Execution
import Foundation
import LedgerModel
import LedgerStore
import RocksStorage

/// A data directory that a version wrote, with its genesis document and what it must say:
/// `Tests/Fixtures/ledgers/<version>-<suite>`.
struct KeptLedger {
  let name: String
  let genesis: Genesis
  /// One line for each height.
  let expected: String

  private static let root = Fixtures.root.appending(path: "ledgers")
  /// RocksDB's own notes and lock, which say nothing of the ledger.
  private static let left = ["LOG", "LOCK"]

  /// The names of all that are kept.
  static func all() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
  }

  init(_ name: String) throws {
    self.name = name
    let folder = Self.root.appending(path: name)
    genesis = try Genesis(
      document: [UInt8](try Data(contentsOf: folder.appending(path: "genesis.json"))))
    expected = try String(contentsOf: folder.appending(path: "expected.txt"), encoding: .utf8)
  }

  /// Gives `body` the ledger, opened in a copy of the directory.
  func open(_ body: (Ledger) throws -> Void) throws {
    try Self.inTemporaryFolder { folder in
      let data = folder.appending(path: "data")
      try FileManager.default.copyItem(
        at: Self.root.appending(path: name).appending(path: "data"), to: data)
      try body(Self.ledger(genesis, data))
    }
  }

  /// Writes a directory of this version, unless one of this name is kept already.
  static func write(_ name: String, _ suite: SuiteID) throws {
    let folder = root.appending(path: name)
    guard !FileManager.default.fileExists(atPath: folder.path) else { return }
    try inTemporaryFolder { temporary in
      let data = temporary.appending(path: "data")
      let genesis = try FixtureChain.write(
        suite, into: RocksStore(path: data.path, tables: Tables.all))
      // Opened again, so that all is in sorted files and the write-ahead log is empty.
      let expected = try Self.ledger(genesis, data).lines()
      for file in try FileManager.default.contentsOfDirectory(atPath: data.path)
      where left.contains(where: file.hasPrefix) {
        try FileManager.default.removeItem(at: data.appending(path: file))
      }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(genesis.document).write(to: folder.appending(path: "genesis.json"))
      try Data(expected.utf8).write(to: folder.appending(path: "expected.txt"))
      try FileManager.default.copyItem(at: data, to: folder.appending(path: "data"))
    }
  }

  private static func ledger(_ genesis: Genesis, _ data: URL) throws -> Ledger {
    try Ledger(
      store: RocksStore(path: data.path, tables: Tables.all), genesis: genesis,
      genesisState: BlockExecutor.genesisState(genesis))
  }

  private static func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kept-ledger-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}

extension Ledger {
  /// What a kept directory must say: for each height the header's hash (of height 0 the chain id),
  /// the roots after it, the size of the log, the epoch, and whether it has its own certificate.
  func lines() throws -> String {
    var lines = ""
    for height in 0...executed.height {
      guard let state = try executed(at: height) else { break }
      let block = try block(at: height)
      lines += [
        "\(height)", block?.header.hash.hex ?? genesis.chainID.hex, state.indexRoot.hex,
        state.logRoot.hex, "\(state.logSize)", "\(block?.header.epoch ?? 0)",
        block?.finalization == nil ? "-" : "certified",
      ].joined(separator: " ") + "\n"
    }
    return lines
  }
}
