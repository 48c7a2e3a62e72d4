public import ArgumentParser
internal import Foundation
public import Logging
internal import RouterAssembly
internal import ServiceLifecycle
internal import UnixSignals

/// The router program: runs one router in the foreground, until SIGTERM or SIGINT.
@main
struct YilianRouter: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "yilian-router", abstract: "Carries packets between chains, beside one of them.",
    version: Router.version, subcommands: [Run.self])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      // Wrong usage is exit code 2 in every program of the project.
      let isUsage = exitCode(for: error) == .validationFailure
      if isUsage {
        FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
        Foundation.exit(2)
      }
      Self.exit(withError: error)
    }
  }
}

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs the router of a home folder in the foreground.")

  @Option(help: "The router's home: the folder with its router.json.")
  var home: String

  @Option(help: "Least severe messages to log: debug, info, notice, warning, error.")
  var log: Logger.Level = .info

  func run() async throws {
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    var logger = Logger(label: "yilian-router")
    logger.logLevel = log
    let folder = URL(filePath: home, directoryHint: .isDirectory)
    do {
      let router = try Router(home: folder, logger: logger)
      let pidFile = folder.appending(path: "router.pid")
      try Data("\(ProcessInfo.processInfo.processIdentifier)\n".utf8).write(to: pidFile)
      defer { try? FileManager.default.removeItem(at: pidFile) }
      let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
          services: [.init(service: router)], gracefulShutdownSignals: [.sigterm, .sigint],
          logger: logger))
      try await group.run()
    } catch {
      logger.critical("router cannot run", metadata: ["reason": "\(error)"])
      FileHandle.standardError.write(Data("yilian-router: \(error)\n".utf8))
      throw ExitCode(1)
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
