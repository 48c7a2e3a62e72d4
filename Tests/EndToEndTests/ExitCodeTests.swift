import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  @Suite("Exit codes")
  struct ExitCodes {
    @Test(
      "Wrong usage is exit code 2, with a word about what is right",
      arguments: [
        "nonsense", "invoice", "invoice show 1 2", "invoice show 1", "network create",
        "invoice show 1 2 --node http://127.0.0.1:1", "verify",
        "network start --dir /nonexistent", "network status --dir /nonexistent",
        "network create --dir /proc/self/nonexistent --suite rot13",
        "network create --dir /proc/self/nonexistent --nodes 3",
        "network create --dir /proc/self/nonexistent --base-port 70000",
        "verify /nonexistent --genesis /nonexistent",
        "invoice import /nonexistent --dir /nonexistent", "network status --dir . --surplus",
      ])
    func wrongUsage(_ line: String) async throws {
      let outcome = try await Programs.run(
        Programs.yilian, line.split(separator: " ").map { String($0) })
      // A group of commands without a command shows its help.
      #expect(outcome.status == (line == "invoice" ? 0 : 2), "\(outcome)")
      #expect(!(outcome.error + outcome.output).isEmpty)
    }

    @Test("The node's program has exit code 2 for wrong usage and 1 for a home that is none")
    func nodeUsage() async throws {
      #expect(try await Programs.run(Programs.node, ["run"]).status == 2)
      let surplus = try await Programs.run(Programs.node, ["run", "--home", "/x", "--surplus"])
      #expect(surplus.status == 2)
      let noHome = try await Programs.run(Programs.node, ["run", "--home", "/nonexistent"])
      #expect(noHome.status == 1)
      #expect(noHome.error.contains("/nonexistent"), "\(noHome)")
    }

    @Test("A network that does not run is exit code 3, and says how to start it")
    func noNode() async throws {
      try await TestNetwork.with { network in
        let status = try await network.yilian("network", "status", "--json")
        #expect(status.status == 3, "\(status)")
        #expect(try status.json()[0]["up"].bool == false)
        #expect(status.error.contains("yilian network start"), "\(status)")
        for arguments in [
          ["invoice", "show", "1", "2"], ["invoice", "trail", "1", "2"],
          ["invoice", "import", Samples.invoices.path],
          ["invoice", "print", "1", "2", "--as", "finance"],
        ] {
          let outcome = try await Programs.run(
            Programs.yilian, arguments + ["--dir", network.path])
          #expect(outcome.status == 3, "\(outcome)")
          #expect(outcome.error.contains(network.url), "\(outcome)")
          #expect(outcome.output.isEmpty)
        }
        let stop = try await network.yilian("network", "stop")
        #expect(stop.status == 0, "\(stop)")
        #expect(stop.output.contains("was not running"))
      }
    }

    @Test("A network is created once, started, stopped and started again")
    func lifeOfANetwork() async throws {
      try await TestNetwork.with(suite: "nist") { network in
        let secrets = [network.folder.passphrase, network.folder.key(of: "finance")]
        for file in secrets {
          let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
          #expect((mode as? NSNumber)?.intValue == 0o600, "\(file.path)")
        }
        let again = try await Programs.yilian("network", "create", "--dir", network.path)
        #expect(again.status == 2, "\(again)")
        var heights: [UInt64] = []
        for _ in 0..<2 {
          let started = try await network.yilian("network", "start")
          #expect(started.status == 0, "\(started)\n\(network.logText)")
          heights.append(try await network.connection.status().height)
          let stopped = try await network.yilian("network", "stop")
          #expect(stopped.status == 0, "\(stopped)")
          #expect(stopped.output.contains("stopped"))
          #expect(
            !FileManager.default.fileExists(atPath: network.home.appending(path: "node.pid").path))
        }
        #expect(heights[1] >= heights[0])
      }
    }

    @Test("A wrong passphrase is refused with the file that it does not open")
    func wrongPassphrase() async throws {
      try await TestNetwork.with { network in
        try await network.start()
        let wrong = network.folder.url.appending(path: "wrong")
        try Files.write(Array("not the passphrase\n".utf8), to: wrong)
        let outcome = try await network.yilian(
          "invoice", "print", "1", "2", "--as", "finance", "--passphrase-file", wrong.path)
        #expect(outcome.status == 1, "\(outcome)")
        #expect(outcome.error.contains(wrong.path), "\(outcome)")
        let nobody = try await network.yilian("invoice", "print", "1", "2", "--as", "nobody")
        #expect(nobody.status == 2, "\(nobody)")
        await network.stop()
        try Files.write(Array("not the passphrase\n".utf8), to: network.folder.passphrase)
        let node = try await Programs.run(Programs.node, ["run", "--home", network.home.path])
        #expect(node.status == 1, "\(node)")
        #expect(node.error.contains("node.key"), "\(node)")
      }
    }

    @Test("The data of another chain is refused by name at the start")
    func otherChain() async throws {
      try await TestNetwork.with { network in
        try await TestNetwork.with { other in
          for network in [network, other] {
            try await network.start()
            #expect(await network.stop() == 0)
          }
          let data = network.home.appending(path: "data")
          try FileManager.default.removeItem(at: data)
          try FileManager.default.copyItem(at: other.home.appending(path: "data"), to: data)
          let swapped = try await Programs.run(Programs.node, ["run", "--home", network.home.path])
          #expect(swapped.status == 1, "\(swapped)")
          #expect(swapped.error.contains(network.genesis.chainID.hex), "\(swapped)")
          #expect(swapped.error.contains(other.genesis.chainID.hex), "\(swapped)")
          let started = try await network.yilian("network", "start")
          #expect(started.status == 3, "\(started)")
          #expect(started.error.contains("node.log"), "\(started)")
          #expect(network.logText.contains(other.genesis.chainID.hex))
        }
      }
    }
  }
}
