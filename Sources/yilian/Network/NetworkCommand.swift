internal import ArgumentParser
internal import Foundation
internal import NetworkLayout

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Makes, starts, watches and stops a network, or several with their routers.",
    subcommands: [Create.self, Start.self, Status.self, Stop.self])
}

extension NetworkCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes the folder of a new network: genesis document, nodes, members, keys.",
      discussion: """
        With --manifest, the folder holds several chains, each a network folder of its own, and \
        the homes of the routers between them; 'yilian network start' then links the chains and \
        opens the manifest's channels as well.
        """)

    @Option(help: "The folder to make; it must not exist or be empty.")
    var dir: String

    @Option(help: "Validators, 1 to 31: with 3f + 1 of them, f may fail. (default: 4)")
    var nodes: Int?

    @Option(help: "Nodes that follow without a vote, 0 to 64. (default: 0)")
    var observers: Int?

    @Option(help: "Cryptography: sm, intl or nist. (default: sm)")
    var suite: String?

    @Option(help: "The chain's name. (default: province)")
    var name: String?

    @Option(help: "Port of the first node's client API; the others follow.")
    var basePort = 7_100

    @Option(help: "Organisations and members, as in network/province.json.")
    var participants: String?

    @Option(help: "Several chains and their routers, as in network/three-chains.json.")
    var manifest: String?

    func validate() throws {
      let isOfOneChain =
        nodes != nil || observers != nil || suite != nil || name != nil || participants != nil
      guard manifest == nil || !isOfOneChain else {
        throw ValidationError("--manifest describes the chains: with it, name only the ports.")
      }
    }

    func run() async throws {
      do {
        if let manifest {
          try ChainsCreation(
            folder: ChainsFolder(dir), manifest: ChainsManifest(file: URL(filePath: manifest)),
            basePort: basePort
          ).create()
        } else {
          try NetworkCreation(
            folder: NetworkFolder(dir), name: name ?? "province", suite: suite ?? "sm",
            nodes: nodes ?? 4, observers: observers ?? 0, basePort: basePort,
            participants: participants.map { try Participants(file: URL(filePath: $0)) }
              ?? .province
          ).create()
        }
        Terminal.print("made \(URL(filePath: dir, directoryHint: .isDirectory).path)")
        Terminal.print("start it with: yilian network start --dir \(dir)")
      } catch {
        throw Failure(error)
      }
    }
  }

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Starts the nodes in the background; returns when the chain advances.",
      discussion: """
        In a folder made from a manifest it starts all chains, links them and opens their channels \
        as far as this is not done, and starts the routers.
        """)

    @Option(help: "The network's folder.")
    var dir: String

    func run() async throws {
      do {
        if let chains = try ChainsNetwork(ifIn: dir) {
          try await chains.start()
        } else {
          let nodes = try NetworkNodes(NetworkFolder(dir))
          try nodes.launch()
          try await nodes.waitUntilUp()
        }
      } catch {
        throw Failure(error)
      }
    }
  }

  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stops the nodes, and the routers.")

    @Option(help: "The network's folder.")
    var dir: String

    func run() async throws {
      do {
        if let chains = try ChainsNetwork(ifIn: dir) {
          try await chains.stop()
        } else {
          try await NetworkNodes(NetworkFolder(dir)).stop()
        }
      } catch {
        throw Failure(error)
      }
    }
  }
}
