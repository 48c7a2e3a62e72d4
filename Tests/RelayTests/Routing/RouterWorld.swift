import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import RouterCore
import TestLedger
import Wire

/// Two chains with routers beside them, under a virtual clock and network: everything that happens
/// follows from the seed.
final class RouterWorld {
  /// What goes wrong, and how often.
  struct Faults {
    /// Of 100 messages between routers, how many are lost, and how many come twice.
    var lost = 0
    var twice = 0
    /// Longest delay of a message, in milliseconds.
    var delayMs: UInt64 = 5
    /// Of 100 submissions, how many are told to have failed although they are carried out.
    var unsure = 0
    /// Every so many milliseconds a router starts anew.
    var crashEveryMs: UInt64?
    /// While a chain makes no blocks.
    var halt: (chain: Int, ClosedRange<UInt64>)?
    /// What the first router of each chain does to what it brings.
    var lie: RouterLie?
    /// Of 100 packets, how many are notices that their recipient decides; of those, it leaves half.
    var confirmed = 0
    /// How far the wall clocks of routers are off, in milliseconds.
    var clockOffMs: Int64 = 0
  }

  enum Happening {
    case event(router: Int, life: Int, RouterCore.Event)
    case ask(WireRouterAsk, from: Int, to: Int, life: Int)
    case waiting(WireRouterAsk, from: Int, to: Int, life: Int, untilMs: UInt64)
    case block(chain: Int)
    case tick
    case crash
    case send(chain: Int)
  }

  static let blockMs: UInt64 = 50
  static let names = ["finance", "province"]

  let chains: [RelayChain]
  private(set) var routers: [SimulatedRouter] = []
  var faults: Faults
  var random: SeededGenerator
  private(set) var nowMs: UInt64 = 0
  private var queue: [(atMs: UInt64, order: UInt64, Happening)] = []
  private var order: UInt64 = 0
  private typealias Waiting = (Transaction, router: Int?, life: Int, [CarriedCall])
  private var pools: [[Waiting]] = [[], []]
  /// What was sent, by commitment.
  private(set) var contents: [[UInt8]: [UInt8]] = [:]
  private(set) var notes: [RouterCore.Note] = []
  private var keysUsed = 0
  private var isSending = true
  /// Up to which packet the clerk of each chain has looked at what came.
  private var looked: [UInt64] = [0, 0]

  init(seed: UInt64, faults: Faults = Faults(), routersPerChain: Int = 2) throws {
    random = SeededGenerator(seed: seed)
    self.faults = faults
    chains = [
      try RelayChain(Self.names[0], .intl, number: 1, validators: 1),
      try RelayChain(Self.names[1], .intl, number: 2, validators: 1),
    ]
    for (index, chain) in chains.enumerated() {
      for number in 0..<routersPerChain {
        routers.append(try SimulatedRouter(chain: chain, index: index, number: number))
      }
    }
    for index in 0...1 {
      let (local, remote) = (chains[index], chains[1 - index])
      try local.decide([
        WireChange(.trustChain(remote.record())),
        WireChange(.setChannel(terms(local, remote, routers.filter { $0.index != index }))),
      ])
    }
    for (id, router) in routers.enumerated() {
      perform(router.core.start(now: moment(router)), by: id)
      for (other, peer) in routers.enumerated() where peer.index != router.index {
        _ = other
        happen(after: 1, .event(router: id, life: 0, .linked(peer.keys.id)))
      }
    }
    for chain in 0...1 { happen(after: Self.blockMs, .block(chain: chain)) }
    happen(after: 20, .tick)
    if let every = faults.crashEveryMs { happen(after: every, .crash) }
  }

  private func terms(
    _ local: RelayChain, _ remote: RelayChain, _ others: [SimulatedRouter]
  ) -> WireChannelRecord {
    var terms = WireChannelRecord()
    terms.id = Crossing.channel
    terms.localChain = local.id.data
    terms.remoteChain = remote.id.data
    terms.messageTypes = Crossing.noticeTypes
    terms.window = 64
    terms.maxTimeoutMs = Crossing.maxTimeoutMs
    terms.mechanism = "intl"
    terms.carriers = SimulatedRouter.members
    terms.remoteRouters = others.map(\.record)
    return terms
  }
}

// Time.
extension RouterWorld {
  func happen(after ms: UInt64, _ happening: Happening) {
    order += 1
    let entry = (atMs: nowMs + ms, order: order, happening)
    let index = queue.firstIndex { ($0.atMs, $0.order) > (entry.atMs, entry.order) }
    queue.insert(entry, at: index ?? queue.endIndex)
  }

  /// Lets packets be sent at random for so long.
  func sendPackets(for ms: UInt64, every interval: UInt64) {
    for at in stride(from: UInt64(10), to: ms, by: Int(interval)) {
      happen(after: at, .send(chain: Int(random.next() % 2)))
    }
  }

  func run(for ms: UInt64) throws {
    let end = nowMs + ms
    while let next = queue.first, next.atMs <= end {
      queue.removeFirst()
      nowMs = next.atMs
      try happen(next.2)
    }
    nowMs = end
  }

  /// Runs until every packet is settled.
  /// - Returns: Whether that happened in time.
  func settle(within ms: UInt64) throws -> Bool {
    let end = nowMs + ms
    while nowMs < end {
      try run(for: 500)
      if try chains.allSatisfy({ try $0.channel().unsettled == 0 }), pools.allSatisfy(\.isEmpty) {
        return true
      }
    }
    return false
  }

  private func moment(_ router: SimulatedRouter) -> RouterMoment {
    let wall = Int64(RelayChain.start) + Int64(nowMs) + faults.clockOffMs
    return RouterMoment(wallMs: UInt64(max(0, wall)), steadyMs: nowMs)
  }

  private func happen(_ happening: Happening) throws {
    switch happening {
    case .event(let id, let life, let event):
      guard routers[id].life == life else { return }
      perform(routers[id].core.handle(event, now: moment(routers[id])), by: id)
    case .ask(let ask, let from, let to, let life):
      answer(ask, from: from, to: to, life: life, untilMs: nowMs + UInt64(ask.waitMs))
    case .waiting(let ask, let from, let to, let life, let untilMs):
      answer(ask, from: from, to: to, life: life, untilMs: untilMs)
    case .block(let index):
      try block(index)
      happen(after: Self.blockMs, .block(chain: index))
    case .tick:
      for id in routers.indices {
        perform(routers[id].core.handle(.tick, now: moment(routers[id])), by: id)
      }
      happen(after: 20, .tick)
    case .crash:
      restart(Int(random.next() % UInt64(routers.count)))
      if let every = faults.crashEveryMs { happen(after: every, .crash) }
    case .send(let chain): if isSending { try send(chain) }
    }
  }

  /// How the routers stand, for whoever wonders why something is not settled.
  var standing: String {
    (routers.flatMap(\.core.overview).map { "\($0)" } + notes.suffix(12).map { "\($0)" })
      .joined(separator: "\n")
  }

  /// Everything stands still for so long: no blocks, no routers.
  func pause(for ms: UInt64) {
    nowMs += ms
    for index in queue.indices { queue[index].atMs += ms }
  }

  /// Ends all faults, so that everything must be settled.
  func heal() {
    faults = Faults()
    isSending = false
  }

  func restart(_ id: Int) {
    routers[id].restart()
    perform(routers[id].core.start(now: moment(routers[id])), by: id)
    for peer in routers where peer.index != routers[id].index {
      happen(after: 1, .event(router: id, life: routers[id].life, .linked(peer.keys.id)))
    }
  }
}

// What routers do.
extension RouterWorld {
  private func perform(_ effects: [RouterCore.Effect], by id: Int) {
    for effect in effects {
      switch effect {
      case .look:
        guard let view = try? routers[id].view() else { continue }
        tell(.looked(view), to: id, after: 1 + random.next() % 4)
      case .recover(let channel, let newest, let count):
        let unsettled = (1...newest).reversed().filter {
          (try? routers[id].chain.sent($0))??.state == .sent
        }
        tell(
          .recovered(
            channel: channel, newest: newest, unsettled: Array(unsettled.prefix(Int(count)))),
          to: id, after: 3)
      case .fetch(let channel, let sequences):
        let packets = sequences.compactMap { (try? routers[id].chain.sent($0)) ?? nil }
        tell(.fetched(channel: channel, asked: sequences, packets), to: id, after: 2)
      case .findOpen(let channel, let after, let newest, let count):
        let open = (after + 1...newest).reversed().lazy
          .compactMap { [chain = routers[id].chain] in (try? chain.received($0)) ?? nil }
          .filter(\.outcome.open).map(\.packet).prefix(Int(count))
        tell(.foundOpen(channel: channel, newest: newest, Array(open)), to: id, after: 2)
      case .checkOpen(let channel, let sequences):
        let decided = sequences.compactMap { (try? routers[id].chain.received($0)) ?? nil }
          .filter { !$0.outcome.open }.map(\.packet.sequence)
        tell(.decided(channel: channel, decided), to: id, after: 2)
      case .ask(let ask, let peer):
        guard let to = routers.firstIndex(where: { $0.keys.id == peer }) else { continue }
        pass { .ask(ask, from: id, to: to, life: self.routers[id].life) }
      case .judge(let answer, let sender, let view, let unsettled):
        let judgement = routers[id].judge(answer, from: sender, view, unsettled, nowMs: nowMs)
        tell(.judged(channel: Crossing.channel, judgement), to: id, after: 1)
      case .submit(_, let calls): submit(calls, by: id)
      case .note(let note): notes.append(note)
      }
    }
  }

  private func tell(_ event: RouterCore.Event, to id: Int, after ms: UInt64) {
    happen(after: ms, .event(router: id, life: routers[id].life, event))
  }

  /// Sends a message over the network between routers.
  private func pass(_ message: () -> Happening) {
    guard random.next() % 100 >= UInt64(faults.lost) else { return }
    let count = random.next() % 100 < UInt64(faults.twice) ? 2 : 1
    for _ in 0..<count { happen(after: 1 + random.next() % faults.delayMs, message()) }
  }

  private func answer(_ ask: WireRouterAsk, from: Int, to: Int, life: Int, untilMs: UInt64) {
    guard var answer = routers[to].answer(ask, to: routers[from], nowMs: nowMs) else { return }
    let isEmpty = answer.packets.isEmpty && answer.outcomes.isEmpty && answer.absences.isEmpty
    guard !isEmpty || nowMs >= untilMs else {
      happen(
        after: 25, .waiting(ask, from: from, to: to, life: life, untilMs: untilMs))
      return
    }
    if let lie = faults.lie, routers[to].number == 0 {
      lie.alter(&answer)
      if lie == .plaintext { try? routers[to].exchangeContent(in: &answer, for: routers[from]) }
    }
    let told = answer
    pass {
      .event(router: from, life: life, .answered(told, by: self.routers[to].keys.id))
    }
  }

  private func submit(_ calls: [CarriedCall], by id: Int) {
    let router = routers[id]
    let requests = calls.map { call in
      RelayChain.Request(
        method: call.method, arguments: call.arguments,
        contents: call.attachment.map { [$0] } ?? [])
    }
    guard let transaction = try? router.chain.transaction(router.member, requests) else { return }
    pools[router.index].append((transaction, id, router.life, calls))
  }

  private func block(_ index: Int) throws {
    if let halt = faults.halt, halt.chain == index, halt.1 ~= nowMs { return }
    let chain = chains[index]
    let pool = pools[index]
    pools[index] = []
    defer { tellChange(of: index) }
    let logSize = chain.ledger.executed.logSize
    defer { tellSettled(of: index, since: logSize) }
    let receipts = try chain.run(
      pool.map(\.0), at: max(RelayChain.start + nowMs, chain.timeMs + 1))
    if faults.confirmed > 0 { try decide(on: index) }
    var next = receipts[...]
    for (_, router, life, calls) in pool {
      let own = next.prefix(max(calls.count, 1))
      next = next.dropFirst(max(calls.count, 1))
      guard let router, routers[router].life == life else { continue }
      if random.next() % 100 < UInt64(faults.unsure) {
        tell(
          .failed(channel: Crossing.channel, .submitting, reason: "timed out"), to: router,
          after: 5)
        continue
      }
      let outcomes = zip(calls, own).map { call, receipt in
        RouterCore.CallOutcome(call.kind, refusal: Self.refusal(receipt))
      }
      tell(.submitted(channel: Crossing.channel, outcomes), to: router, after: 2)
    }
  }

  /// Routers follow what their chain executes.
  private func tellChange(of index: Int) {
    for id in routers.indices where routers[id].index == index {
      if let view = try? routers[id].view() { tell(.looked(view), to: id, after: 2) }
    }
  }

  private func tellSettled(of index: Int, since logSize: UInt64) {
    let ledger = chains[index].ledger
    let records = (try? ledger.records(logSize..<ledger.executed.logSize)) ?? []
    let events = records.compactMap { $0.kind == 1 ? try? AssetEvent(decoding: $0.bytes) : nil }
    let sequences = events.filter {
      $0.asset.namespace == "relay.sent" && $0.operation != "send"
    }.compactMap { $0.asset.key.split(separator: ":").last.flatMap { UInt64($0) } }
    guard !sequences.isEmpty else { return }
    for id in routers.indices where routers[id].index == index {
      tell(.settled(channel: Crossing.channel, sequences), to: id, after: 5 + random.next() % 100)
    }
  }

  private static func refusal(_ receipt: Receipt) -> RouterCore.CallOutcome.Refused? {
    switch receipt.outcome {
    case .done: nil
    case .refused(let refused):
      .init(code: refused.code, field: refused.field, value: refused.value)
    }
  }
}

// What is sent, and taken.
extension RouterWorld {
  /// The clerk takes every other packet that it has to decide, and forgets the rest.
  private func decide(on index: Int) throws {
    let received = try chains[index].channel().received
    while looked[index] < received {
      looked[index] += 1
      guard try chains[index].received(looked[index])?.outcome.open == true,
        random.next() % 2 == 0
      else { continue }
      let decide = Crossing.decide(looked[index], .none)
      pools[index].append((try chains[index].transaction("clerk", [decide]), nil, 0, []))
    }
  }

  /// A notice of random content, sometimes with little time, without recipient, or used before.
  private func send(_ index: Int) throws {
    keysUsed += 1
    let key = random.next() % 20 == 0 ? "K\(max(1, keysUsed / 2))" : "K\(keysUsed)"
    let timeoutMs =
      random.next() % 5 == 0 ? 100 + random.next() % 2_000 : 600_000 + random.next() % 1_000
    let recipient = random.next() % 15 == 0 ? "nobody" : "clerk"
    let isConfirmed = faults.confirmed > 0 && random.next() % 100 < UInt64(faults.confirmed)
    let content = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next())
    }
    let (request, commitment) = try Self.send(
      content, key: key, to: recipient, from: chains[index], over: chains[1 - index],
      timeoutMs: RelayChain.start + nowMs + (isConfirmed ? 4_000 : timeoutMs),
      type: isConfirmed ? "notice.confirmed" : "notice")
    contents[commitment] = content
    pools[index].append((try chains[index].transaction("sender", [request]), nil, 0, []))
  }

  static func send(
    _ content: [UInt8], key: String, to recipient: String, from here: RelayChain,
    over there: RelayChain, timeoutMs: UInt64, type: String = "notice"
  ) throws -> (RelayChain.Request, commitment: [UInt8]) {
    var notice = RelayNotice()
    notice.matter = "archive-relocation"
    var packet = RelayPacket()
    packet.version = 1
    packet.sourceChain = here.id.data
    packet.destinationChain = there.id.data
    packet.channel = Crossing.channel
    packet.messageType = type
    packet.schema = 1
    packet.schemaVersion = 1
    packet.sender = "sender"
    packet.recipient = recipient
    packet.timeoutMs = timeoutMs
    packet.policy = "release-1"
    packet.purpose = "relocation of an archive"
    packet.businessKey = key
    packet.body = notice.encoded.data
    let plain = PacketContent(content, blinding: [UInt8](repeating: 7, count: 32))
    packet.commitment = plain.commitment(schema: 1, version: 1, suite: here.suite).bytes.data
    let dataKey = SecretBytes(randomByteCount: here.suite.symmetricKeyByteCount)
    let ciphertext = try plain.sealed(
      in: packet, .source, key: dataKey, nonce: randomBytes(here.suite.nonceByteCount),
      suite: here.suite)
    var call = RelaySend()
    call.packet = packet
    call.sealed.attachment = here.suite.hash(.attachment, ciphertext).bytes.data
    for member in SimulatedRouter.members {
      let sealing = try here.sealingKey(of: member).publicKey
      var key = RelayWrappedKey()
      key.recipient = member
      key.keyID = Member.keyID(of: sealing.encoded, suite: here.suite).data
      key.wrapped = try here.suite.wrap(dataKey, to: sealing).data
      call.sealed.keys.append(key)
    }
    let request = RelayChain.Request(
      method: "send", arguments: call.encoded, contents: [ciphertext])
    return (request, packet.commitment.octets)
  }
}
