internal import Foundation
internal import LedgerClient
internal import NetworkLayout

/// A router of a folder of several chains as a process of this machine.
struct RouterProcess {
  let name: String
  private let home: URL
  private var process: HomeProcess { HomeProcess(home: home, program: .router) }

  init(_ name: String, in folder: ChainsFolder) {
    self.name = name
    home = folder.home(ofRouter: name)
  }

  /// What the router is told at start.
  func configuration() throws -> RouterConfiguration { try RouterConfiguration(home: home) }

  /// Starts the router unless it runs.
  func launchUnlessRunning() throws { try process.launchUnlessRunning(name) }

  /// Stops the router.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool { try await process.stop(name) }

  /// Returns when the router says that it works.
  /// - Returns: Where it tells how it does.
  func waitUntilUp() async throws -> String {
    let url = try configuration().statusURL
    let connection = try NodeConnection(url: url, timeout: .seconds(2))
    var isUp = false
    await process.wait {
      isUp = await connection.isHealthy()
      return isUp
    }
    await connection.close()
    guard isUp else {
      throw Failure.unreachable("\(name) did not start: see \(process.log.path)")
    }
    return url
  }
}
