import BuiltinContracts
import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// Several chains from one manifest, by commands alone. Packets are carried by hand.
  @Suite("Several chains")
  struct Chains {
    @Test("Chains of a manifest start linked; a packet is listed, shown and traced on its way")
    func manifest() async throws {
      try await TwoChains.with { chains in
        let started = try await chains.yilian("network", "start")
        try #require(started.status == 0, "\(started)")
        #expect(started.output.contains("a: trusts b, by decision join-"), "\(started)")
        #expect(started.output.contains("b: opened channel ab, by decision join-"), "\(started)")
        // Nothing is left to do.
        let again = try await chains.yilian("network", "start")
        #expect(!again.output.contains("by decision"), "\(again)")
        let status = try await chains.yilian("network", "status", "--json").json()
        #expect(status["chains"].all.map { $0["name"].text } == ["a", "b"])
        #expect(status["chains"].all.map { $0["nodes"][0]["up"].bool } == [true, true])
        try await travels(chains)
        let stopped = try await chains.yilian("network", "stop")
        #expect(stopped.output == "a: node-0 stopped\nb: node-0 stopped\n", "\(stopped)")
      }
    }

    /// One packet from `a` to `b`, looked at before, between and after.
    private func travels(_ chains: TwoChains) async throws {
      let (a, b) = (try await chains.ledger("a"), try await chains.ledger("b"))
      try await chains.send(on: a)
      let waiting = try await chains.yilian(on: "a", "channel", "status", "ab", "--json").json()
      #expect(waiting["unsettled"].number == 1)
      #expect(waiting["oldest"]["packet"].text == "ab:1")
      let there = try await chains.yilian(on: "b", "channel", "status", "ab")
      #expect(there.output.contains("1 from a waits to be received here, ab:1 first"), "\(there)")
      let before = try await chains.yilian(on: "a", "packet", "trace", "ab:1", "--json").json()
      #expect(before["steps"].all.map { $0["step"].text } == ["sent", "not received"])

      try await chains.carry(from: a, to: b)
      let listed = try await chains.yilian(on: "b", "packet", "list", "ab", "--json").json()
      #expect(listed["received"][0]["state"].text == "done")
      let shown = try await chains.yilian(on: "a", "packet", "show", "ab:1", "--json").json()
      #expect(shown["state"].text == "under way")
      #expect(shown["purpose"].text == "to show the way")

      try await chains.acknowledge(from: b, to: a)
      let traced = try await chains.yilian(
        on: "b", "packet", "trace", "ab:1", "--received", "--json")
      #expect(traced.status == 0, "\(traced)")
      let trace = try traced.json()
      #expect(
        trace["steps"].all.map { $0["step"].text } == [
          "sent", "header known", "received", "acknowledged",
        ])
      #expect(trace["steps"].all.map { $0["chain"].text } == ["a", "b", "b", "a"])
      #expect(trace["checks"].all.count == 4)
      #expect(trace["checks"].all.allSatisfy { $0["holds"].bool == true })
      #expect(trace["refused"][0]["sentence"].text?.hasPrefix("relay.unknown_header: ") == true)
      try await keeps(chains)
      let settled = try await chains.yilian(on: "a", "channel", "status", "ab", "--json").json()
      #expect(settled["why"].all.map(\.text) == ["nothing waits"])
      await a.connection.close()
      await b.connection.close()
    }

    /// The packet's proof in a file, checked without any node.
    private func keeps(_ chains: TwoChains) async throws {
      let file = chains.folder.url.appending(path: "ab-1.proof")
      let saved = try await chains.yilian(on: "a", "packet", "trace", "ab:1", "--bundle", file.path)
      #expect(saved.output.contains("proof     \(file.path), "), "\(saved)")
      let (a, b) = (
        chains.folder.chain("a").genesis.path, chains.folder.chain("b").genesis.path
      )
      func verify(_ source: String, _ destination: String) async throws -> Outcome {
        try await Programs.yilian(
          "packet", "verify", file.path, "--source", source, "--destination", destination)
      }
      let proven = try await verify(a, b)
      #expect(proven.status == 0, "\(proven)")
      // Only what a node's feed led to is not in the file.
      let shown = saved.output.split(separator: "\n").filter {
        !$0.hasPrefix("refused") && !$0.hasPrefix("proof ")
      }
      #expect(proven.output.split(separator: "\n") == shown)
      let swapped = try await verify(b, a)
      #expect(swapped.status == 1 && swapped.error.contains("NOT PROVEN"), "\(swapped)")

      var bytes = [UInt8](try Data(contentsOf: file))
      let whole = bytes
      // Wherever a byte is altered, the file no longer proves what it did.
      for index in stride(from: 7, to: whole.count, by: 149) {
        bytes[index] ^= 1
        try Data(bytes).write(to: file)
        let altered = try await verify(a, b)
        #expect(altered.status == 1, "byte \(index): \(altered)")
        bytes[index] ^= 1
      }
    }

    @Test("Routers of a manifest start and stop with their chains, and carry a packet meanwhile")
    func routers() async throws {
      try await TwoChains.with(starting: true, withRouters: true) { chains in
        let a = try await chains.ledger("a")
        try await chains.send(on: a)
        await a.connection.close()
        var state: String?
        let end = ContinuousClock.now + .seconds(60)
        while state != "acknowledged", ContinuousClock.now < end {
          let shown = try await chains.yilian(on: "a", "packet", "show", "ab:1", "--json")
          state = try shown.json()["state"].text
        }
        #expect(state == "acknowledged")
        let trace = try await chains.yilian(on: "a", "packet", "trace", "ab:1")
        #expect(trace.status == 0, "\(trace)")
        #expect(
          trace.output.contains("proven    the packet has the same bytes on both chains\n"),
          "\(trace)")
        let routers = try await chains.yilian("router", "status", "--json").json()
        #expect(routers.all.map { $0["up"].bool } == [true, true, true, true])
        #expect(routers[0]["channels"][0]["channel"].text == "ab")
        let stopped = try await chains.yilian("network", "stop")
        let lines = TwoChains.routers.map { "\($0) stopped\n" }.joined()
        #expect(stopped.output.hasPrefix(lines), "\(stopped)")
        let down = try await chains.yilian("network", "status", "--json")
        #expect(down.status == 3, "\(down)")
        #expect(
          try down.json()["routers"].all.map { $0["up"].bool } == [false, false, false, false])
      }
    }

    @Test("A router that was blamed for a packet is named in the packet's trace, with by whom")
    func blamed() async throws {
      try await TwoChains.with(starting: true, withRouters: true) { chains in
        let (a, b) = (try await chains.ledger("a"), try await chains.ledger("b"))
        try await chains.sendSealed(on: a)
        var state: String?
        let end = ContinuousClock.now + .seconds(60)
        while state != "acknowledged", ContinuousClock.now < end {
          let shown = try await chains.yilian(on: "a", "packet", "show", "ab:1", "--json")
          state = try shown.json()["state"].text
        }
        #expect(state == "acknowledged")

        try await chains.blame(from: a, on: b)

        let trace = try await chains.yilian(on: "a", "packet", "trace", "ab:1", "--json").json()
        let step = trace["steps"].all.first { $0["step"].text == "blamed" }
        #expect(step?["chain"].text == "b")
        #expect(step?["by"].text == "router")
        let detail = try #require(step?["detail"].text)
        #expect(TwoChains.routers.prefix(2).contains { detail.hasPrefix("\($0), router of a: ") })
        #expect(detail.hasSuffix("its content did not open"))
        await a.connection.close()
        await b.connection.close()
      }
    }

    @Test("Governors of several organisations trust a chain one after the other; terms change")
    func decisions() async throws {
      try await TestNetwork.with { network in
        try await network.start()
        try await TwoChains.with(starting: true) { chains in
          let link = [
            "chain", "link", "--chain", chains.folder.chain("a").genesis.path, "--chain-node",
            try #require(chains.folder.chain("a").readManifest().nodes.first).url,
          ]
          let first = try await network.run(link + ["--as", "finance-governor", "--json"]).json()
          #expect(first["decision"]["status"].text == "open")
          #expect(first["decision"]["notVoted"].all.count == 3)
          #expect(first["trustsBack"].bool == false)
          // Who proves other validators, as without a node, does not vote for these.
          let other = try await network.run(
            Array(link.prefix(4)) + ["--as", "insurance-governor"])
          #expect(other.status == 1, "\(other)")
          #expect(other.error.contains("is open and says something else"), "\(other)")
          let all = try await network.run(link)
          #expect(all.status == 0, "\(all)")
          #expect(all.output.contains("is in force, proven at height"), "\(all)")
          let again = try await network.run(link)
          #expect(again.output.contains("trusted already, revision 1"), "\(again)")

          let unknown = try await network.run(["channel", "status", "x"])
          #expect(unknown.status == 1, "\(unknown)")
          let opened = try await network.run([
            "channel", "open", "x", "--chain", chains.folder.chain("a").genesis.path, "--carriers",
            "finance", "--window", "5", "--json",
          ])
          #expect(try opened.json()["decision"]["inForce"].bool == true, "\(opened)")
          let closed = try await network.run(["channel", "close", "x"])
          #expect(closed.status == 0, "\(closed)")
          let status = try await network.run(["channel", "status", "x", "--json"]).json()
          #expect(status["terms"]["closed"].bool == true)
          #expect(status["terms"]["window"].number == 5)
          #expect(status["why"][0].text?.hasPrefix("closed by decision") == true)
        }
      }
    }
  }
}
