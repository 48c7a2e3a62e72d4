internal import ArgumentParser
internal import LedgerClient
internal import NetworkLayout
internal import Wire

extension NetworkCommand {
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows height, finality and who is up.")

    @Option(help: "The network's folder.")
    var dir: String

    @Flag(help: "Say in one line per node why the chain does not advance.")
    var why = false

    @Flag(help: "One JSON document on standard output.")
    var json = false

    func run() async throws {
      do {
        if let chains = try ChainsNetwork(ifIn: dir) {
          let view = try await chains.status()
          if json { try Terminal.json(view) } else { view.show(why: why) }
          try expect(view.chains.contains { $0.nodes.contains(where: \.up) })
        } else {
          let rows = try await NodeStatus.all(in: NetworkFolder(dir))
          if json { try Terminal.json(rows) } else { NodeStatus.show(rows, why: why) }
          try expect(rows.contains(where: \.up))
        }
      } catch {
        throw Failure(error)
      }
    }

    private func expect(_ anyIsUp: Bool) throws {
      guard anyIsUp else {
        throw Failure.unreachable(
          "no node is up: start them with 'yilian network start --dir \(dir)'")
      }
    }
  }
}

/// How a node of a network folder does.
struct NodeStatus: Encodable {
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

  static func all(in folder: NetworkFolder) async throws -> [NodeStatus] {
    var rows: [NodeStatus] = []
    for node in try NetworkNodes(folder).all { rows.append(try await NodeStatus(of: node)) }
    return rows
  }

  private init(of node: NetworkManifest.Node) async throws {
    let connection = try NodeConnection(url: node.url, timeout: .seconds(5))
    name = node.name
    url = node.url
    do {
      let status = try await connection.status()
      up = true
      height = status.height
      executedHeight = status.executedHeight
      provenHeight = status.provenHeight
      newestBlockMsAgo = max(nowMs(), status.timeMs) - status.timeMs
      waiting = status.poolTransactions
      residentBytes = status.residentBytes
      diskBytes = status.diskBytes
      why = status.why
    } catch {
      up = false
      why = "\(LedgerClientFault.node(error))"
    }
    await connection.close()
  }

  /// - Parameter why: Whether to say of each node what it does or waits for.
  static func show(_ rows: [NodeStatus], why: Bool) {
    let header = ["NODE", "STATE", "HEIGHT", "PROVEN", "WAITING", "MEMORY", "DISK", "ADDRESS"]
    let lines: [[String]] = rows.map { row in
      let numbers: [String] = [row.height, row.provenHeight, row.waiting].map(number)
      let sizes: [String] = [row.residentBytes, row.diskBytes].map(megabytes)
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
