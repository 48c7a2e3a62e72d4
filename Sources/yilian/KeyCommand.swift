internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import NetworkLayout

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Makes and shows the key files of nodes and members.",
    subcommands: [Create.self, Show.self])
}

extension KeyCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes a signing and a sealing key in a file that a passphrase encrypts.")

    @Argument(help: "The node's or member's name.")
    var name: String

    @Option(help: "Cryptography: sm, intl or nist.")
    var suite = "sm"

    @Option(help: "The key file to make; it must not exist.")
    var out: String

    @Option(help: "File with the passphrase; made with a random one if it does not exist.")
    var passphraseFile: String

    func run() async throws {
      do {
        guard let suiteID = SuiteID(name: suite) else {
          throw Failure.usage("--suite is '\(suite)': use sm, intl or nist")
        }
        guard !FileManager.default.fileExists(atPath: out) else {
          throw LayoutFault.exists(path: out)
        }
        let keys = KeyMaker(suiteID: suiteID, passphrase: try passphrase())
        let (signing, _) = try keys.pair(name, to: URL(filePath: out))
        Terminal.print("made \(out), signing key \(signing.encoded.hex)")
      } catch {
        throw Failure(error)
      }
    }

    private func passphrase() throws -> SecretBytes {
      let file = URL(filePath: passphraseFile)
      if !FileManager.default.fileExists(atPath: passphraseFile) {
        let passphrase = randomBytes(24).hex
        try Files.write(Array((passphrase + "\n").utf8), to: file, isSecret: true)
      }
      var bytes = try Files.read(file)
      if bytes.last == 0x0a { bytes.removeLast() }
      return SecretBytes(copying: bytes)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the public part of a key file; asks for no passphrase.")

    @Argument(help: "The key file.")
    var file: String

    @Flag(help: "One JSON document on standard output.")
    var json = false

    struct View: Encodable {
      var name: String
      var suite: String
      var signingKey: String
      var sealingKey: String
    }

    func run() async throws {
      do {
        let text = String(decoding: try Files.read(URL(filePath: file)), as: UTF8.self)
        let keys = try KeyFile.readPublic(text)
        let view = View(
          name: keys.name, suite: keys.suite.name, signingKey: keys.signing.encoded.hex,
          sealingKey: keys.sealing.encoded.hex)
        if json { return try Terminal.json(view) }
        let rows = [
          ["name", view.name], ["suite", view.suite], ["signing key", view.signingKey],
          ["sealing key", view.sealingKey],
        ]
        for line in Terminal.table(rows) { Terminal.print(line) }
      } catch {
        throw Failure(error)
      }
    }
  }
}
