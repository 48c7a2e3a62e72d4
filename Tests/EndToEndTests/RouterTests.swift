import BuiltinContracts
import Foundation
import Glibc
import LedgerClient
import LedgerModel
import LightVerifier
import NetworkLayout
import SwiftProtobuf
import Testing
import Wire

extension EndToEnd {
  /// Real routers between real chains.
  @Suite("Routers")
  struct Routers {
    /// How long routers are killed; `YILIAN_CHAOS_SECONDS` makes it longer.
    static let seconds =
      ProcessInfo.processInfo.environment["YILIAN_CHAOS_SECONDS"].flatMap { Int($0) } ?? 10

    @Test("Four racing routers, killed at random, deliver every packet once, with its content")
    func killed() async throws {
      try await TwoChains.with(starting: true, withRouters: true) { chains in
        let traffic = try await Traffic(chains)
        let killing = Task { try await kill(chains) }
        let deadline = ContinuousClock.now + .seconds(Self.seconds)
        while ContinuousClock.now < deadline {
          try await traffic.send()
          try await Task.sleep(for: .milliseconds(50))
        }
        killing.cancel()
        var routers = try await killing.value
        for name in TwoChains.routers where routers[name]?.isRunning != true {
          routers[name] = try start(name, chains)
        }
        try await traffic.settled(within: .seconds(60))
        try await traffic.check()
        for router in routers.values { router.send(SIGTERM) }
        for router in routers.values { #expect(await router.status == 0) }
        await traffic.close()
      }
    }

    /// Starts each router as a child, then kills one after the other and starts it again.
    private func kill(_ chains: TwoChains) async throws -> [String: ChildProcess] {
      for name in TwoChains.routers { try await stop(name, chains) }
      var routers: [String: ChildProcess] = [:]
      for name in TwoChains.routers { routers[name] = try start(name, chains) }
      var random = SeededGenerator(seed: UInt64(Self.seconds))
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(200 + Int(random.next() % 800)))
        let name = TwoChains.routers[Int(random.next() % UInt64(TwoChains.routers.count))]
        routers[name]?.send(SIGKILL)
        _ = await routers[name]?.status
        routers[name] = try start(name, chains)
      }
      return routers
    }

    /// Ends a router that `network start` started.
    private func stop(_ name: String, _ chains: TwoChains) async throws {
      let file = chains.folder.home(ofRouter: name).appending(path: "router.pid")
      let text = try String(contentsOf: file, encoding: .utf8)
      let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
      Glibc.kill(pid, SIGTERM)
      for _ in 0..<200 where FileManager.default.fileExists(atPath: file.path) {
        try await Task.sleep(for: .milliseconds(50))
      }
    }

    private func start(_ name: String, _ chains: TwoChains) throws -> ChildProcess {
      let home = chains.folder.home(ofRouter: name)
      return try ChildProcess(
        Programs.router, ["run", "--home", home.path], log: home.appending(path: "router.log"))
    }
  }
}

/// Packets that the clerks of two chains send each other.
private final class Traffic {
  let ledgers: [RemoteLedger]
  private let clerks: [Identity]
  private var sent: [[[UInt8]]] = [[], []]

  init(_ chains: TwoChains) async throws {
    ledgers = [try await chains.ledger("a"), try await chains.ledger("b")]
    clerks = try ledgers.map { try chains.identity("clerk", on: $0) }
  }

  func close() async { for ledger in ledgers { await ledger.connection.close() } }

  /// One packet each way.
  func send() async throws {
    for (index, ledger) in ledgers.enumerated() {
      let number = sent[index].count + 1
      let content = Array("document \(number) of \(ledger.genesis.name)".utf8)
      let packet = TwoChains.notice("\(ledger.genesis.name)-\(number)")
      let call = try await ledger.prepareSend(packet, content: content, by: clerks[index])
      let receipts = try await ledger.submit(
        [call.call], attachments: call.attachments, by: clerks[index])
      guard receipts.first?.isDone == true else {
        // The window is full: routers are down. It is sent later.
        return
      }
      sent[index].append(content)
    }
  }

  private func channel(_ ledger: RemoteLedger) async throws -> RelayChannelState {
    try await ledger.message(RelayChannelState.self, of: RelayContract.channel("ab")).message
      ?? RelayChannelState()
  }

  /// Waits until no packet is under way.
  func settled(within time: Duration) async throws {
    let deadline = ContinuousClock.now + time
    while ContinuousClock.now < deadline {
      var unsettled: UInt32 = 0
      for ledger in ledgers { unsettled += try await channel(ledger).unsettled }
      if unsettled == 0 { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    Issue.record("packets are still not settled")
  }

  /// Every packet was received once, is acknowledged, and opens for its recipient.
  func check() async throws {
    for (index, here) in ledgers.enumerated() {
      let there = ledgers[1 - index]
      let count = try await channel(here).sent
      #expect(count == UInt64(sent[index].count) && count > 10)
      #expect(try await channel(there).received == count)
      for (number, content) in sent[index].enumerated() {
        let sequence = UInt64(number + 1)
        let source = try await here.trail(of: RelayContract.sent("ab", sequence)).fact
        #expect(source?.events.map(\.operation) == ["send", "acknowledge"])
        let arrived = try await there.trail(of: RelayContract.received("ab", sequence)).fact
        #expect(arrived?.events.map(\.operation) == ["receive"])
        let opened = try await there.content(
          ofPacket: sequence, received: "ab", source: here.suite, by: clerks[1 - index],
          timeMs: UInt64(Date().timeIntervalSince1970 * 1_000))
        #expect(opened == content)
      }
    }
  }
}
