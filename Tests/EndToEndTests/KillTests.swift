import Cryptography
import LedgerClient
import LedgerModel
import LightVerifier
import Testing
import Wire

extension EndToEnd {
  /// A power cut at any moment, with clients at work.
  @Suite("Kills")
  struct Kills {
    @Test(
      "A node killed at any moment has everything that it acknowledged",
      arguments: [(suite: "intl", rounds: 20), (suite: "sm", rounds: 5)])
    func kill(suite: String, rounds: Int) async throws {
      let seed = SeededGenerator.seedOfRun
      print("kills with \(suite): YILIAN_SEED=\(seed)")
      var random = SeededGenerator(seed: seed)
      try await TestNetwork.with(suite: suite) { network in
        let run = try await KillRun(network, seed: seed)
        for round in 1...rounds {
          try await run.load(round: round, forMs: Int.random(in: 10...900, using: &random))
          // Some nodes do not even survive their start.
          if round.isMultiple(of: 3) {
            try network.launch()
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...900, using: &random)))
            await network.kill()
          }
          try await run.restartAndCheck()
        }
        try await run.checkAll()
        let status = try await network.yilian("network", "status")
        #expect(status.status == 0, "\(status)")
        let acknowledged = await run.promises.acknowledged.count
        print("kills with \(suite): \(acknowledged) transactions acknowledged, none lost")
        #expect(acknowledged > rounds, "clients were hardly served")
      }
    }
  }
}

/// One network under load and repeated death.
private struct KillRun {
  /// The invoice that everybody prints: its trail counts what was carried out.
  private static let common = 0
  private static let clients = 4
  /// Most transactions of a client between two deaths: bounds the time that checking takes.
  private static let transactionsPerRound = 12

  let network: TestNetwork
  let promises = Promises()
  private let seed: UInt64
  private let recorder: Recorder
  /// Sees all answers, so that it would notice an older state.
  private let ledger: RemoteLedger
  private let early: BlockHeader

  init(_ network: TestNetwork, seed: UInt64) async throws {
    self.network = network
    self.seed = seed
    try await network.start()
    ledger = network.ledger
    recorder = try await Recorder(ledger, network.identity("finance"))
    let put = try recorder.put(number: Self.common)
    let receipts = try await ledger.submit(
      [put.call], attachments: put.attachments, by: recorder.identity)
    #expect(receipts.map(\.isDone) == [true])
    early = try #require(try await ledger.newestHeader())
  }

  /// Lets clients work, and kills the node amid it.
  func load(round: Int, forMs milliseconds: Int) async throws {
    let height = try await network.connection.status().height
    await withTaskGroup(of: Void.self) { tasks in
      for client in 0..<Self.clients {
        tasks.addTask { await work(round: round, client: client, height: height) }
      }
      let watcher = Task {
        while !Task.isCancelled, let status = try? await network.connection.status() {
          await promises.told(status)
          try? await Task.sleep(for: .milliseconds(5))
        }
      }
      try? await Task.sleep(for: .milliseconds(milliseconds))
      await network.kill()
      watcher.cancel()
      await watcher.value
    }
  }

  /// A client that goes on until the node is gone.
  private func work(round: Int, client: Int, height: UInt64) async {
    let stream = UInt64(round * Self.clients + client)
    var random = SeededGenerator(seed: seed &+ stream &* 0x9e37_79b9_7f4a_7c15)
    for number in 0..<Self.transactionsPerRound {
      do throws(any Error) {
        let first = (round * Self.clients + client) * 1_000 + number * 10
        let transaction = try transaction(first, height: height, using: &random)
        await promises.submitted(transaction)
        let response = try await network.connection.submit(transaction.encoded())
        #expect(response.transactionID.octets == transaction.id.bytes)
        await promises.acknowledged(transaction.id, try response.receipts.map { try Receipt($0) })
      } catch ClientFault.unreachable {
        return
      } catch {
        Issue.record("client \(client): \(error)")
        return
      }
    }
  }

  /// A print, or new invoices with a print and a refused call among them.
  private func transaction(
    _ first: Int, height: UInt64, using random: inout SeededGenerator
  ) throws -> Transaction {
    var calls = [recorder.print(number: Self.common)]
    if Int.random(in: 0..<4, using: &random) == 0 {
      for number in 1...Int.random(in: 1...5, using: &random) {
        calls.append(try recorder.put(number: first + number))
      }
      calls.append(recorder.print(number: 999_999_999))
    }
    return try ledger.sign(
      calls.map(\.call), attachments: calls.flatMap(\.attachments), validUntil: height + 100_000,
      by: recorder.identity)
  }

  /// Starts the node again and checks what it acknowledged; submits again what it did not.
  func restartAndCheck() async throws {
    let status = try await network.start()
    let told = await promises.told
    #expect(status.height >= told.height)
    #expect(status.executedHeight >= told.executed)
    #expect(status.provenHeight >= told.proven)
    #expect(status.logSize >= told.logSize)
    for transaction in await promises.open {
      let first = try await network.connection.submit(transaction.encoded())
      let again = try await network.connection.submit(transaction.encoded())
      #expect(again.repeatedSubmission)
      #expect(again.receipts == first.receipts)
      #expect(again.height == first.height)
      await promises.acknowledged(transaction.id, try first.receipts.map { try Receipt($0) })
    }
    // The newest; all of them are checked at the end.
    try await check(promises.acknowledged.suffix(80))
    try await checkTrail()
  }

  /// Every transaction has the receipts that were acknowledged, proven.
  private func check(_ entries: some Sequence<Promises.Entry> & Sendable) async throws {
    for entry in entries {
      let proven = try await ledger.receipts(of: entry.transaction)
      #expect(proven == entry.receipts, "of transaction \(entry.transaction.id)")
    }
  }

  /// The trail of the common invoice has each print once, and no other.
  private func checkTrail() async throws {
    let trail = try #require(try await ledger.trail(of: recorder.asset(number: Self.common)).fact)
    let prints = trail.events.filter { $0.operation == "print" }
    let executed = prints.reduce(into: [Digest: Int]()) { $0[$1.transactionID, default: 0] += 1 }
    let promised = await promises.done("print")
    #expect(executed.filter { promised[$0.key] != $0.value } == [:], "not promised")
    #expect(promised.filter { executed[$0.key] != $0.value } == [:], "promised")
    #expect(trail.events.count == prints.count + 1)
  }

  /// Everything once more, and the log as a whole: it only grew since the beginning.
  func checkAll() async throws {
    let entries = await promises.acknowledged
    #expect(await promises.open.isEmpty)
    try await check(entries)
    try await checkTrail()
    let answer = try await ledger.consistency(from: early.height)
    #expect(answer.fact?.hash == early.hash)
    #expect(answer.header.executed.logSize > early.executed.logSize)
    try await checkHeaders(through: answer.header.height)
  }

  /// Blocks that a crash found on their way to the disk are final too: no header is missing.
  private func checkHeaders(through newest: UInt64) async throws {
    var next: UInt64 = 1
    while next <= newest {
      let page = try await ledger.connection.headers(from: next, limit: 500).headers
      try #require(!page.isEmpty, "header \(next) is missing")
      for header in try ledger.verifier.verify(page) {
        #expect(header.height == next)
        next += 1
      }
    }
  }
}
