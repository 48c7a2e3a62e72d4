internal import NetworkLayout

/// All nodes of a network folder as processes of this machine.
struct NetworkNodes {
  private let first: [NodeProcess]
  private let joined: [NodeProcess]
  /// What stands before a node's name, where there are several chains.
  private let prefix: String

  /// A joined node's home that cannot be read is named and left out.
  init(_ folder: NetworkFolder, prefix: String = "") throws {
    first = try folder.readManifest().nodes.map { NodeProcess(folder: folder, node: $0) }
    let (nodes, faults) = try folder.joinedNodes()
    for fault in faults { Terminal.error("yilian: left out: \(fault)") }
    joined = nodes.map { NodeProcess(folder: folder, node: $0) }
    self.prefix = prefix
  }

  var all: [NetworkManifest.Node] { (first + joined).map(\.node) }

  /// Starts those that do not run, without waiting: a chain advances only with a quorum of them.
  func launch() throws {
    for process in first + joined { try process.launchUnlessRunning() }
  }

  /// Returns when all are up, and the first have a block.
  func waitUntilUp() async throws {
    for process in first {
      _ = try await process.waitUntilUp()
      Terminal.print("\(prefix)\(process.node.name) is up at \(process.node.url)")
    }
    for process in joined {
      let hasBlock = try await process.waitUntilUp(needsBlock: false)
      Terminal.print(
        "\(prefix)\(process.node.name) is up at \(process.node.url)"
          + (hasBlock ? "" : ", without a block yet: see 'yilian network status --why'"))
    }
  }

  func stop() async throws {
    for process in first + joined {
      let wasRunning = try await process.stop()
      Terminal.print(
        "\(prefix)\(process.node.name) \(wasRunning ? "stopped" : "was not running")")
    }
  }
}
