internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import NIOPosix
internal import RouterCore
internal import Wire

/// Answers the questions of other routers from the own chain.
struct Answering: Sendable {
  let chain: LocalChain
  let carrier: PacketCarrier
  let workers: NIOThreadPool
  let board: ChangeBoard
  let clock: @Sendable () -> RouterMoment

  /// Waits until there is something to answer, at most as long as the question allows.
  /// - Throws: `LedgerClientFault`, `RouterFault` or `CryptographyFault`.
  func answer(_ ask: WireRouterAsk, to router: RouterID) async throws -> WireRouterAnswer {
    let wait = UInt64(min(ask.waitMs, Serving.Limit.waitMs))
    let deadline = clock().steadyMs + wait
    while true {
      let seen = board.version(of: ask.channel)
      guard let view = seen.view, let record = view.router(router) else {
        throw RouterFault.otherAnswer(field: "channel", value: ask.channel)
      }
      let serving = try Serving(ask, view)
      let now = clock().steadyMs
      let isLast = now >= deadline
      if serving.isWorthAsking || isLast {
        let answer = try await answer(serving, view, record)
        if isLast || !answer.packets.isEmpty || !answer.outcomes.isEmpty || !answer.absences.isEmpty
        {
          return answer
        }
      }
      try Task.checkCancellation()
      await board.wait(ask.channel, after: seen.number, milliseconds: Int(deadline - now))
    }
  }

  private func answer(
    _ serving: Serving, _ view: ChannelView, _ record: WireRouterRecord
  ) async throws -> WireRouterAnswer {
    // Without anything to prove the newest header is still worth telling.
    let names = serving.assets.isEmpty ? [Channel.asset(view.id)] : serving.assets
    let timeMs = clock().wallMs
    // The node has none for packets without content, and passes over those that we may not open.
    async let given = chain.contents(view.id, serving.packets, timeMs: timeMs)
    let proven = try await chain.prove(names)
    var passed: (header: WireProvenHeader, timeMs: UInt64)?
    if !serving.ask.overdue.isEmpty,
      let wire = try await chain.certified(atOrBelow: proven.header.executed.height)
    {
      let header = try BlockHeader(decoding: wire.header.octets, suite: chain.suite)
      passed = (wire, header.timeMs)
    }
    var (answer, packets) = serving.answer(
      proven.bundle.items, header: proven.bundle.header,
      links: proven.bundle.epochs.filter { link in
        let last = try? WireBlockHeader(
          strict: link.last.header.octets, limit: Limits.headerBytes)
        return (last?.epoch ?? 0) >= serving.ask.knownEpoch
      }, passed: passed)
    try Task.checkCancellation()
    let contents = try await given
    // The node hands out as many as fit: what comes after is asked for again.
    if let missing = packets.firstIndex(where: {
      $0.sent.hasSealed && $0.sent.state == .sent && contents[$0.sent.packet.sequence] == nil
    }), missing > 0 {
      packets.removeSubrange(missing...)
    }
    answer.packets = try await workers.runIfActive { [packets, carrier] in
      try packets.map { packet in
        try carrier.carry(
          packet.proof, packet.sent, ciphertext: contents[packet.sent.packet.sequence],
          to: record, timeMs: timeMs)
      }
    }
    return answer
  }
}
