internal import ArgumentParser
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Makes, starts, watches and stops a network.",
    subcommands: [Create.self, Start.self, Status.self, Stop.self])
}

extension NetworkCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes the folder of a new network: genesis document, nodes, members, keys.")

    @Option(help: "The folder to make; it must not exist or be empty.")
    var dir: String

    @Option(help: "Validators, 1 to 31: with 3f + 1 of them, f may fail.")
    var nodes = 4

    @Option(help: "Nodes that follow without a vote, 0 to 64.")
    var observers = 0

    @Option(help: "Cryptography: sm, intl or nist.")
    var suite = "sm"

    @Option(help: "The chain's name.")
    var name = "province"

    @Option(help: "Port of the first node's client API; the others follow.")
    var basePort = 7_100

    @Option(help: "Organisations and members, as in network/province.json.")
    var participants: String?

    func run() async throws {
      do {
        let folder = try NetworkCreation(
          folder: NetworkFolder(dir), name: name, suite: suite, nodes: nodes,
          observers: observers, basePort: basePort,
          participants: participants.map { try Participants(file: URL(filePath: $0)) }
            ?? .province
        ).create()
        Terminal.print("made \(folder.url.path)")
        Terminal.print("start it with: yilian network start --dir \(dir)")
      } catch {
        throw Failure(error)
      }
    }
  }

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Starts the nodes in the background; returns when the chain advances.")

    @Option(help: "The network's folder.")
    var dir: String

    func run() async throws {
      do {
        let folder = NetworkFolder(dir)
        let first = try folder.readManifest().nodes.map { NodeProcess(folder: folder, node: $0) }
        let joined = try joinedNodes(in: folder).map { NodeProcess(folder: folder, node: $0) }
        // All first: a chain advances only with a quorum of them.
        for process in first + joined { try process.launchUnlessRunning() }
        for process in first {
          _ = try await process.waitUntilUp()
          Terminal.print("\(process.node.name) is up at \(process.node.url)")
        }
        for process in joined {
          let hasBlock = try await process.waitUntilUp(needsBlock: false)
          Terminal.print(
            "\(process.node.name) is up at \(process.node.url)"
              + (hasBlock ? "" : ", without a block yet: see 'yilian network status --why'"))
        }
      } catch {
        throw Failure(error)
      }
    }
  }

  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stops the nodes.")

    @Option(help: "The network's folder.")
    var dir: String

    func run() async throws {
      do {
        let folder = NetworkFolder(dir)
        for node in try folder.readManifest().nodes + joinedNodes(in: folder) {
          let wasRunning = try await NodeProcess(folder: folder, node: node).stop()
          Terminal.print("\(node.name) \(wasRunning ? "stopped" : "was not running")")
        }
      } catch {
        throw Failure(error)
      }
    }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows height, finality and who is up.")

    @Option(help: "The network's folder.")
    var dir: String

    @Flag(help: "Say in one line per node why the chain does not advance.")
    var why = false

    @Flag(help: "One JSON document on standard output.")
    var json = false

    struct Row: Encodable {
      var name: String
      var url: String
      var up: Bool
      var height: UInt64?
      var executedHeight: UInt64?
      var provenHeight: UInt64?
      var newestBlockMsAgo: UInt64?
      var waiting: UInt64?
      var residentBytes: UInt64?
      var diskBytes: UInt64?
      var why: String
    }

    func run() async throws {
      var rows: [Row] = []
      do {
        let folder = NetworkFolder(dir)
        for node in try folder.readManifest().nodes + joinedNodes(in: folder) {
          rows.append(try await row(of: node))
        }
      } catch {
        throw Failure(error)
      }
      if json { try Terminal.json(rows) } else { show(rows) }
      if !rows.contains(where: \.up) {
        throw Failure.unreachable(
          "no node is up: start them with 'yilian network start --dir \(dir)'")
      }
    }

    private func row(of node: NetworkManifest.Node) async throws -> Row {
      let connection = try NodeConnection(url: node.url, timeout: .seconds(5))
      var row = Row(name: node.name, url: node.url, up: false, why: "does not answer")
      do {
        let status = try await connection.status()
        row.up = true
        row.height = status.height
        row.executedHeight = status.executedHeight
        row.provenHeight = status.provenHeight
        row.newestBlockMsAgo = max(nowMs(), status.timeMs) - status.timeMs
        row.waiting = status.poolTransactions
        row.residentBytes = status.residentBytes
        row.diskBytes = status.diskBytes
        row.why = status.why
      } catch {
        row.why = "\(LedgerClientFault.node(error))"
      }
      await connection.close()
      return row
    }

    private func show(_ rows: [Row]) {
      let header = ["NODE", "STATE", "HEIGHT", "PROVEN", "WAITING", "MEMORY", "DISK", "ADDRESS"]
      let lines: [[String]] = rows.map { row in
        let numbers: [String] = [row.height, row.provenHeight, row.waiting].map(Self.number)
        let sizes: [String] = [row.residentBytes, row.diskBytes].map(Self.megabytes)
        return [row.name, row.up ? "up" : "down"] + numbers + sizes + [row.url]
      }
      for line in Terminal.table([header] + lines) { Terminal.print(line) }
      if why { for row in rows { Terminal.print("\(row.name): \(row.why)") } }
    }

    private static func number(_ value: UInt64?) -> String { value.map { "\($0)" } ?? "-" }

    private static func megabytes(_ bytes: UInt64?) -> String {
      guard let bytes else { return "-" }
      return "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
    }
  }
}

/// The nodes that joined a network later; a home that cannot be read is named and left out.
private func joinedNodes(in folder: NetworkFolder) throws -> [NetworkManifest.Node] {
  let (nodes, faults) = try folder.joinedNodes()
  for fault in faults { Terminal.error("yilian: left out: \(fault)") }
  return nodes
}
