import BuiltinContracts
import LedgerModel
import LedgerStore
import RouterCore
import Testing
import Wire

/// What one router's machine makes of what it is told, step by step.
struct RouterMachineTests {
  /// A channel as finance has it, in another state.
  private func view(_ change: (inout RelayChannelState) -> Void) throws -> ChannelView {
    let known = try #require(try RouterWorld(seed: 1).routers[0].view())
    var state = known.state
    change(&state)
    return ChannelView(
      terms: known.terms, state: state, chain: known.chain, client: known.client,
      timeMs: known.timeMs)
  }

  private func packet(_ sequence: UInt64, timeoutMs: UInt64) -> RelayPacket {
    var packet = RelayPacket()
    packet.channel = Crossing.channel
    packet.sequence = sequence
    packet.timeoutMs = timeoutMs
    return packet
  }

  @Test("A channel that stands is told of as it was read last, and not before it was read")
  func standing() throws {
    let view = try view { $0.sent = 2 }
    var story = CoreStory()
    story.run(for: 500) { _, _ in nil }
    #expect(story.core.overview.map(\.sent) == [nil])

    // No router of the other chain is linked.
    story.run(for: 60_000) { effect, _ in
      switch effect {
      case .look: .looked(view)
      case .recover(let channel, let newest, _):
        .recovered(channel: channel, newest: newest, unsettled: [])
      default: nil
      }
    }

    #expect(story.core.overview.map(\.sent) == [2])
    #expect(story.core.overview.map(\.linked) == [0])
    #expect(story.core.overview.map(\.routers) == [view.routers.count])
  }

  @Test("What a node that is behind does not have yet is no packet that was settled")
  func behind() throws {
    let view = try view { state in
      state.sent = 2
      state.unsettled = 2
    }
    let router = try #require(view.routers.first)
    var (settled, waiting) = (RelaySentPacket(), RelaySentPacket())
    settled.packet = packet(1, timeoutMs: .max)
    settled.state = .acknowledged
    waiting.packet = packet(2, timeoutMs: .max)
    var fetches: [[UInt64]] = []
    var story = CoreStory()
    story.tell(.linked(router))
    func answer(_ effect: RouterCore.Effect, _ packets: [RelaySentPacket]) -> RouterCore.Event? {
      switch effect {
      case .look: return .looked(view)
      case .recover(let channel, let newest, _):
        return .recovered(channel: channel, newest: newest, unsettled: [1, 2])
      case .fetch(let channel, let asked):
        fetches.append(asked)
        return .fetched(channel: channel, asked: asked, packets)
      case .ask(let ask, let router):
        var answer = WireRouterAnswer()
        answer.number = ask.number
        answer.channel = ask.channel
        return .answered(answer, by: router)
      case .judge: return .judged(channel: view.id, Judgement(calls: [], fault: nil))
      default: return nil
      }
    }

    story.run(for: 3_000) { effect, _ in answer(effect, []) }
    #expect(fetches.first == [1, 2])
    #expect(story.core.overview.map(\.unsettled) == [2])

    story.run(for: 1_000) { effect, _ in answer(effect, [settled, waiting]) }
    #expect(story.core.overview.map(\.unsettled) == [1])
    let count = fetches.count
    story.run(for: 10_000) { effect, _ in answer(effect, [settled, waiting]) }
    #expect(fetches.count == count)
  }

  @Test("A search for open packets that takes long is not begun again before it has failed")
  func longSearch() throws {
    let view = try view { state in
      state.received = 5
      state.open = 3
    }
    var searches = 0
    var story = CoreStory()
    func answer(_ effect: RouterCore.Effect) -> RouterCore.Event? {
      switch effect {
      case .look: return .looked(view)
      case .findOpen:
        searches += 1
        return nil
      default: return nil
      }
    }
    story.run(for: 60_000) { effect, _ in answer(effect) }
    #expect(searches == 1)
    story.tell(.failed(channel: view.id, .findingOpen, reason: "no node"))
    story.run(for: 60_000) { effect, _ in answer(effect) }
    #expect(searches == 2)
  }

  @Test("When some of the open packets are decided only those are read again; the rest lapse")
  func someDecided() throws {
    let open = try view { state in
      state.received = 5
      state.open = 3
    }
    let later = try view { state in
      state.received = 5
      state.open = 2
    }
    var (searches, checked) = (0, [[UInt64]]())
    var submitted: [CarriedCall.Kind] = []
    var story = CoreStory()
    func answer(_ effect: RouterCore.Effect, _ view: ChannelView) -> RouterCore.Event? {
      switch effect {
      case .look: return .looked(view)
      case .findOpen(let channel, _, let newest, _):
        searches += 1
        let found = [2, 4, 5].map { packet($0, timeoutMs: RelayChain.start + 30_000) }
        return .foundOpen(channel: channel, newest: newest, found)
      case .checkOpen(let channel, let sequences):
        checked.append(sequences)
        return .decided(channel: channel, [4])
      case .submit(_, let calls):
        submitted += calls.map(\.kind)
        return nil
      default: return nil
      }
    }
    story.run(for: 5_000) { effect, _ in answer(effect, open) }
    story.run(for: 20_000) { effect, _ in answer(effect, later) }
    #expect(searches == 1)
    #expect(checked == [[2, 4, 5]])
    #expect(submitted.isEmpty)
    story.run(for: 20_000) { effect, _ in answer(effect, later) }
    #expect(submitted == [.lapse(2), .lapse(5)])
  }

  @Test("A packet that times out at the end of all time neither lapses nor stops a router")
  func endOfTime() throws {
    // Another carrier's turn, to which it is left for a while longer.
    let view = try view { state in
      state.received = 70
      state.open = 1
    }
    var (looks, submissions) = (0, 0)
    var story = CoreStory()
    story.run(for: 10_000) { effect, _ in
      switch effect {
      case .look:
        looks += 1
        return .looked(view)
      case .findOpen(let channel, _, let newest, _):
        let found = [packet(70, timeoutMs: .max)]
        return .foundOpen(channel: channel, newest: newest, found)
      case .submit:
        submissions += 1
        return nil
      default: return nil
      }
    }
    #expect(looks > 10)
    #expect(submissions == 0)
  }

  @Test("A blame that could not be submitted comes with the next wrong answer, then no more")
  func blame() throws {
    var faults = RouterWorld.Faults()
    faults.lost = 100
    let world = try RouterWorld(seed: 5, faults: faults)
    world.sendPackets(for: 500, every: 20)
    try world.run(for: 600)
    let (liar, judge) = (world.routers[0], world.routers[2])
    let view = try #require(try judge.view())
    var blames = 0
    var story = CoreStory()
    story.tell(.linked(liar.keys.id))
    story.run(for: 30_000) { effect, _ in
      switch effect {
      case .look: return .looked(view)
      case .recover(let channel, let newest, _):
        return .recovered(channel: channel, newest: newest, unsettled: [])
      case .ask(let ask, let router):
        guard var answer = liar.answer(ask, to: judge, nowMs: 600) else { return nil }
        RouterLie.ciphertext.alter(&answer)
        return .answered(answer, by: router)
      case .judge(let answer, let router, let view, let unsettled):
        return .judged(
          channel: view.id, judge.judge(answer, from: router, view, unsettled, nowMs: 600))
      case .submit(let channel, let calls):
        let isBlame = calls.contains { if case .blame = $0.kind { true } else { false } }
        if isBlame { blames += 1 }
        if blames == 1, isBlame {
          return .failed(channel: channel, .submitting, reason: "no node")
        }
        let outcomes = calls.map { RouterCore.CallOutcome($0.kind, refusal: nil) }
        return .submitted(channel: channel, outcomes)
      default: return nil
      }
    }
    #expect(blames == 2)
  }

  @Test("A channel's id may have colons, and no other channel's outcomes are taken for its own")
  func colons() throws {
    let world = try RouterWorld(seed: 1)
    try world.run(for: 200)
    let (judge, router) = (world.routers[0], world.routers[2])
    let known = try #require(try judge.view())
    var terms = known.terms
    terms.id = "a:b"
    let view = ChannelView(
      terms: terms, state: known.state, chain: known.chain, client: known.client,
      timeMs: known.timeMs)
    let anchor = try #require(try world.chains[1].ledger.anchor())
    var received = RelayReceivedPacket()
    received.packet.channel = terms.id
    received.packet.sequence = 1
    var answer = WireRouterAnswer()
    answer.header = anchor.proven.wire
    var proof = WireValueProof()
    proof.value = received.encoded.data
    for key in ["a:b:1", "b:1", "x:a:b:1", "a:b:1:", "a:b", "a:b1", ""] {
      proof.key = key
      answer.outcomes = [proof]
      let judgement = judge.judge(answer, from: router.keys.id, view, [1: nil], nowMs: 0)
      let isOwn = key == "a:b:1"
      let fault: RouterFault? = isOwn ? nil : .otherAnswer(field: "key", value: key)
      #expect(judgement.calls.map(\.kind).contains(.acknowledge(1)) == isOwn, "\(key)")
      #expect(judgement.fault == fault, "\(key)")
    }
  }
}
