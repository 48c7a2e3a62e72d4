import Cryptography
import LedgerClient
import LedgerModel
import LightVerifier
import Testing
import Wire

/// Clients at work on four validators: each gives its transaction to one node after the other until
/// one acknowledges it. What was acknowledged is checked on every node.
struct Crowd: Sendable {
  /// The invoice that everybody prints: its trail counts what was carried out.
  private static let common = 0
  private static let clients = 4
  /// Between two transactions of a client: bounds what must be checked afterwards.
  private static let pause = Duration.milliseconds(150)

  let promises = Promises()
  private let network: ValidatorNetwork
  private let seed: UInt64
  private let recorder: Recorder
  /// Impatient ones: a node that is cut off does not answer.
  private let connections: [NodeConnection]

  /// Records the common invoice.
  private init(_ network: ValidatorNetwork, seed: UInt64) async throws {
    self.network = network
    self.seed = seed
    recorder = try await Recorder(network.ledger(0), network.identity("finance"))
    connections = try network.urls.map { try NodeConnection(url: $0, timeout: .seconds(3)) }
    let put = try recorder.put(number: Self.common)
    let receipts = try await network.ledger(0).submit(
      [put.call], attachments: put.attachments, by: recorder.identity)
    #expect(receipts.map(\.isDone) == [true])
  }

  /// Runs a story with a crowd, whose connections are closed however the story ends.
  static func with(
    _ network: ValidatorNetwork, seed: UInt64 = SeededGenerator.seedOfRun,
    _ story: (Crowd) async throws -> Void
  ) async throws {
    let crowd = try await Crowd(network, seed: seed)
    do { try await story(crowd) } catch { Issue.record("\(error)") }
    for connection in crowd.connections { await connection.close() }
  }

  // MARK: Work

  /// Lets the clients work until the task is cancelled.
  func work() async {
    await withTaskGroup { tasks in
      for client in 0..<Self.clients { tasks.addTask { await work(client) } }
    }
  }

  private func work(_ client: Int) async {
    var random = SeededGenerator(seed: seed &+ UInt64(client) &* 0x9e37_79b9_7f4a_7c15)
    var number = 0
    while !Task.isCancelled {
      do {
        let transaction = try transaction(client * 1_000_000 + number * 10, using: &random)
        await promises.submitted(transaction)
        try await submit(transaction, to: ValidatorNetwork.all, using: &random)
      } catch {
        if !Task.isCancelled { Issue.record("client \(client): \(error)") }
        return
      }
      number += 1
      try? await Task.sleep(for: Self.pause)
    }
  }

  /// A print, or new invoices with a print among them.
  private func transaction(
    _ first: Int, using random: inout SeededGenerator
  ) throws -> Transaction {
    var calls = [recorder.print(number: Self.common)]
    if Int.random(in: 0..<4, using: &random) == 0 {
      for number in 1...Int.random(in: 1...5, using: &random) {
        calls.append(try recorder.put(number: first + number))
      }
    }
    return try recorder.ledger.sign(
      calls.map(\.call), attachments: calls.flatMap(\.attachments), validUntil: 100_000,
      by: recorder.identity)
  }

  /// Submits a transaction to one of some nodes after the other until one acknowledges it.
  private func submit(
    _ transaction: Transaction, to nodes: [Int], using random: inout SeededGenerator
  ) async throws {
    while true {
      try Task.checkCancellation()
      guard let node = nodes.randomElement(using: &random) else { return }
      do throws(ClientFault) {
        return try await submit(transaction, over: connections[node])
      } catch {
        switch error {
        case .unreachable, .timedOut: break
        case .refused(let problem) where problem.status == 503 || problem.status == 429: break
        default: throw error
        }
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func submit(
    _ transaction: Transaction, over connection: NodeConnection
  ) async throws(ClientFault) {
    let response = try await connection.submit(transaction.encoded())
    do {
      #expect(response.transactionID.octets == transaction.id.bytes)
      await promises.acknowledged(transaction.id, try response.receipts.map { try Receipt($0) })
    } catch {
      Issue.record("receipts of \(transaction.id): \(error)")
    }
  }

  /// Prints the common invoice once, through any of some nodes.
  /// - Returns: How long that took.
  @discardableResult
  func print(
    through nodes: [Int] = ValidatorNetwork.all, within limit: Duration = .seconds(60)
  ) async throws -> Duration {
    var random = SeededGenerator(seed: seed)
    let transaction = try await printing()
    let start = ContinuousClock.now
    try await submit(transaction, to: nodes, using: &random)
    let time = ContinuousClock.now - start
    #expect(time < limit, "a transaction took \(time)")
    return time
  }

  /// Prints the common invoice once, through one node that must take it.
  func printWithoutRetry(through node: Int) async throws {
    try await submit(try await printing(), over: connections[node])
  }

  /// Submits transactions to one node all at once, each once.
  /// - Returns: Why it refused those that it refused.
  func flood(_ count: Int, at node: Int) async throws -> [ProblemReport] {
    var transactions: [Transaction] = []
    for _ in 0..<count { transactions.append(try await printing()) }
    let crowded = try NodeConnection(
      url: network.urls[node], timeout: .seconds(3), connections: count)
    let problems = await withTaskGroup { tasks in
      for transaction in transactions {
        tasks.addTask { () -> ProblemReport? in
          do throws(ClientFault) {
            try await submit(transaction, over: crowded)
          } catch .refused(let problem) {
            return problem
          } catch {}  // It waits: `finish` asks for it again.
          return nil
        }
      }
      var problems: [ProblemReport] = []
      for await problem in tasks { if let problem { problems.append(problem) } }
      return problems
    }
    await crowded.close()
    return problems
  }

  /// Submits a transaction to one node again and again, and waits for no answer.
  func giveUp(times: Int, at node: Int) async throws {
    let bytes = try await printing().encoded()
    let clients = 128
    let hasty = try NodeConnection(
      url: network.urls[node], timeout: .milliseconds(300), connections: clients)
    await withTaskGroup { tasks in
      for _ in 0..<clients {
        tasks.addTask {
          for _ in 0..<times / clients { _ = try? await hasty.submit(bytes) }
        }
      }
    }
    await hasty.close()
  }

  private func printing() async throws -> Transaction {
    let transaction = try recorder.ledger.sign(
      [recorder.print(number: Self.common).call], attachments: [], validUntil: 100_000,
      by: recorder.identity)
    await promises.submitted(transaction)
    return transaction
  }

  /// Submits again what nobody has acknowledged.
  func finish() async throws {
    var random = SeededGenerator(seed: seed)
    for transaction in await promises.open {
      try await submit(transaction, to: ValidatorNetwork.all, using: &random)
    }
  }

  // MARK: Checks

  /// Every node proves every acknowledged transaction, and all have the same chain.
  func check() async throws {
    try await network.settle()
    for node in ValidatorNetwork.all { try await check(node) }
    let chains = try await headers()
    let shared = chains.map(\.count).min() ?? 0
    for (node, chain) in chains.enumerated() {
      #expect(chain.prefix(shared) == chains[0].prefix(shared), "headers of node \(node)")
    }
    // The newest header may commit to less than the newest block's results: this one does not.
    let executed = try #require(chains[0].prefix(shared).last).executed
    let last = await promises.acknowledged.last?.receipts?.first?.height ?? 0
    #expect(executed.height >= last)
  }

  /// One node proves every acknowledged transaction, and that each was carried out once.
  func check(_ node: Int) async throws {
    let ledger = network.ledger(node)
    for entry in await promises.acknowledged {
      let proven = try await ledger.receipts(of: entry.transaction)
      #expect(proven == entry.receipts, "node \(node), transaction \(entry.transaction.id)")
    }
    let asset = recorder.asset(number: Self.common)
    let trail = try #require(try await ledger.trail(of: asset).fact)
    let prints = trail.events.filter { $0.operation == "print" }
    let executed = prints.reduce(into: [Digest: Int]()) { $0[$1.transactionID, default: 0] += 1 }
    #expect(executed == (await promises.done("print")), "prints on node \(node)")
  }

  /// Every header of every node, with its quorum's signatures checked.
  private func headers() async throws -> [[BlockHeader]] {
    var chains: [[BlockHeader]] = []
    for node in ValidatorNetwork.all {
      let verifier = LightVerifier(genesis: network.genesis)
      var chain: [BlockHeader] = []
      while true {
        let next = UInt64(chain.count) + 1
        let page = try await network.connections[node].headers(from: next, limit: 500).headers
        if page.isEmpty { break }
        let verified = try verifier.verify(page)
        #expect(verified.map(\.height) == Array(next..<next + UInt64(verified.count)))
        chain += verified
      }
      chains.append(chain)
    }
    return chains
  }
}
