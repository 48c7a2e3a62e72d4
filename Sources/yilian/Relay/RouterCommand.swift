internal import ArgumentParser
internal import Foundation
internal import NetworkLayout

struct RouterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "router", abstract: "Runs a router between chains, and shows how routers do.",
    subcommands: [Run.self, Status.self])
}

extension RouterCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs the router of a home folder in the foreground: the program yilian-router.")

    @Option(help: "The router's home: the folder with its router.json.")
    var home: String

    func run() throws { try HomeProgram.router.become(["run", "--home", home]) }
  }

  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows of each router its channels, and what they wait for.")

    @Option(help: "The folder of several chains, as 'yilian network create --manifest' made it.")
    var dir: String?

    @Option(help: "The home of one router: the folder with its router.json.")
    var home: String?

    @Flag(help: "Say in one line per channel what it waits for.")
    var why = false

    @Flag(help: "One JSON document on standard output.")
    var json = false

    func validate() throws {
      guard (dir == nil) != (home == nil) else {
        throw ValidationError("Name the routers: either --dir DIR or --home HOME.")
      }
    }

    func run() async throws {
      do {
        var routers: [RouterStatus] = []
        for configuration in try configurations() {
          routers.append(try await RouterStatus(of: configuration))
        }
        if json { try Terminal.json(routers) } else { RouterStatus.show(routers, why: why) }
        guard routers.contains(where: \.up) else {
          throw Failure.unreachable("no router is up")
        }
      } catch {
        throw Failure(error)
      }
    }

    private func configurations() throws -> [RouterConfiguration] {
      if let home {
        return [try RouterConfiguration(home: URL(filePath: home, directoryHint: .isDirectory))]
      }
      let folder = ChainsFolder(dir ?? "")
      return try folder.readManifest().routers.map {
        try RouterConfiguration(home: folder.home(ofRouter: $0.name))
      }
    }
  }
}
