import BuiltinContracts
import BureauServer
import Cryptography
import Foundation
import GatewayConformance
import GatewayKit
import Glibc
import LedgerClient
import LedgerModel
import LightVerifier
import NetworkLayout
import SwiftProtobuf
import Testing
import Wire

extension EndToEnd {
  /// A system without a chain, joined with one by a real router.
  @Suite("Systems without a chain")
  struct SystemGateways {
    @Test(
      "Documents pass both ways, and what either end refuses is compensated or told by its code")
    func carried() async throws {
      try await BureauWorld.with { world in
        let refused = try await world.sendFeedback(1)
        await world.bureau.decide(refused, .refused(try #require(GatewayCode("bureau.closed"))))
        try await world.sendFeedback(2)
        let documents = [
          try await world.voucher(1), try await world.voucher(2, to: "nobody"),
          try await world.voucher(3),
        ]
        await world.bureau.offer(documents)
        try await world.quiet(offered: 3)

        // At the bureau: one document, with its content, and outcomes of its own three.
        let taken = await world.bureau.taken()
        #expect(
          taken.filter { $0.heading.businessKey != refused }.map(\.content?.bytes) == [
            Array("feedback 2".utf8)
          ])
        let unknown = try #require(GatewayCode("relay.unknown_recipient"))
        #expect(
          await world.bureau.settled() == [
            Told(documents[0].id, .done), Told(documents[1].id, .refused(unknown)),
            Told(documents[2].id, .done),
          ])
        try await atChain(world)
        try await forOperators(world)
      }
    }

    /// One packet has effect there, the other is compensated with the bureau's code.
    private func atChain(_ world: BureauWorld) async throws {
      let states = try await world.ledger.messages(
        RelaySentPacket.self, of: [1, 2].map { RelayContract.sent(BureauWorld.channel, $0) })
      #expect(states.map { $0?.state } == [.compensated, .acknowledged])
      #expect(states[0]?.outcome.result.octets == Array("bureau.closed".utf8))
      for (sequence, content) in [(UInt64(1), "voucher 1"), (3, "voucher 3")] {
        let opened = try await world.ledger.content(
          ofPacket: sequence, received: BureauWorld.channel, source: world.ledger.suite,
          by: world.identity("clerk"), timeMs: BureauWorld.nowMs())
        #expect(opened == Array(content.utf8))
      }
    }

    private func forOperators(_ world: BureauWorld) async throws {
      // The folder can be moved: nothing in it names the place of the system's key file.
      #expect(
        try RouterConfiguration(home: world.home).gateways?.map(\.systemKey)
          == ["system-bureau-sync.key"])
      let status = try await world.status()
      #expect(status.output.contains("nothing waits") == false, "\(status)")
      #expect(status.output.contains("no effect: "), "\(status)")
      #expect(status.output.contains("bureau.closed"), "\(status)")
      #expect(status.output.contains("relay.unknown_recipient"), "\(status)")
      let channel = try await Programs.yilian(
        "channel", "status", BureauWorld.channel, "--dir", world.folder.chain("province").url.path)
      #expect(channel.status == 0 && channel.output.contains("without a chain"), "\(channel)")
      let url = try #require(
        try await Programs.yilian("router", "status", "--home", world.home.path, "--json").json()[
          0][
            "url"
          ].text)
      let metrics = try NodeConnection(url: url)
      let text = try await metrics.metrics()
      await metrics.close()
      let lane = "channel=\"bureau-sync\",from=\"province/bureau-sync\",to=\"bureau\""
      #expect(text.contains("yilian_router_gateway_documents_total{\(lane)} 2\n"), "\(text)")
      #expect(
        text.contains("yilian_router_gateway_failures_kept{\(lane),code=\"bureau.closed\"} 1\n"),
        "\(text)")
    }

    @Test("A router killed at random and a server that goes away lose and double nothing")
    func killed() async throws {
      try await BureauWorld.with { world in
        try await world.killRouter()
        var random = SeededGenerator(seed: 7)
        var offered: [GatewayDocument] = []
        var router = try world.startRouter()
        for round in 1...6 {
          for number in 0..<4 {
            try await world.sendFeedback(round * 10 + number)
            offered.append(try await world.voucher(round * 10 + number))
          }
          await world.bureau.offer(Array(offered.suffix(4)))
          try await Task.sleep(for: .milliseconds(Int(random.next() % 1_500)))
          if round.isMultiple(of: 2) { await world.server.stop() }
          router.send(SIGKILL)
          _ = await router.status
          router = try world.startRouter()
          try await Task.sleep(for: .milliseconds(Int(random.next() % 1_500)))
          if round.isMultiple(of: 2) { try await world.server.start() }
        }
        try await world.quiet(offered: offered.count)
        try await once(world, offered)
        try await world.routerIsUp()
        router.send(SIGTERM)
        let status = await router.status
        let log = try String(
          contentsOf: world.home.appending(path: "router.log"), encoding: .utf8)
        #expect(status == 0, "\(log.suffix(2_000))")
      }
    }

    /// Every document had effect once, in its order, on the side it went to.
    private func once(_ world: BureauWorld, _ offered: [GatewayDocument]) async throws {
      let chain = world.ledger.genesis.chainID.hex
      #expect(
        await world.bureau.taken().map(\.id.description)
          == (1...24).map { "\(chain)/\(BureauWorld.channel):\($0)" })
      #expect(
        await world.bureau.settled().map { "\($0.id) \($0.outcome)" }.sorted()
          == offered.map { "\($0.id) \(GatewayOutcome.done)" }.sorted())
      #expect(try await world.state().received == UInt64(offered.count))
      for (index, document) in offered.enumerated() {
        let trail = try await world.ledger.trail(
          of: RelayContract.received(BureauWorld.channel, UInt64(index + 1))
        ).fact
        #expect(trail?.events.map(\.operation) == ["deposit"])
        let packet = try RelayReceivedPacket(
          strict: trail?.current.value ?? [], limit: Limits.valueBytes)
        #expect(packet.packet.businessKey == document.heading.businessKey)
        let sent = try await world.ledger.trail(
          of: RelayContract.sent(BureauWorld.channel, UInt64(index + 1))
        ).fact
        #expect(sent?.events.map(\.operation) == ["send", "settle"])
      }
    }
  }
}
