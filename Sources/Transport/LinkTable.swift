internal import Logging
internal import NIOCore
internal import Synchronization

/// What all connections of a process share: who is linked, whom to dial, and the numbers.
///
/// Never calls out while it holds its lock.
final class LinkTable: Sendable {
  private struct State {
    var links: [PeerKey: Link] = [:]
    var records: [PeerKey: PeerRecord] = [:]
    var channels: [ObjectIdentifier: any Channel] = [:]
    var gate: HandshakeGate
    var book: AddressBook
    var refused: [LinkRefusal: UInt64] = [:]
    var unlinked: UInt64 = 0
    /// Connections from outside that became no link and that the log has not told of.
    var strangersUntold = 0
    var strangersToldAt: NIODeadline?
    var listeningPort: Int?
    var isStopping = false
  }

  /// What a connection whose peer is known becomes.
  enum Claim {
    /// The link to its peer, instead of another one if there was one.
    case granted(replaced: Link?)
    case refused(LinkClosure)
  }

  let configuration: LinkConfiguration
  let credentials: LinkCredentials
  let isAllowed: @Sendable (PeerKey) -> Bool
  let deliver: @Sendable (LinkEvent) -> Void
  let logger: Logger
  private let state: Mutex<State>

  init(
    _ configuration: LinkConfiguration, credentials: LinkCredentials,
    isAllowed: @escaping @Sendable (PeerKey) -> Bool,
    deliver: @escaping @Sendable (LinkEvent) -> Void, logger: Logger
  ) {
    self.configuration = configuration
    self.credentials = credentials
    self.isAllowed = isAllowed
    self.deliver = deliver
    self.logger = logger
    let limits = configuration.limits
    let book = AddressBook(
      configuration.peers, waitMin: TimeAmount(limits.redialMin),
      waitMax: TimeAmount(limits.redialMax))
    state = Mutex(State(gate: HandshakeGate(limits), book: book))
  }

  // MARK: For everyone

  var listeningPort: Int? { state.withLock { $0.listeningPort } }

  func send(kind: UInt8, _ payload: [UInt8], to peers: some Sequence<PeerKey>) {
    let rule = configuration.rule(kind)
    guard payload.count <= rule.byteCountMax else {
      logger.error("a message of kind \(kind) with \(payload.count) bytes is over its limit")
      return
    }
    for peer in peers {
      let link = state.withLock { state in
        let link = state.links[peer]
        if link == nil { state.unlinked += 1 }
        return link
      }
      link?.outbox.append(kind: kind, payload, rule.urgency)
    }
  }

  func recheck() {
    let links = state.withLock { state in
      state.book.forgetWaits()
      return Array(state.links.values)
    }
    for link in links where !isAllowed(link.peer) {
      link.channel.signal(.close(.refused(.notAllowed)))
    }
    let known = state.withLock { Array($0.records.keys) }
    let removed = known.filter { !isAllowed($0) }
    state.withLock { state in
      for peer in removed where state.links[peer] == nil { state.records[peer] = nil }
    }
  }

  func setPeers(_ peers: [PeerAddress]) {
    state.withLock { $0.book.replace(with: peers) }
  }

  var metrics: LinkMetrics {
    let now = NIODeadline.now()
    return state.withLock { state in
      var metrics = LinkMetrics()
      for (peer, record) in state.records {
        metrics.peers[peer] = record.metrics(state.links[peer], now: now)
      }
      metrics.refused = state.refused
      metrics.unlinked = state.unlinked
      metrics.halfOpen = state.gate.count
      return metrics
    }
  }

  // MARK: For the runner

  func listens(at port: Int?) { state.withLock { $0.listeningPort = port } }

  /// The addresses to dial now.
  func due(now: NIODeadline) -> [PeerAddress] {
    let allowed = Set(state.withLock { $0.book.namedKeys }.filter(isAllowed))
    return state.withLock { state in
      let links = state.links
      return state.book.due(
        now: now, isLinked: { links[$0] != nil }, isAllowed: { allowed.contains($0) })
    }
  }

  /// A dialled connection failed or ended.
  func ended(dialling address: PeerAddress) {
    var generator = SystemRandomNumberGenerator()
    state.withLock { $0.book.ended(address, now: .now(), using: &generator) }
  }

  /// Ends every connection and lets no other begin.
  func stop() {
    let channels = state.withLock { state in
      state.isStopping = true
      state.listeningPort = nil
      return Array(state.channels.values)
    }
    for channel in channels { channel.signal(.close(.stopping)) }
  }

  // MARK: For the handlers

  /// A connection is being made.
  func register(_ channel: any Channel) throws(LinkClosure) {
    let isStopping = state.withLock { state in
      if !state.isStopping { state.channels[ObjectIdentifier(channel)] = channel }
      return state.isStopping
    }
    if isStopping { throw .stopping }
  }

  /// A connection is gone.
  func forget(_ channel: any Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  /// The handshake of a connection from outside begins.
  func beginHandshake(of channel: any Channel) throws(LinkClosure) {
    let oldest: (any Channel)?
    do throws(LinkRefusal) {
      oldest = try state.withLock { (state) throws(LinkRefusal) in
        try state.gate.enter(ObjectIdentifier(channel), from: channel.caller, now: .now())
          .flatMap { state.channels[$0] }
      }
    } catch {
      throw .refused(error)
    }
    oldest?.signal(.close(.refused(.tooManyHandshakes)))
  }

  /// The handshake of a connection ended, well or not.
  func endedHandshake(of channel: any Channel) {
    state.withLock { $0.gate.leave(ObjectIdentifier(channel)) }
  }

  /// A connection from outside ended before it was a link. Anyone can make such, so the log tells
  /// their number now and then.
  func endedStranger(_ closure: LinkClosure, from address: String) {
    let now = NIODeadline.now()
    let interval = TimeAmount(configuration.limits.strangersToldInterval)
    let untold: Int? = state.withLock { state in
      state.strangersUntold += 1
      if let toldAt = state.strangersToldAt, now - toldAt < interval { return nil }
      defer { state.strangersUntold = 0 }
      state.strangersToldAt = now
      return state.strangersUntold
    }
    guard let untold else { return }
    logger.info(
      "connections from outside became no link",
      metadata: ["count": "\(untold)", "last": "\(closure)", "address": "\(address)"])
  }

  /// The numbers of a peer, which begin with its first link.
  func record(of peer: PeerKey) -> PeerRecord {
    state.withLock { state in
      if let record = state.records[peer] { return record }
      let record = PeerRecord()
      state.records[peer] = record
      return record
    }
  }

  /// Makes a connection the link to its peer, unless a better one stands.
  ///
  /// Better is the one that the smaller key dialled, so that both ends keep the same. Of two with
  /// one dialler the newer stays, and so it does if nothing was heard on the older for three pings:
  /// the peer has lost it.
  /// - Source: docs/spec/15-links.md, rule N8.
  func claim(_ link: Link, dialled address: PeerAddress?) -> Claim {
    let claim: Claim = state.withLock { state in
      guard !state.isStopping else { return .refused(.stopping) }
      let old = state.links[link.peer]
      if let old, old.isPreferred, !link.isPreferred,
        link.upSince - old.lastHeard < TimeAmount(configuration.limits.pingInterval) * 3
      {
        return .refused(.refused(.duplicate))
      }
      state.links[link.peer] = link
      if let address { state.book.answered(address, key: link.peer) }
      state.gate.know(link.channel.caller)
      return .granted(replaced: old)
    }
    // `recheck` may have gone by between the handshake's question and the link's entry.
    if case .granted = claim, !isAllowed(link.peer) {
      link.channel.signal(.close(.refused(.notAllowed)))
    }
    return claim
  }

  /// A link ended; its peer has none unless another took its place.
  func release(_ link: Link) {
    link.outbox.close()
    state.withLock { state in
      if state.links[link.peer] === link { state.links[link.peer] = nil }
    }
  }

  /// A peer proved its key at an address that was dialled; whether it wants the link is open.
  func learned(_ address: PeerAddress, key: PeerKey) {
    state.withLock { $0.book.learned(address, key: key) }
  }

  func count(_ refusal: LinkRefusal) {
    state.withLock { $0.refused[refusal, default: 0] += 1 }
  }
}
