internal import ArgumentParser
internal import Cryptography
internal import LedgerClient
internal import LedgerModel

/// Shows who votes on blocks and who follows, as proven now.
struct ShowNodes: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nodes", abstract: "Shows the validators and observers with their keys, proven.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "One JSON document on standard output.")
  var json = false

  struct View: Encodable {
    struct Node: Encodable {
      var name: String
      var role: String
      var key: String
    }

    var epoch: UInt64
    var nodes: [Node]
    var provenHeight: UInt64
    var headerHash: String
  }

  func run() async throws {
    try await withLedger(connection) { ledger in
      let (record, answer) = try await ledger.nodes()
      let view = View(
        epoch: record.epoch,
        nodes: record.validators.validators.map { Self.node($0, "validator") }
          + record.observers.nodes.map { Self.node($0, "observer") },
        provenHeight: answer.header.executed.height, headerHash: answer.header.hash.hex)
      if json { return try Terminal.json(view) }
      let rows = [["NODE", "ROLE", "KEY"]] + view.nodes.map { [$0.name, $0.role, $0.key] }
      for line in Terminal.table(rows) { Terminal.print(line) }
      Terminal.print(
        "proven  epoch \(view.epoch), state of height \(view.provenHeight), "
          + "header \(view.headerHash)")
    }
  }

  private static func node(_ node: Validator, _ role: String) -> View.Node {
    View.Node(name: node.name, role: role, key: node.publicKey.encoded.hex)
  }
}
