import BuiltinContracts
import Cryptography
import Foundation
import LedgerClient
import LedgerModel
import NetworkLayout
import Testing
import Wire

extension EndToEnd {
  /// Invoices that one chain asks of another, through real routers.
  @Suite("Requests for invoices")
  struct Shares {
    @Test("A chain asks, the other's routers share what it recorded, the next request goes on")
    func requests() async throws {
      try await TwoChains.with(starting: true, withRouters: true, sharing: true) { chains in
        let source = try await chains.ledger("a")
        let destination = try await chains.ledger("b")
        let recorder = try await Recorder(source, chains.identity("clerk", on: source))
        // One of them belongs to somebody else, who lets nobody read it.
        let other = try await Recorder(
          source, recorder.identity, owner: source.member("governor"))
        for number in 1...5 {
          let call = try (number == 2 ? other : recorder).put(number: number)
          let receipts = try await source.submit(
            [call.call], attachments: call.attachments, by: recorder.identity)
          try #require(receipts.first?.isDone == true)
        }

        let first = try await request(chains, from: ["--from", "0"], most: 3)
        #expect(first["arrived"].all.map { $0["number"].text } == [1, 3, 4].map(Samples.number))
        // Both routers of `a` answer, and each invoice went once.
        let state = try await source.message(
          RelayChannelState.self, of: RelayContract.channel("ab")
        ).message
        #expect(state?.sent == 3)

        let second = try await request(chains, from: [], most: 1)
        #expect(second["from"].number == first["next"].number)
        #expect(second["arrived"].all.map { $0["number"].text } == [Samples.number(5)])

        let clerk = try chains.identity("clerk", on: destination)
        for number in [1, 3, 4, 5] {
          let read = try await destination.read(
            code: Samples.code, number: Samples.number(number), by: clerk,
            timeMs: UInt64(Date().timeIntervalSince1970 * 1_000))
          #expect(try read.file == Samples.blue(number: number).file)
          #expect(read.state.origin.chain == source.genesis.chainID.bytes.data)
        }
        let metrics = try await metrics(chains)
        #expect(metrics.contains("yilian_router_unshared_total{channel=\"ab\"} 1"))
        #expect(metrics.contains("\nyilian_router_stalled{channel=\"ab\"} 0\n"))
        await source.connection.close()
        await destination.connection.close()
      }
    }

    /// The clerk of `b` asks that of `a`.
    private func request(_ chains: TwoChains, from: [String], most: Int) async throws -> JSON {
      let outcome = try await Programs.run(
        Programs.yilian,
        ["invoice", "request", "--channel", "ab", "--to", "clerk", "--as", "clerk", "--most"]
          + ["\(most)", "--wait", "60", "--json", "--dir", chains.folder.chain("b").url.path]
          + from)
      try #require(outcome.status == 0, "\(outcome)")
      return try outcome.json()
    }

    private func metrics(_ chains: TwoChains) async throws -> String {
      let home = chains.folder.home(ofRouter: TwoChains.routers[0])
      let url = try RouterConfiguration(home: home).statusURL
      let connection = try NodeConnection(url: url)
      let metrics = try await connection.metrics()
      await connection.close()
      return metrics
    }
  }
}
