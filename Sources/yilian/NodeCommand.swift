internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import NetworkLayout

struct NodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "node", abstract: "Makes the home of a node that joins, and changes its key.",
    subcommands: [Create.self, Key.self])

  /// Opens a node's key file and refuses one of another suite than the chain's.
  static func open(
    _ keyFile: [UInt8], named key: String, _ passphrase: [UInt8], named passphraseFile: String,
    for chain: Genesis
  ) throws -> KeyFile {
    var passphrase = passphrase
    if passphrase.last == 0x0a { passphrase.removeLast() }
    let keys: KeyFile
    do throws(CryptographyFault) {
      keys = try KeyFile.decode(
        String(decoding: keyFile, as: UTF8.self), passphrase: SecretBytes(copying: passphrase))
    } catch .wrongPassphrase {
      throw Failure.refused("the passphrase in \(passphraseFile) does not open \(key)")
    } catch {
      throw Failure.refused("\(key) is not a usable key file: \(error)")
    }
    guard keys.identity.suite == chain.suiteID else {
      throw Failure.usage(
        "\(key) is of suite \(keys.identity.suite.name), the chain's is \(chain.suiteID.name)")
    }
    return keys
  }
}

extension NodeCommand {
  /// The home holds copies of all that the node needs, so that it can be moved to its machine.
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a node's home: configuration, genesis document, key.",
      discussion: """
        The network links a node only if its key is registered: propose it with 'yilian \
        governance propose ID --add-observer NAME KEY', and as a validator once it has caught up. \
        Keys of validators that are newer than the genesis document: 'yilian governance nodes'.
        """)

    @Option(help: "The home to make; it must not exist or be empty.")
    var dir: String

    @Option(help: "The node's name (that of the key file without this).")
    var name: String?

    @Option(help: "The chain's genesis document.")
    var genesis: String

    @Option(help: "The node's key file, as 'yilian key create' made it.")
    var key: String

    @Option(help: "File that holds the key file's passphrase.")
    var passphraseFile: String

    @Option(help: "Where the client API listens.")
    var apiHost = "127.0.0.1"

    @Option(help: "Port of the client API.")
    var apiPort: Int

    @Option(help: "Where links of other nodes are accepted.")
    var linkHost = "127.0.0.1"

    @Option(help: "Port for links of other nodes.")
    var linkPort: Int

    @Option(help: "NAME=HOST:PORT of a validator's links, =KEY if newer than genesis; each once.")
    var peer: [String]

    func run() async throws {
      do {
        let home = URL(filePath: dir, directoryHint: .isDirectory)
        let existing = try? FileManager.default.contentsOfDirectory(atPath: home.path)
        guard existing?.isEmpty ?? true else { throw LayoutFault.exists(path: home.path) }
        for (option, port) in [("--api-port", apiPort), ("--link-port", linkPort)]
        where !(1...65_535 ~= port) {
          throw Failure.usage("\(option) is \(port): use 1 to 65535")
        }
        let peers = try peer.map(Self.peer)
        let document = try Files.read(URL(filePath: genesis))
        let keyFile = try Files.read(URL(filePath: key))
        let passphrase = try Files.read(URL(filePath: passphraseFile))
        let keys = try NodeCommand.open(
          keyFile, named: key, passphrase, named: passphraseFile,
          for: try Genesis(document: document))
        var configuration = NodeConfiguration(
          name: name ?? keys.identity.name, apiHost: apiHost, apiPort: apiPort,
          linkHost: linkHost, linkPort: linkPort, peers: peers)
        configuration.genesis = "genesis.json"
        configuration.passphrase = "passphrase"
        try Files.write(document, to: home.appending(path: configuration.genesis))
        try Files.write(keyFile, to: home.appending(path: configuration.key), isSecret: true)
        try Files.write(
          passphrase, to: home.appending(path: configuration.passphrase), isSecret: true)
        try configuration.write(home: home)
        Terminal.print("made \(home.path)")
        Terminal.print("start it with: yilian-node run --home \(dir)")
      } catch {
        throw Failure(error)
      }
    }

    /// Reads `name=host:port` or `name=host:port=key`; an IPv6 host may stand in brackets.
    private static func peer(_ text: String) throws -> NodeConfiguration.Peer {
      let parts = text.split(separator: "=").map(String.init)
      guard 2...3 ~= parts.count, let colon = parts[1].lastIndex(of: ":"),
        let port = Int(parts[1][parts[1].index(after: colon)...]), 1...65_535 ~= port,
        parts.count == 2 || [UInt8](hex: parts[2]) != nil
      else {
        throw Failure.usage("--peer is '\(text)': use NAME=HOST:PORT or NAME=HOST:PORT=KEY")
      }
      let host = parts[1][..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
      return NodeConfiguration.Peer(
        name: parts[0], host: host, port: port, key: parts.count == 3 ? parts[2] : nil)
    }
  }
}
