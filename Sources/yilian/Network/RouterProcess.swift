internal import Foundation
internal import LedgerClient
internal import NetworkLayout

/// A router of a folder of several chains as a process of this machine.
struct RouterProcess {
  let configuration: RouterConfiguration
  private let process: HomeProcess

  init(_ name: String, in folder: ChainsFolder) throws {
    let home = folder.home(ofRouter: name)
    configuration = try RouterConfiguration(home: home)
    process = HomeProcess(home: home, program: .router)
  }

  var name: String { configuration.name }

  /// Starts the router unless it runs.
  func launchUnlessRunning() throws { try process.launchUnlessRunning(name) }

  /// Stops the router.
  /// - Returns: Whether it ran.
  func stop() async throws -> Bool { try await process.stop(name) }

  /// Returns when the router says that it works.
  func waitUntilUp() async throws {
    var isUp = false
    await process.wait {
      isUp = await self.isUp()
      return isUp
    }
    guard isUp else {
      throw Failure.unreachable("\(name) did not start: see \(process.log.path)")
    }
  }

  /// Whether the router says that it works.
  func isUp() async -> Bool {
    guard
      let connection = try? NodeConnection(url: configuration.statusURL, timeout: .seconds(2))
    else { return false }
    let isHealthy = await connection.isHealthy()
    await connection.close()
    return isHealthy
  }
}
