import Foundation
import NetworkLayout
import Synchronization
import Testing
import Wire

extension EndToEnd {
  @Suite("Key rotation")
  struct KeyRotation {
    private static let node = 3
    private static let others = [0, 1, 2]

    @Test("A validator changes its key, and no client of the others notices")
    func rotation() async throws {
      try await ValidatorNetwork.with(isolated: false) { network in
        try await network.start()
        try await Crowd.with(network) { crowd in try await rotation(network, crowd) }
        #expect(network.dead.isEmpty)
      }
    }

    private func rotation(_ network: ValidatorNetwork, _ crowd: Crowd) async throws {
      let isOver = Mutex(false)
      async let prints = {
        var count = 0
        while !isOver.withLock({ $0 }) {
          try await crowd.printWithoutRetry(through: Self.others[count % 3])
          count += 1
          try await Task.sleep(for: .milliseconds(100))
        }
        return count
      }()
      do {
        try await changeKey(network)
      } catch {
        Issue.record("\(error)")
      }
      isOver.withLock { $0 = true }
      #expect(try await prints >= 10, "clients were hardly served")

      // Now the quorum needs the votes that the new key signs.
      await network.kill(0)
      try await crowd.print(through: [1, 2, Self.node])
      try network.launch(0)
      try await network.settle()
      for node in ValidatorNetwork.all { try await crowd.check(node) }
    }

    private func changeKey(_ network: ValidatorNetwork) async throws {
      let home = network.folder.home(Self.node)
      let oldKey = try Files.read(home.appending(path: "node.key"))
      let (key, passphrase) = (network.path("new.key"), network.path("new.passphrase"))
      try await Programs.succeed(
        "key", "create", "node-3", "--suite", "intl", "--out", key, "--passphrase-file", passphrase)
      try await network.decide(
        "rotate", "--replace-validator-key", "node-3", key, begins: 1, at: Self.others)

      let change = ["node", "key", "--home", home.path, "--key", key]
      let arguments = change + ["--passphrase-file", passphrase, "--never-voted"]
      let early = try await Programs.run(Programs.yilian, arguments)
      #expect(early.status == 1, "\(early)")
      #expect(early.error.contains("node-3 runs (process "), "\(early)")
      await network.stop(Self.node)
      let changed = try await Programs.run(Programs.yilian, arguments)
      try #require(changed.status == 0, "\(changed)")
      #expect(try Files.read(home.appending(path: "node.key")) == oldKey)
      let again = try await Programs.run(Programs.yilian, arguments)
      #expect(again.status == 1, "\(again)")
      #expect(again.error.contains("has this key already"), "\(again)")

      try network.launch(Self.node)
      try await network.eventually("node 3 votes with its new key") {
        let (own, other) = (try await network.status(Self.node), try await network.status(0))
        return own.isValidator && own.epoch == 1 && own.reachable == 4 && other.reachable == 4
      }
    }

    @Test("A node is given no key that it could not use, and keeps the one it has")
    func unusable() async throws {
      try await TestNetwork.with { network in
        let other = network.folder.url.appending(path: "other").path
        let passphrase = network.folder.passphrase.path
        try await Programs.succeed(
          "key", "create", "x", "--suite", "nist", "--out", other, "--passphrase-file", passphrase)
        let wrong = network.folder.url.appending(path: "wrong").path
        try Files.write(Array("not the passphrase\n".utf8), to: URL(filePath: wrong))
        let before = try Files.read(network.home.appending(path: NodeConfiguration.fileName))
        let finance = network.folder.key(of: "finance").path
        for (home, key, passphrase, status, words) in [
          (
            network.home.path, other, passphrase, 2,
            "\(other) is of suite nist, the chain's is intl"
          ),
          (
            network.home.path, finance, wrong, 1,
            "the passphrase in \(wrong) does not open \(finance)"
          ),
          (network.home.path, passphrase, passphrase, 1, "\(passphrase) is not a usable key file"),
          (network.home.path, "/nonexistent", passphrase, 2, "cannot read /nonexistent"),
          ("/nonexistent", finance, passphrase, 2, "cannot read /nonexistent/node.json"),
        ] as [(String, String, String, Int32, String)] {
          let outcome = try await Programs.yilian(
            "node", "key", "--home", home, "--key", key, "--passphrase-file", passphrase)
          #expect(outcome.status == status, "\(outcome)")
          #expect(outcome.error.contains(words), "\(outcome)")
        }
        #expect(
          try Files.read(network.home.appending(path: NodeConfiguration.fileName)) == before)
      }
    }
  }
}

extension ValidatorNetwork {
  /// A file of the network's folder.
  fileprivate func path(_ name: String) -> String { folder.url.appending(path: name).path }
}
