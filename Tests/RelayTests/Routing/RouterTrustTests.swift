import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import RouterCore
import Testing
import Wire

/// What routers do when keys change under way, and when a chain is no longer believed.
struct RouterTrustTests {
  private func stalled(_ world: RouterWorld, _ words: String) -> Bool {
    world.notes.contains { note in
      if case .stalled(_, let reason?) = note { reason.contains(words) } else { false }
    }
  }

  /// A world with packets under way that are sealed to the keys that members have now.
  private func underWay(seed: UInt64, routersPerChain: Int = 2) throws -> RouterWorld {
    var faults = RouterWorld.Faults()
    faults.lost = 100
    let world = try RouterWorld(seed: seed, faults: faults, routersPerChain: routersPerChain)
    world.sendPackets(for: 1_000, every: 40)
    try world.run(for: 1_200)
    #expect(try world.chains[0].channel().unsettled > 2)
    return world
  }

  @Test("What was sealed to a carrier's former key is delivered after it has another")
  func carrierKey() throws {
    let world = try underWay(seed: 21, routersPerChain: 1)
    for (number, chain) in world.chains.enumerated() {
      try chain.replaceSealingKey(of: "router", number: UInt8(60 + number))
    }
    for id in world.routers.indices {
      try world.routers[id].takeKey(keepingFormer: true)
      world.restart(id)
    }
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    try RouterWorldTests().check(world)
    #expect(!world.notes.contains { if case .blamed = $0 { true } else { false } })
  }

  @Test("A carrier that threw its former key away says so, and another one delivers")
  func lostKey() throws {
    let world = try underWay(seed: 22)
    for (number, chain) in world.chains.enumerated() {
      try chain.replaceSealingKey(of: "router", number: UInt8(70 + number))
    }
    for id in world.routers.indices {
      try world.routers[id].takeKey(keepingFormer: false)
      world.restart(id)
    }
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    try RouterWorldTests().check(world)
    #expect(
      world.notes.contains { note in
        if case .blamed(_, _, let reason) = note {
          reason.contains("sealed to another key of router")
        } else {
          false
        }
      })
  }

  @Test("Content is sealed to the key that its recipient has when it arrives")
  func recipientKey() throws {
    let world = try RouterWorld(seed: 23)
    world.sendPackets(for: 4_000, every: 30)
    try world.run(for: 1_000)
    let before = try world.chains[1].channel().received
    try world.chains[1].replaceSealingKey(of: "clerk", number: 80)
    try world.run(for: 3_000)
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    // Opens each with the key that it names.
    try RouterWorldTests().check(world)
    let last = try world.chains[1].channel().received
    #expect(before > 0 && last > before)
    let key = try world.chains[1].sealingKey(of: "clerk").publicKey.encoded
    let ids = try (before + 1...last).compactMap {
      try world.chains[1].received($0)?.sealed.keys.first?.keyID.octets
    }
    #expect(ids.last == Member.keyID(of: key, suite: world.chains[1].suite))
  }

  @Test("A chain that contradicts itself is not believed until it is trusted anew")
  func equivocation() throws {
    let world = try RouterWorld(seed: 24)
    let (liar, there) = (world.chains[0], world.chains[1])
    world.sendPackets(for: 10_000, every: 50)
    try world.run(for: 2_000)
    let client = try #require(
      try there.value(of: RelayContract.client(liar.id, revision: 1), as: RelayClient.self))
    let known = try #require(try liar.ledger.headers(from: client.height, limit: 1).first)
    let fork = try liar.fork(of: known.header)

    try there.given("router-2", Crossing.update(fork))
    try world.run(for: 500)

    #expect(stalled(world, "frozen"))
    let frozen = try #require(
      try there.value(of: RelayContract.client(liar.id, revision: 1), as: RelayClient.self))
    #expect(frozen.conflict.octets == fork.wire.encoded)
    let received = try there.channel().received
    try world.run(for: 10_000)
    #expect(try there.channel().received == received)
    #expect(try liar.channel().sent > received)

    try there.decide([WireChange(.trustChain(liar.record(revision: 2)))])
    world.heal()
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try RouterWorldTests().check(world)
    #expect(world.notes.contains { $0 == .stalled(channel: Crossing.channel, reason: nil) })
  }

  @Test("A link that is idle for longer than the trusting period stands until it is trusted anew")
  func expired() throws {
    let world = try RouterWorld(seed: 25)
    world.sendPackets(for: 1_000, every: 50)
    try world.run(for: 3_000)
    let (first, second) = (world.chains[0], world.chains[1])
    // All of its validators change while nobody brings a header of it.
    var newcomer = try first.newcomer(0)
    newcomer.name = "newcomer"
    try first.decide([WireChange(.addValidator(newcomer))])
    try first.decide([WireChange(.removeValidator("finance-0"))])
    world.pause(for: RelayChain.trustingMs + 3_600_000)
    let before = try world.chains.map { try $0.channel().received }
    world.sendPackets(for: 2_000, every: 100)
    try world.run(for: 15_000)
    #expect(stalled(world, "expired"))
    #expect(try world.chains.map { try $0.channel().received } == before)

    try second.decide([WireChange(.trustChain(first.record(revision: 2)))])
    try first.decide([WireChange(.trustChain(second.record(revision: 2)))])
    world.sendPackets(for: 1_000, every: 50)
    try world.run(for: 2_000)
    world.heal()
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try RouterWorldTests().check(world)
    #expect(try world.chains[1].channel().received > before[1])
  }

  @Test("A chain that makes no blocks is reported, and nothing that it may have is refunded")
  func silent() throws {
    var faults = RouterWorld.Faults()
    faults.halt = (1, 500...60_000)
    let world = try RouterWorld(seed: 26, faults: faults)
    world.sendPackets(for: 3_000, every: 50)
    try world.run(for: 59_000)
    #expect(stalled(world, "timed out"))
    let sent = try world.chains[0].channel().sent
    let early = try (1...sent).compactMap { try world.chains[0].sent($0) }
      .filter { $0.packet.timeoutMs > RelayChain.start + 500 && $0.state == .compensated }
    let there = world.chains[1]
    for packet in early {
      let outcome = try there.received(packet.packet.sequence)?.outcome
      #expect(outcome.map { $0.failure != .none } == true)
    }
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try RouterWorldTests().check(world)
    #expect(world.notes.contains { $0 == .stalled(channel: Crossing.channel, reason: nil) })
  }
}
