internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import LedgerModel
internal import NetworkLayout

extension NodeCommand {
  /// The new key lies beside the old one; writing `node.json`, in one step, is what changes it.
  struct Key: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Gives a stopped node another key; the old one stays in its home.",
      discussion: """
        First make the key with 'yilian key create', and have it registered: 'yilian governance \
        propose ID --replace-validator-key NAME KEY'. When that decision is in force ('yilian \
        governance nodes'), stop the node, give it the key and start it; the others go on \
        meanwhile.
        """)

    @Option(help: "The node's home: the folder with its node.json.")
    var home: String

    @Option(help: "The new key file, as 'yilian key create' made it.")
    var key: String

    @Option(help: "File that holds the key file's passphrase.")
    var passphraseFile: String

    @Flag(help: "The key was just made and has never voted: the node may vote with it at once.")
    var neverVoted = false

    func run() async throws {
      do {
        let folder = URL(filePath: home, directoryHint: .isDirectory)
        var configuration = try NodeConfiguration(home: folder)
        let genesis = URL(filePath: configuration.genesis, relativeTo: folder)
        let keyFile = try Files.read(URL(filePath: key))
        let passphrase = try Files.read(URL(filePath: passphraseFile))
        let keys = try NodeCommand.open(
          keyFile, named: key, passphrase, named: passphraseFile,
          for: try Genesis(document: try Files.read(genesis)))
        if let pid = HomeProcess(home: folder).any {
          throw Failure.refused(
            "\(configuration.name) runs (process \(pid)): stop it first, with 'kill \(pid)'")
        }
        let old = configuration.key
        // Named after the key, so that no other key's file is in the way.
        let name = "node-\(keys.identity.signing.encoded.prefix(16).hex)"
        configuration.key = "\(name).key"
        configuration.passphrase = "\(name).passphrase"
        guard configuration.key != old else {
          throw Failure.refused("\(configuration.name) has this key already, in \(old)")
        }
        try Files.write(keyFile, to: folder.appending(path: configuration.key), isSecret: true)
        try Files.write(
          passphrase, to: folder.appending(path: configuration.passphrase), isSecret: true)
        try configuration.write(home: folder)
        if neverVoted { try NeverVoted(home: folder).write() }
        Terminal.print(
          "\(configuration.name) has the key \(keys.identity.signing.encoded.hex); the old one is "
            + "still in \(old)")
        Terminal.print("start it with: yilian-node run --home \(home)")
      } catch {
        throw Failure(error)
      }
    }
  }
}
