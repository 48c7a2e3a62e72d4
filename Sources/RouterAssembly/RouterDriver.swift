internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import Logging
internal import NIOPosix
internal import RouterCore
internal import Transport
internal import Wire

/// Performs what the core asks for, and tells it what became of that. Cryptography runs on the
/// workers; everything else waits for the network.
actor RouterDriver {
  private var core: RouterCore
  private let chain: LocalChain
  private let carrier: PacketCarrier
  private let keys: RouterKeys
  private let links: PeerLinks
  private let answering: Answering
  private let board: ChangeBoard
  private let workers: NIOThreadPool
  private let watch: RouterWatch
  private let logger: Logger
  private let clock: @Sendable () -> RouterMoment
  /// Questions that are being answered: one for each channel and router.
  private var answers: [AnswerKey: Task<Void, Never>] = [:]
  /// The newest question of those that have one being answered.
  private var waiting: [AnswerKey: WireRouterAsk] = [:]
  /// Packets that the node's events call settled, by channel, since the last tick.
  private var settled: [String: Set<UInt64>] = [:]
  /// Channels that are being read, and whether they changed since.
  private var looks: [String: Bool] = [:]

  private struct AnswerKey: Hashable {
    let channel: String
    let router: RouterID
  }

  init(
    core: RouterCore, chain: LocalChain, carrier: PacketCarrier, keys: RouterKeys,
    links: PeerLinks, board: ChangeBoard, workers: NIOThreadPool, watch: RouterWatch,
    logger: Logger, clock: @escaping @Sendable () -> RouterMoment
  ) {
    self.core = core
    self.chain = chain
    self.carrier = carrier
    self.keys = keys
    self.links = links
    self.board = board
    self.workers = workers
    self.watch = watch
    self.logger = logger
    self.clock = clock
    answering = Answering(
      chain: chain, carrier: carrier, workers: workers, board: board, clock: clock)
  }

  func start() { perform(core.start(now: clock())) }

  private func handle(_ event: RouterCore.Event) {
    perform(core.handle(event, now: clock()))
  }

  func tick() {
    for (channel, sequences) in settled.sorted(by: { $0.key < $1.key }) {
      handle(.settled(channel: channel, sequences.sorted().suffix(Serving.Limit.packets)))
    }
    settled = [:]
    handle(.tick)
    watch.update(core.overview)
  }

  /// Something happened on a channel of the own chain.
  func changed(_ channel: String) { look(channel) }

  /// A packet sent from the own chain was settled, as the node says.
  func settled(_ channel: String, _ sequence: UInt64) {
    settled[channel, default: []].insert(sequence)
  }

  func take(_ event: LinkEvent) {
    switch event {
    case .up(let peer): handle(.linked(RouterID(key: peer.bytes)))
    case .down(let peer, _):
      let router = RouterID(key: peer.bytes)
      for key in answers.keys where key.router == router {
        waiting[key] = nil
        answers[key]?.cancel()
      }
      handle(.unlinked(router))
    case .message(let peer, let message):
      let router = RouterID(key: peer.bytes)
      // An answer to no question is not even read.
      if message.kind == RouterMessage.Kind.answer.rawValue, !core.isAsking(router) { return }
      do throws(RouterFault) {
        switch try RouterMessage(message) {
        case .ask(let ask): take(ask, from: router)
        case .answer(let answer): handle(.answered(answer, by: router))
        case .refusal(let refusal): handle(.refused(refusal, by: router))
        }
      } catch {
        watch.count(.blamed(router, channel: "", reason: error.word))
      }
    }
  }

  /// Answers a question, unless a newer one takes its place.
  private func take(_ ask: WireRouterAsk, from router: RouterID) {
    let key = AnswerKey(channel: ask.channel, router: router)
    // Names that no terms have are not kept.
    guard board.version(of: ask.channel).view?.router(router) != nil else {
      return refuse(ask, "router.unknown_channel", ask.channel, router)
    }
    waiting[key] = ask
    if let answer = answers[key] { answer.cancel() } else { answerNext(key) }
  }

  /// Answers the newest question, then the one that came meanwhile.
  private func answerNext(_ key: AnswerKey) {
    guard let ask = waiting.removeValue(forKey: key) else {
      answers[key] = nil
      return
    }
    answers[key] = Task {
      do {
        let answer = try await answering.answer(ask, to: key.router)
        if !Task.isCancelled {
          links.send(
            kind: RouterMessage.Kind.answer.rawValue, answer.encoded, to: PeerKey(key.router.key))
        }
      } catch {
        if !Task.isCancelled {
          let code = error is LedgerClientFault ? "router.chain_unavailable" : "router.refused"
          refuse(ask, code, String("\(error)".prefix(Self.valueMax)), key.router)
        }
      }
      answerNext(key)
    }
  }

  private static let valueMax = 200

  private func refuse(_ ask: WireRouterAsk, _ code: String, _ value: String, _ router: RouterID) {
    var refusal = WireRouterRefusal()
    refusal.number = ask.number
    refusal.channel = ask.channel
    refusal.code = code
    refusal.value = value
    links.send(
      kind: RouterMessage.Kind.refusal.rawValue, refusal.encoded, to: PeerKey(router.key))
  }

  private func perform(_ effects: [RouterCore.Effect]) {
    for effect in effects {
      switch effect {
      case .look(let channel): look(channel)
      case .recover(let channel, let newest, let count):
        attempt(channel, .recovering) { [chain] in
          .recovered(
            channel: channel, newest: newest,
            unsettled: try await chain.unsettled(channel, newest: newest, count: Int(count)))
        }
      case .fetch(let channel, let sequences):
        attempt(channel, .fetching) { [chain] in
          .fetched(
            channel: channel, asked: sequences,
            try await chain.sent(channel, sequences))
        }
      case .findOpen(let channel, let after, let newest, let count):
        attempt(channel, .findingOpen) { [chain] in
          .foundOpen(
            channel: channel, newest: newest,
            try await chain.open(channel, after: after, newest: newest, count: Int(count)))
        }
      case .checkOpen(let channel, let sequences):
        attempt(channel, .findingOpen) { [chain] in
          .decided(channel: channel, try await chain.decided(channel, sequences))
        }
      case .ask(let ask, let router):
        links.send(kind: RouterMessage.Kind.ask.rawValue, ask.encoded, to: PeerKey(router.key))
      case .judge(let answer, let router, let view, let unsettled):
        judge(answer, from: router, view, unsettled)
      case .submit(let channel, let calls):
        attempt(channel, .submitting) { [chain] in
          .submitted(channel: channel, try await chain.submit(calls))
        }
      case .note(let note): tell(note)
      }
    }
  }

  /// Does something that the own chain may not be able to answer.
  private func attempt(
    _ channel: String, _ work: RouterCore.Work,
    _ body: @escaping @Sendable () async throws -> RouterCore.Event
  ) {
    Task {
      let event: RouterCore.Event
      do {
        event = try await body()
      } catch {
        event = .failed(channel: channel, work, reason: wordsForOperators(error))
      }
      handle(event)
    }
  }

  /// Reads a channel, once more if it changed while it was read.
  private func look(_ channel: String) {
    guard looks[channel] == nil else {
      looks[channel] = true
      return
    }
    looks[channel] = false
    Task {
      do {
        let last = board.version(of: channel).view
        if let view = try await chain.view(channel, since: last) {
          let isNew = last?.terms != view.terms
          board.show(view)
          if isNew { links.recheck() }
          if view.terms.mechanism == keys.suite.id.name {
            handle(.looked(view))
          } else {
            handle(
              .failed(
                channel: channel, .looking,
                reason: "its mechanism is \(view.terms.mechanism), this router's is "
                  + keys.suite.id.name))
          }
        } else {
          handle(.failed(channel: channel, .looking, reason: "the chain has no such channel"))
        }
      } catch {
        handle(.failed(channel: channel, .looking, reason: wordsForOperators(error)))
      }
      let hasChanged = looks.removeValue(forKey: channel) ?? false
      if hasChanged { look(channel) }
    }
  }

  private func judge(
    _ answer: WireRouterAnswer, from router: RouterID, _ view: ChannelView,
    _ unsettled: RouterCore.Unsettled
  ) {
    guard let sender = view.router(router) else {
      return handle(
        .failed(channel: view.id, .judging, reason: "the terms no longer name \(router)"))
    }
    attempt(view.id, .judging) { [chain, carrier, workers, clock] in
      let recipients = try await chain.sealingKeys(of: AnswerJudge.recipients(answer))
      let judge = AnswerJudge(
        view, carrier, from: sender, recipients: recipients, unsettled: unsettled,
        timeMs: clock().wallMs)
      return .judged(
        channel: view.id, try await workers.runIfActive { judge.judge(answer) })
    }
  }

  private func tell(_ note: RouterCore.Note) {
    watch.count(note)
    switch note {
    case .blamed(let router, let channel, let reason):
      logger.warning(
        "another router brought something wrong",
        metadata: ["router": "\(router)", "channel": "\(channel)", "reason": "\(reason)"])
    case .silent(let router, let channel, let question):
      logger.info(
        "another router does not answer",
        metadata: [
          "router": "\(router)", "channel": "\(channel)", "question": "\(question)",
        ])
    case .refused(let router, let channel, let question, let code):
      logger.info(
        "another router refuses",
        metadata: [
          "router": "\(router)", "channel": "\(channel)", "question": "\(question)",
          "code": "\(code)",
        ])
    case .stalled(let channel, let reason?):
      logger.warning(
        "channel stands", metadata: ["channel": "\(channel)", "reason": "\(reason)"])
    case .stalled(let channel, nil):
      logger.info("channel goes on", metadata: ["channel": "\(channel)"])
    case .carried(let channel, let outcome):
      logger.debug(
        "carried",
        metadata: [
          "channel": "\(channel)", "call": "\(outcome.kind)",
          "refusal": "\(outcome.refusal?.code ?? "")",
        ])
    }
  }
}
