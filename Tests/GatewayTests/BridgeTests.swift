import Foundation
import GatewayConformance
import GatewayKit
import RocksStorage
import Storage
import TestLedger
import Testing

@Suite("Bridge")
struct BridgeTests {
  private var limits: LaneLimits {
    var limits = LaneLimits()
    limits.idlePause = .milliseconds(5)
    limits.firstPause = .milliseconds(5)
    limits.longestPause = .milliseconds(40)
    return limits
  }

  /// Opens the store once the bridge of before has let go of it.
  private func open(_ path: String) async throws -> RocksStore {
    var options = RocksOptions()
    options.reservedDiskBytes = 0
    for _ in 0..<200 {
      do {
        return try RocksStore(path: path, tables: Outbox.tables, options: options)
      } catch StorageFault.cannotOpen {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    return try RocksStore(path: path, tables: Outbox.tables, options: options)
  }

  @Test("Carries both ways, over outages and restarts, exactly once", .timeLimit(.minutes(2)))
  func restarts() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("gateway-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (chain, bureau) = (MemoryGateway("chain"), MemoryGateway("bureau"))
    let forth = try (0..<60).map { try sample($0, origin: "chain") }
    let back = try (0..<60).map { try sample($0, origin: "bureau") }
    var generator = SeededGenerator(seed: 11)
    for round in 0..<12 {
      let store = try await open(directory.path + "/outbox")
      await chain.offer(Array(forth[(round * 5)..<(round * 5 + 5)]))
      await bureau.offer(Array(back[(round * 5)..<(round * 5 + 5)]))
      await chain.disturb(Disturbance.allCases.randomElement(using: &generator))
      let bridge = Bridge(chain, bureau, store: store, limits: limits)
      let running = Task { try await bridge.run() }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
      await chain.disturb(nil)
      await bureau.disturb(Disturbance.allCases.randomElement(using: &generator))
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...60, using: &generator)))
      await bureau.disturb(nil)
      running.cancel()
      try? await running.value
    }
    let store = try await open(directory.path + "/outbox")
    let bridge = Bridge(chain, bureau, store: store, limits: limits)
    let running = Task { try await bridge.run() }
    while true {
      let (there, here) = (await chain.settled().count, await bureau.settled().count)
      if there == 60, here == 60 { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await bureau.taken() == forth)
    #expect(await chain.taken() == back)
    #expect(await chain.settled().sorted == forth.map { Told($0.id, .done) }.sorted)
    #expect(await bureau.settled().sorted == back.map { Told($0.id, .done) }.sorted)
    running.cancel()
    try? await running.value
    #expect(bridge.status(of: .forth)?.pulled == 60)
    #expect(try bridge.failures(of: .forth).isEmpty)
  }

  @Test("A refused document holds up none, and is on record with its code", .timeLimit(.minutes(1)))
  func poison() async throws {
    let (chain, bureau) = (MemoryGateway("chain"), MemoryGateway("bureau"))
    let documents = try (0..<3).map { try sample($0, origin: "chain") }
    let refusal = try code("bureau.closed_period")
    await bureau.decide(documents[1].heading.businessKey, .refused(refusal))
    await chain.offer(documents)
    let bridge = Bridge(chain, bureau, store: MemoryStore(), limits: limits)
    let running = Task { try await bridge.run() }
    while await chain.settled().count < 3 { try await Task.sleep(for: .milliseconds(5)) }
    running.cancel()
    try? await running.value
    #expect(await bureau.taken() == [documents[0], documents[2]])
    #expect(await chain.settled().contains(Told(documents[1].id, .refused(refusal))))
    #expect(
      try bridge.failures(of: .forth) == [
        GatewayFailure(id: documents[1].id, stage: .delivery, code: refusal)
      ])
  }

  @Test("A full device ends the bridge with a fault; nothing is lost", .timeLimit(.minutes(1)))
  func fullDevice() async throws {
    let (chain, bureau) = (MemoryGateway("chain"), MemoryGateway("bureau"))
    await chain.offer([try sample(1, origin: "chain")])
    let bridge = Bridge(
      chain, bureau, store: MemoryStore(failingAfterWrites: 1), limits: limits)
    await #expect(throws: OutboxFault.self) { try await bridge.run() }
    let again = Bridge(chain, bureau, store: MemoryStore(), limits: limits)
    let running = Task { try await again.run() }
    while await chain.settled().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    running.cancel()
    try? await running.value
    #expect(await bureau.taken().count == 1)
  }

  @Test("The status names why a place is waited for", .timeLimit(.minutes(1)))
  func status() async throws {
    let (chain, bureau) = (MemoryGateway("chain"), MemoryGateway("bureau"))
    await bureau.disturb(.unreachable)
    await chain.offer([try sample(1, origin: "chain")])
    let bridge = Bridge(chain, bureau, store: MemoryStore(), limits: limits)
    #expect(bridge.status(of: .forth) == nil)
    let running = Task { try await bridge.run() }
    while bridge.status(of: .forth)?.targetFault == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
    running.cancel()
    try? await running.value
    let status = try #require(bridge.status(of: .forth))
    #expect(status.targetFault == .unreachable(reason: "as told"))
    #expect(status.waiting == 1)
    #expect(status.sourceFault == nil)
  }
}

extension [Told] {
  fileprivate var sorted: [Told] {
    sorted { "\($0.id) \($0.outcome)" < "\($1.id) \($1.outcome)" }
  }
}
