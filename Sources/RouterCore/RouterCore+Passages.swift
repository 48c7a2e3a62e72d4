internal import BuiltinContracts
internal import Wire

// One channel at a time: look, ask, judge, submit, look again.
extension RouterCore {
  mutating func looked(_ view: ChannelView) {
    guard var passage = passages[view.id] else { return }
    passage.view = view
    passage.shown = view
    if let known = passage.knownSent, view.state.sent > known {
      for sequence in known + 1...view.state.sent {
        passage.unsettled[sequence] = Passage.Unsettled(sinceMs: now.steadyMs)
      }
      passage.knownSent = view.state.sent
    }
    switch passage.phase {
    case .looking: passage.phase = .idle(untilMs: passage.pauseMs)
    case .yielding(let calls, _, _) where Self.isDone(calls, view):
      passage.phase = .idle(untilMs: now.steadyMs)
    default: break
    }
    passages[view.id] = passage
  }

  /// Whether another router carried these packets already.
  private static func isDone(_ calls: [CarriedCall], _ view: ChannelView) -> Bool {
    calls.contains { call in
      switch call.kind {
      case .receive(let sequence), .skip(let sequence): sequence <= view.state.received
      case .update, .acknowledge, .timeOut, .lapse, .blame: false
      }
    }
  }

  mutating func recovered(_ channel: String, _ newest: UInt64, _ unsettled: [UInt64]) {
    guard var passage = passages[channel], case .recovering = passage.phase,
      let view = passage.view
    else { return }
    // Some may have been sent meanwhile.
    let later = view.state.sent > newest ? Array(newest + 1...view.state.sent) : []
    for sequence in unsettled + later {
      passage.unsettled[sequence] = Passage.Unsettled(sinceMs: now.steadyMs)
    }
    passage.knownSent = max(newest, view.state.sent)
    passage.phase = .idle(untilMs: now.steadyMs)
    passages[channel] = passage
  }

  /// What is settled, another router settled.
  mutating func fetched(_ channel: String, _ asked: [UInt64], _ packets: [RelaySentPacket]) {
    for sent in packets {
      let sequence = sent.packet.sequence
      if sent.state == .sent {
        passages[channel]?.unsettled[sequence]?.packet = sent.packet
      } else {
        passages[channel]?.unsettled[sequence] = nil
      }
    }
    // A node that is behind does not have it yet.
    for sequence in Set(asked).subtracting(packets.map(\.packet.sequence)) {
      passages[channel]?.unsettled[sequence]?.isFetched = false
    }
  }

  mutating func unlinked(_ router: RouterID) {
    linked.remove(router)
    for channel in passages.keys.sorted() {
      guard case .asked(_, router, _) = passages[channel]?.phase else { continue }
      passages[channel]?.phase = .idle(untilMs: now.steadyMs)
    }
  }

  mutating func answered(_ answer: WireRouterAnswer, _ router: RouterID) {
    guard case .asked(answer.number, router, _) = passages[answer.channel]?.phase,
      let view = passages[answer.channel]?.view
    else { return }
    passages[answer.channel]?.phase = .judging(router)
    let unsettled = passages[answer.channel]?.unsettled ?? [:]
    effects.append(.judge(answer, from: router, view, unsettled.mapValues(\.packet)))
  }

  mutating func refused(_ refusal: WireRouterRefusal, _ router: RouterID) {
    guard case .asked(refusal.number, router, _) = passages[refusal.channel]?.phase else { return }
    note(
      .refused(
        router, channel: refusal.channel, question: refusal.number, code: refusal.code))
    rest(router, refusal.channel)
  }

  mutating func judged(_ channel: String, _ judgement: Judgement) {
    guard case .judging(let router) = passages[channel]?.phase else { return }
    if let fault = judgement.fault {
      note(.blamed(router, channel: channel, reason: "\(fault)"))
    }
    let blame = newBlame(judgement, router, channel)
    let calls = judgement.calls + (blame.map { [$0] } ?? [])
    guard let first = judgement.calls.lazy.compactMap(\.kind.sequence).first else {
      // A header alone is worth its signatures only if none came for long.
      if judgement.fault != nil {
        rest(router, channel)
        if blame != nil { submit(calls, channel, router) }
        return
      }
      guard judgement.calls.isEmpty else { return submit(judgement.calls, channel, router) }
      // What is known of the own chain grows old while nothing happens.
      return pause(channel, settings.pauseMs)
    }
    guard isTurn(first, channel) else {
      passages[channel]?.phase = .yielding(
        calls, router, untilMs: now.steadyMs + settings.turnMs)
      return
    }
    submit(calls, channel, router)
  }

  /// Q8. Carriers take turns, so that they seldom carry the same packets.
  func isTurn(_ sequence: UInt64, _ channel: String) -> Bool {
    guard let carriers = passages[channel]?.view?.terms.carriers, carriers.count > 1,
      let own = carriers.firstIndex(of: member)
    else { return true }
    return Int(sequence / settings.turnPackets % UInt64(carriers.count)) == own
  }

  mutating func submit(_ calls: [CarriedCall], _ channel: String, _ router: RouterID?) {
    passages[channel]?.phase = .submitting(router)
    effects.append(.submit(channel: channel, calls))
  }

  mutating func submitted(_ channel: String, _ outcomes: [CallOutcome]) {
    guard case .submitting(let router) = passages[channel]?.phase else { return }
    var blame: CallOutcome.Refused?
    for outcome in outcomes {
      note(.carried(channel: channel, outcome))
      switch outcome.kind {
      case .acknowledge(let sequence), .timeOut(let sequence):
        if outcome.refusal == nil || outcome.refusal?.code == "relay.settled" {
          passages[channel]?.unsettled[sequence] = nil
        }
      case .lapse(let sequence): lapsed(channel, sequence, outcome.refusal)
      case .blame(let sequence): noteBlame(sequence, router, channel)
      case .update, .receive, .skip: break
      }
      if let refusal = outcome.refusal, blame == nil, Self.blamed.contains(refusal.code) {
        blame = refusal
      }
    }
    let isUseful = outcomes.contains { $0.refusal == nil && $0.kind.sequence != nil }
    if isUseful, blame == nil, let router { passages[channel]?.resting[router] = nil }
    if let blame, let router {
      note(
        .blamed(
          router, channel: channel, reason: "\(blame.code) \(blame.field) \(blame.value)"))
      rest(router, channel)
    }
    pause(channel, isUseful ? 0 : settings.restMs.lowerBound)
  }

  /// Looks at the channel again, and asks after a while.
  private mutating func pause(_ channel: String, _ milliseconds: UInt64) {
    passages[channel]?.pauseMs = now.steadyMs + milliseconds
    look(channel)
  }

  /// Refusals that only who brought what was submitted can be to blame for. Others have other
  /// reasons: another router was quicker, time passed, terms or members changed.
  static let blamed: Set<String> = [
    "relay.not_proven", "relay.malformed", "relay.version", "relay.other_chain",
    "relay.other_channel", "relay.other_packet", "relay.unknown_packet", "relay.not_passed",
  ]

  mutating func failed(_ channel: String, _ work: Work, _ reason: String) {
    guard let passage = passages[channel] else { return }
    stall(channel, reason)
    switch (work, passage.phase) {
    case (.fetching, _):
      for sequence in passage.unsettled.keys {
        passages[channel]?.unsettled[sequence]?.isFetched = false
      }
      return
    case (.findingOpen, _):
      passages[channel]?.open.notFound(now: now, settings)
      return
    case (.looking, .looking), (.recovering, .recovering), (.submitting, .submitting(nil)): break
    // What the answer led to may be what cannot be submitted.
    case (.judging, .judging(let router)), (.submitting, .submitting(let router?)):
      rest(router, channel)
    default: return
    }
    passages[channel]?.phase = .idle(untilMs: now.steadyMs + settings.restMs.lowerBound)
    passages[channel]?.view = nil
  }

  /// A router that failed is not asked for a while, each time longer.
  private mutating func rest(_ router: RouterID, _ channel: String) {
    let before = passages[channel]?.resting[router]?.restMs ?? 0
    let restMs = min(max(2 * before, settings.restMs.lowerBound), settings.restMs.upperBound)
    passages[channel]?.resting[router] = (now.steadyMs + restMs, restMs)
    passages[channel]?.phase = .idle(untilMs: now.steadyMs)
  }

  mutating func stall(_ channel: String, _ reason: String?) {
    guard passages[channel]?.stalled != reason else { return }
    passages[channel]?.stalled = reason
    note(.stalled(channel: channel, reason: reason))
  }

  /// What the passing of time asks for.
  mutating func advance(_ channel: String) {
    guard let passage = passages[channel] else { return }
    switch passage.phase {
    case .looking(let untilMs), .recovering(let untilMs):
      if now.steadyMs >= untilMs { look(channel) }
    case .idle(let untilMs):
      if now.steadyMs >= untilMs { askNext(channel, passage) }
    case .asked(let number, let router, let untilMs):
      guard now.steadyMs >= untilMs else { return }
      note(.silent(router, channel: channel, question: number))
      rest(router, channel)
    case .yielding(let calls, let router, let untilMs):
      guard now.steadyMs >= untilMs else { return }
      let wanted = calls.filter { passage.waits(for: $0) }
      if wanted.contains(where: { $0.kind.sequence != nil }) {
        submit(wanted, channel, router)
      } else {
        pause(channel, 0)
      }
    case .judging, .submitting: break
    }
  }

  private mutating func askNext(_ channel: String, _ passage: Passage) {
    guard let view = passage.view else { return look(channel) }
    guard passage.knownSent != nil else {
      if view.state.unsettled == 0 {
        passages[channel]?.knownSent = view.state.sent
      } else {
        passages[channel]?.phase = .recovering(untilMs: now.steadyMs + settings.answerMs)
        effects.append(
          .recover(
            channel: channel, newest: view.state.sent, count: view.state.unsettled))
        return
      }
      return advance(channel)
    }
    guard !lapse(channel, view) else { return }
    if let obstacle = view.obstacle {
      stall(channel, obstacle)
      passages[channel]?.view = nil
      passages[channel]?.phase = .idle(untilMs: now.steadyMs + settings.restMs.upperBound)
      return
    }
    guard let router = nextRouter(passage, view) else {
      let reason =
        view.routers.isEmpty
        ? "the terms name no router of \(view.chain.name)"
        : "no router of \(view.chain.name) is linked and answers"
      stall(channel, reason)
      // The terms may have changed.
      passages[channel]?.view = nil
      passages[channel]?.phase = .idle(untilMs: now.steadyMs + settings.restMs.lowerBound)
      return
    }
    stall(channel, overdue(passage, view))
    passages[channel]?.turn += 1
    fetchOld(channel, passage)
    let ask = ask(view, passage)
    let untilMs = now.steadyMs + UInt64(settings.waitMs) + patience(router, passage, view)
    passages[channel]?.phase = .asked(number: ask.number, router, untilMs: untilMs)
    effects.append(.ask(ask, of: router))
  }

  /// Those that did not fail lately take turns: one that withholds holds up no channel.
  private func nextRouter(_ passage: Passage, _ view: ChannelView) -> RouterID? {
    let candidates = candidates(passage, view)
    return candidates.isEmpty ? nil : candidates[passage.turn % candidates.count]
  }

  /// Those that can be asked now.
  func candidates(_ passage: Passage, _ view: ChannelView) -> [RouterID] {
    view.routers.filter { router in
      linked.contains(router)
        && (passage.resting[router].map { $0.untilMs <= now.steadyMs } ?? true)
    }.sorted()
  }

  /// Packets that have waited for long may be past their time: it is in the packet.
  private mutating func fetchOld(_ channel: String, _ passage: Passage) {
    let old = passage.unsettled.filter { _, unsettled in
      unsettled.packet == nil && !unsettled.isFetched
        && unsettled.sinceMs + settings.unsettledMs <= now.steadyMs
    }.keys.sorted().prefix(Serving.Limit.packets)
    guard !old.isEmpty else { return }
    for sequence in old { passages[channel]?.unsettled[sequence]?.isFetched = true }
    effects.append(.fetch(channel: channel, Array(old)))
  }

  private mutating func ask(_ view: ChannelView, _ passage: Passage) -> WireRouterAsk {
    var ask = WireRouterAsk()
    ask.number = nextNumber()
    ask.channel = view.id
    ask.packetsFrom = view.state.received + 1
    ask.packetsMost = view.terms.closed ? 0 : UInt32(Serving.Limit.packets)
    // All above the last one that is settled are wanted, also those sent in the meantime.
    var after = passage.knownSent ?? view.state.sent
    while passage.unsettled[after] != nil { after -= 1 }
    ask.outcomesAfter = after
    let single = passage.unsettled.keys.filter { $0 < after }.sorted()
    ask.outcomes = Array(single.prefix(Serving.Limit.outcomes))
    let overdue = passage.unsettled.sorted { $0.key < $1.key }.compactMap {
      (sequence, unsettled) -> WireOverdue? in
      // A router's clock may be behind.
      let timeMs = max(now.wallMs, view.timeMs)
      guard let packet = unsettled.packet, packet.timeoutMs <= timeMs else { return nil }
      var overdue = WireOverdue()
      overdue.sequence = sequence
      overdue.timeoutMs = packet.timeoutMs
      return overdue
    }
    ask.overdue = Array(overdue.prefix(Serving.Limit.absences))
    ask.knownEpoch = view.knownEpoch
    ask.knownHeight = view.knownHeight
    ask.waitMs = settings.waitMs
    return ask
  }
}
