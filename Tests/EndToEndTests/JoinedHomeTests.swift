import Cryptography
import Foundation
import Glibc
import LedgerClient
import NetworkLayout
import Testing

extension EndToEnd {
  /// Homes that `yilian node create` made in a network's folder.
  @Suite("Joined homes")
  struct JoinedHomes {
    @Test("A joined home in the network's folder is started, shown and stopped with the others")
    func commands() async throws {
      try await TestNetwork.with { network in
        try await join(network, peer: "node-0")
        // A copy of a home is not another node: two processes would have one key.
        try FileManager.default.copyItem(
          at: network.home, to: network.folder.home(of: "node-0-copy"))
        // A home that cannot be read keeps nobody else from being started and stopped.
        let broken = network.folder.home(of: "broken")
        try FileManager.default.createDirectory(at: broken, withIntermediateDirectories: true)
        try Files.write(Array("{".utf8), to: broken.appending(path: NodeConfiguration.fileName))
        var failure: (any Error)?
        do {
          let started = try await network.yilian("network", "start")
          try #require(started.status == 0, "\(started)")
          #expect(started.output.contains("node-0 is up at \(network.url)\n"), "\(started)")
          #expect(started.output.contains("follower is up at http://127.0.0.1:"), "\(started)")
          #expect(started.output.contains(", without a block yet"), "\(started)")
          #expect(started.error.contains("yilian: left out: "), "\(started)")
          let status = try await network.yilian("network", "status", "--json")
          let rows = try status.json().all
          #expect(rows.map { $0["name"].text } == ["node-0", "follower"])
          #expect(rows.map { $0["up"].bool } == [true, true])
          // No decision has registered its key.
          #expect(rows[1]["why"].text?.hasPrefix("nobody links this node: ") == true, "\(status)")
        } catch {
          failure = error
        }
        let stopped = try await network.yilian("network", "stop")
        #expect(stopped.output == "node-0 stopped\nfollower stopped\n", "\(stopped)")
        if let failure { throw failure }
      }
    }

    @Test("A node that is not the one whose key an address names is refused, and told no key")
    func namedKey() async throws {
      try await TestNetwork.with { network in
        try await network.start()
        let right = try keyOf(network.home.appending(path: "node.key"))
        let wrong = try keyOf(network.folder.key(of: "finance"))
        let refusal = { (reason: String) in
          "yilian_refused_connections_total{reason=\"\(reason)\"} "
        }
        let url = try await join(network, peer: "elsewhere", key: wrong)
        try await follow(network, url) { try await $0.metrics().contains(refusal("otherKey")) }
        let before = try await network.connection.metrics()
        #expect(!before.contains(refusal("notAllowed")), "it showed its key to a stranger")
        // The right key is refused by the other end, which does not know the follower.
        let home = network.folder.home(of: "follower")
        var configuration = try NodeConfiguration(home: home)
        configuration.peers[0].key = right
        try configuration.write(home: home)
        try await follow(network, url) { node in
          let (own, other) = (try await node.metrics(), try await network.connection.metrics())
          return other.contains(refusal("notAllowed")) && !own.contains(refusal("otherKey"))
        }
      }
    }

    /// Makes the home of a node that no decision has registered.
    /// - Returns: The address of its API.
    @discardableResult
    private func join(
      _ network: TestNetwork, peer: String, key named: String? = nil
    ) async throws -> String {
      let key = network.folder.url.appending(path: "follower.key").path
      let passphrase = network.folder.passphrase.path
      try await Programs.succeed(
        "key", "create", "follower", "--suite", "intl", "--out", key,
        "--passphrase-file", passphrase)
      let port = try NodeConfiguration(home: network.home).linkPort
      try await Programs.succeed(
        "node", "create", "--dir", network.folder.home(of: "follower").path,
        "--genesis", network.folder.genesis.path, "--key", key, "--passphrase-file", passphrase,
        "--api-port", "\(try freePort())", "--link-port", "\(try freePort())",
        "--peer", "\(peer)=127.0.0.1:\(port)\(named.map { "=\($0)" } ?? "")")
      return try NodeConfiguration(home: network.folder.home(of: "follower")).apiURL
    }

    /// Runs the joined node until something holds of it.
    private func follow(
      _ network: TestNetwork, _ url: String, until holds: (NodeConnection) async throws -> Bool
    ) async throws {
      let home = network.folder.home(of: "follower")
      let log = home.appending(path: "node.log")
      let child = try ChildProcess(Programs.node, ["run", "--home", home.path], log: log)
      let connection = try NodeConnection(url: url, timeout: .seconds(5))
      let end = ContinuousClock.now + .seconds(30)
      var isDone = false
      while !isDone, ContinuousClock.now < end {
        isDone = (try? await holds(connection)) ?? false
        if !isDone { try await Task.sleep(for: .milliseconds(50)) }
      }
      await connection.close()
      child.send(SIGTERM)
      #expect(await child.status == 0)
      #expect(isDone, "\((try? String(contentsOf: log, encoding: .utf8)) ?? "")")
    }

    private func keyOf(_ file: URL) throws -> String {
      let text = String(decoding: try Files.read(file), as: UTF8.self)
      return try KeyFile.readPublic(text).signing.encoded.hex
    }
  }
}
