internal import Cryptography
internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import NetworkLayout
internal import Wire

/// A node of a network folder as a process of this machine.
struct NodeProcess {
  let folder: NetworkFolder
  let node: NetworkManifest.Node

  private var process: HomeProcess { HomeProcess(home: folder.url.appending(path: node.home)) }

  /// Starts the node unless it runs.
  func launchUnlessRunning() throws { try process.launchUnlessRunning(node.name) }

  /// Stops the node.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool { try await process.stop(node.name) }

  /// Returns when the node answers and its chain has a block.
  /// - Parameter needsBlock: One that nobody links yet has none, and is up all the same.
  /// - Returns: Whether it has a block.
  func waitUntilUp(needsBlock: Bool = true) async throws -> Bool {
    let chainID = try Genesis(document: Files.read(folder.genesis)).chainID
    let connection = try NodeConnection(url: node.url, timeout: .seconds(2))
    var isUp = false
    var hasBlock = false
    var isOther = false
    await process.wait {
      if let status = try? await connection.status() {
        isOther = status.chainID.octets != chainID.bytes
        hasBlock = status.height > 0
        isUp = !isOther && (hasBlock || !needsBlock)
      }
      return isUp
    }
    await connection.close()
    guard !isOther else {
      throw Failure.refused(
        "\(node.url) serves another chain: stop that node, or create the network with another "
          + "--base-port")
    }
    guard isUp else {
      throw Failure.unreachable("\(node.name) did not start: see \(process.log.path)")
    }
    return hasBlock
  }
}
