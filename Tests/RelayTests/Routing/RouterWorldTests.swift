import BuiltinContracts
import Cryptography
import LedgerModel
import RouterCore
import Testing
import Wire

/// What routers owe, whatever goes wrong between them: everything is settled, nothing is done
/// twice, and what one chain did the other one knows.
struct RouterWorldTests {
  func check(_ world: RouterWorld) throws {
    guard try world.chains.allSatisfy({ try $0.channel().unsettled == 0 }) else { return }
    for (index, here) in world.chains.enumerated() {
      let there = world.chains[1 - index]
      let sent = try here.channel().sent
      #expect(sent > 0)
      for sequence in 1...max(sent, 1) {
        let packet = try #require(try here.sent(sequence))
        let received = try there.received(sequence)
        let isDone = received?.outcome.failure == RelayFailure.none
        #expect(
          packet.state == (isDone ? .acknowledged : .compensated),
          "\(RouterWorld.names[index]) \(sequence): \(packet.state)")
        let operations = try there.operations(
          RelayContract.received(Crossing.channel, sequence))
        let isOpened =
          received?.packet.messageType == "notice.confirmed"
          && received?.outcome.failure != .businessKey
          && received?.outcome.failure != .unknownRecipient
        let last = received?.outcome.failure == .undecided ? "lapse" : "decide"
        #expect(operations == (received == nil ? [] : ["receive"] + (isOpened ? [last] : [])))
        if isDone, let received {
          let content = try world.opened(received, on: there, from: here)
          #expect(content == world.contents[packet.packet.commitment.octets])
        }
      }
    }
  }

  @Test("Packets of both directions are delivered once, in order, with their content")
  func calm() throws {
    let world = try RouterWorld(seed: 1)
    world.sendPackets(for: 3_000, every: 40)
    try world.run(for: 3_000)
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    try check(world)
    #expect(world.notes.allSatisfy { if case .blamed = $0 { false } else { true } })
  }

  @Test(
    "Lost, doubled and late messages, routers that start anew and clocks hours off do no harm",
    arguments: 1...6 as ClosedRange<UInt64>)
  func storm(seed: UInt64) throws {
    var faults = RouterWorld.Faults()
    faults.lost = Int(seed % 4) * 10
    faults.twice = 20
    faults.delayMs = 200
    faults.unsure = 10
    faults.crashEveryMs = seed.isMultiple(of: 2) ? 700 : nil
    faults.clockOffMs = Int64(seed % 3) * 7_200_000 - 7_200_000
    let world = try RouterWorld(seed: seed, faults: faults)
    world.sendPackets(for: 3_000, every: 60)
    try world.run(for: 3_000)
    world.heal()
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try check(world)
  }

  @Test(
    "A router that alters what it brings is found out by name, and another one delivers",
    arguments: RouterLie.allCases)
  func liar(lie: RouterLie) throws {
    var faults = RouterWorld.Faults()
    faults.lie = lie
    let world = try RouterWorld(seed: 5, faults: faults)
    world.sendPackets(for: 1_000, every: 12)
    try world.run(for: 4_000)
    let reasons = world.notes.compactMap { note -> String? in
      guard case .blamed(let router, _, let reason) = note else { return nil }
      #expect(world.routers.contains { $0.keys.id == router && $0.number == 0 })
      return reason
    }
    #expect(reasons.contains { $0.contains(lie.foundAs) }, "\(reasons.prefix(3))")
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try check(world)
    for (index, chain) in world.chains.enumerated() {
      let liar = try #require(world.routers.first { $0.index != index && $0.number == 0 })
      let blamed = try (1...chain.channel().received).compactMap { sequence in
        try chain.value(
          of: RelayContract.blamed(Crossing.channel, sequence, liar.keys.id.key),
          as: RelayBlamedRouter.self)
      }
      #expect(Set(blamed.map(\.fault)) == Set([lie.blamedFor].compactMap { $0 }))
      #expect(Set(blamed.map(\.router)).isSubset(of: [liar.keys.name]))
      #expect(try chain.channel().blamed == blamed.count)
    }
  }

  @Test("Nothing is refunded while the other chain stands; when it goes on, its time decides")
  func halted() throws {
    var faults = RouterWorld.Faults()
    faults.halt = (1, 500...6_000)
    let world = try RouterWorld(seed: 9, faults: faults)
    world.sendPackets(for: 2_000, every: 50)
    try world.run(for: 5_500)
    let sent = try world.chains[0].channel().sent
    let states = try (1...sent).map { try world.chains[0].sent($0)?.state }
    #expect(states.contains(.sent))
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try check(world)
  }

  @Test("A router that starts anew finds the packets that wait, from the chains alone")
  func anew() throws {
    var faults = RouterWorld.Faults()
    faults.lost = 100
    let world = try RouterWorld(seed: 3, faults: faults)
    world.sendPackets(for: 1_000, every: 50)
    try world.run(for: 1_500)
    #expect(try world.chains[0].channel().unsettled > 0)
    for id in world.routers.indices { world.restart(id) }
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    try check(world)
  }

  @Test(
    "What nobody decides lapses once, and is compensated, whatever the routers' clocks say",
    arguments: [-7_200_000, 0, 7_200_000] as [Int64])
  func lapse(clockOffMs: Int64) throws {
    var faults = RouterWorld.Faults()
    faults.confirmed = 50
    faults.lost = 10
    faults.crashEveryMs = 1_500
    faults.clockOffMs = clockOffMs
    let world = try RouterWorld(seed: 11, faults: faults)
    world.sendPackets(for: 3_000, every: 60)
    #expect(try world.settle(within: 120_000), "\(world.standing)")
    try check(world)
    let lapses = world.notes.compactMap { note -> RouterCore.CallOutcome? in
      guard case .carried(_, let outcome) = note, case .lapse = outcome.kind else { return nil }
      return outcome
    }
    let done = lapses.filter { $0.refusal == nil }.count
    #expect(done > 5)
    #expect(
      Set(lapses.compactMap(\.refusal?.code)).isSubset(of: ["relay.not_late", "relay.decided"]))
    // Who is told that it is too early asks seldom, not with every block.
    #expect(lapses.count < 20 * done, "\(lapses.count) of \(done)")
  }

  @Test("Packets lapse while no router of the other chain answers")
  func lapseAlone() throws {
    var faults = RouterWorld.Faults()
    faults.confirmed = 100
    let world = try RouterWorld(seed: 12, faults: faults)
    world.sendPackets(for: 1_000, every: 50)
    try world.run(for: 2_000)
    #expect(try world.chains.contains { try $0.channel().open > 0 })
    world.faults.lost = 100
    try world.run(for: 40_000)
    for chain in world.chains { #expect(try chain.channel().open == 0) }
  }

  @Test("Two routers of a chain seldom carry the same packets")
  func turns() throws {
    let world = try RouterWorld(seed: 2)
    world.sendPackets(for: 4_000, every: 10)
    try world.run(for: 4_500)
    world.heal()
    #expect(try world.settle(within: 60_000), "\(world.standing)")
    let outcomes = world.notes.compactMap { note -> RouterCore.CallOutcome? in
      if case .carried(_, let outcome) = note { outcome } else { nil }
    }
    let twice = outcomes.filter { $0.refusal?.code == "relay.already_received" }.count
    let done = outcomes.filter {
      if case .receive = $0.kind { $0.refusal == nil } else { false }
    }.count
    #expect(done > 300)
    #expect(twice * 4 < done, "\(twice) of \(done)")
    // Nor do they settle what the other one settled.
    let settledTwice = outcomes.filter { $0.refusal?.code == "relay.settled" }.count
    #expect(settledTwice * 4 < done, "\(settledTwice) of \(done)")
  }
}

extension RouterWorld {
  /// The content that the recipient opens at the destination.
  func opened(
    _ received: RelayReceivedPacket, on there: RelayChain, from here: RelayChain
  ) throws -> [UInt8]? {
    guard let digest = Digest(received.sealed.attachment.octets),
      let ciphertext = there.contents[digest], let key = received.sealed.keys.first
    else { return nil }
    let recipient = received.packet.recipient
    let keys = try [there.sealingKey(of: recipient)] + (there.formerSealingKeys[recipient] ?? [])
    let opening = try #require(
      keys.first {
        Member.keyID(of: $0.publicKey.encoded, suite: there.suite) == key.keyID.octets
      })
    let content = try PacketContent(
      opening: ciphertext, in: received.packet, .destination,
      key: there.suite.unwrap(key.wrapped.octets, with: opening), suite: there.suite)
    return content.isContent(of: received.packet, suite: here.suite) ? content.plaintext : nil
  }
}
