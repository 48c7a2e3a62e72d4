import Foundation
import NetworkLayout
import Testing

extension EndToEnd {
  @Suite("Bad starts")
  struct BadStarts {
    private typealias Change = (inout NodeConfiguration) -> Void

    @Test("A node that cannot start ends with exit code 1, and says what is wrong and what to do")
    func words() async throws {
      try await TestNetwork.with { network in
        let key = network.folder.url.appending(path: "nist.key").path
        try await Programs.succeed(
          "key", "create", "x", "--suite", "nist", "--out", key,
          "--passphrase-file", network.folder.passphrase.path)
        let good = try NodeConfiguration(home: network.home)
        let taken = "another process listens at 127.0.0.1:"
        let cases: [(words: String, change: Change)] = [
          ("it is of suite nist, the chain's is intl: make one with", { $0.key = key }),
          ("keys: it is a folder", { $0.key = "../keys" }),
          ("put back what 'yilian key create' made", { $0.key = "../genesis.json" }),
          ("cannot read /nonexistent", { $0.passphrase = "/nonexistent" }),
          ("linkPort is 84000: use 1 to 65535", { $0.linkPort = 84_000 }),
          ("apiPort is 0: use 1 to 65535", { $0.apiPort = 0 }),
          ("port of p is 70000: use 1 to 65535", { $0.peers = [peer(70_000)] }),
          ("the key of peer p is no public key of suite intl", { $0.peers = [peer(1, key: "zz")] }),
          ("networkDelayMs is -1: use 1 to 60000", { $0.networkDelayMs = -1 }),
          ("tlsCertificate and tlsKey go together", { $0.tlsKey = "key.pem" }),
          (taken, { $0.apiPort = good.linkPort }),
          (
            "198.51.100.1:\(good.linkPort) is no address of this machine",
            {
              $0.linkHost = "198.51.100.1"
            }
          ),
          ("/proc/data", { $0.data = "/proc/data" }),
        ]
        for (words, change) in cases {
          var configuration = good
          change(&configuration)
          try configuration.write(home: network.home)
          let outcome = try await Programs.run(
            Programs.node, ["run", "--home", network.home.path])
          #expect(outcome.status == 1, "\(words): \(outcome)")
          #expect(outcome.error.contains(words), "\(words): \(outcome)")
        }
        try good.write(home: network.home)
        try await network.start()
      }
    }

    private func peer(_ port: Int, key: String? = nil) -> NodeConfiguration.Peer {
      NodeConfiguration.Peer(name: "p", host: "127.0.0.1", port: port, key: key)
    }
  }
}
