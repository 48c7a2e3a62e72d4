internal import BuiltinContracts
internal import Cryptography
public import Foundation
internal import LedgerClient
internal import LedgerModel
public import Logging
internal import NIOPosix
internal import NetworkLayout
internal import RouterCore
public import ServiceLifecycle
internal import Synchronization
internal import Transport
internal import Wire

/// A router beside one chain: the machine, its driver, the links and the state for operators.
///
/// It keeps nothing on disk but the outboxes of its bridges: what it needs is on the chains.
public struct Router: Service {
  public static let version = Release.version

  private let parts: RouterParts
  private let chain: LocalChain
  private let board: ChangeBoard
  private let links: PeerLinks
  private let driver: RouterDriver
  private let sharing: SharingDriver
  private let inbox: AsyncStream<LinkEvent>
  private let workers: NIOThreadPool
  private let status: StatusServer
  private let bridges: [SystemBridge]
  private let logger: Logger

  /// Opens the home of a router.
  /// - Throws: `RouterHomeFault` that says what is wrong and where.
  public init(home: URL, logger: Logger) throws(RouterHomeFault) {
    let parts = try RouterParts(home: home)
    let board = ChangeBoard()
    let watch = RouterWatch()
    let (inbox, entrance) = AsyncStream.makeStream(of: LinkEvent.self)
    do {
      links = try PeerLinks(
        parts.linkConfiguration, identity: parts.signing,
        isAllowed: { peer in
          board.views.contains { $0.router(RouterID(key: peer.bytes)) != nil }
        },
        deliver: { entrance.yield($0) }, logger: logger)
    } catch {
      throw .links("\(error)")
    }
    let workers = NIOThreadPool(numberOfThreads: ProcessInfo.processInfo.activeProcessorCount)
    chain = LocalChain(ledgers: parts.ledgers, identity: parts.identity)
    let carrier = PacketCarrier(
      keys: parts.keys, member: parts.configuration.member, opening: parts.memberSealing,
      suite: parts.genesis.suite,
      fresh: { suite in
        (
          SecretBytes(randomByteCount: suite.symmetricKeyByteCount),
          randomBytes(suite.nonceByteCount)
        )
      })
    driver = RouterDriver(
      core: RouterCore(
        member: parts.configuration.member, channels: parts.configuration.channels),
      chain: chain, carrier: carrier, keys: parts.keys, links: links, board: board,
      workers: workers, watch: watch, logger: logger, clock: RouterClock.now)
    var sharers: [String: SharingDriver.Sharer] = [:]
    for shares in parts.configuration.shares ?? [] {
      guard let identity = parts.sharers[shares.channel] else { continue }
      sharers[shares.channel] = SharingDriver.Sharer(
        chain: LocalChain(ledgers: parts.ledgers, identity: identity),
        policy: shares.policy ?? RouterConfiguration.Shares.standardPolicy)
    }
    sharing = SharingDriver(
      sharers: sharers, watch: watch, logger: logger, clock: RouterClock.now)
    bridges = try parts.bridges(home: home, logger: logger)
    status = StatusServer(
      host: parts.configuration.statusHost, port: parts.configuration.statusPort,
      name: parts.configuration.name, chain: parts.configuration.chain, watch: watch,
      bridges: bridges, logger: logger)
    self.parts = parts
    self.board = board
    self.inbox = inbox
    self.workers = workers
    self.logger = logger
  }

  /// Runs until a graceful shutdown.
  public func run() async throws {
    logger.info(
      "router starts",
      metadata: [
        "name": "\(parts.configuration.name)", "chain": "\(chain.genesis.chainID)",
        "channels": "\(parts.configuration.channels.joined(separator: " "))",
      ])
    workers.start()
    do {
      try await cancelWhenGracefulShutdown { [self] in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await links.run() }
          group.addTask { try await status.run() }
          group.addTask { await driver.start() }
          group.addTask { for await event in inbox { await driver.take(event) } }
          group.addTask { await tick() }
          group.addTask { await follow() }
          for bridge in bridges { group.addTask { await bridge.run() } }
          // Ends with the first that fails; starting the driver ends at once.
          while try await group.next() != nil {}
        }
      }
    } catch is CancellationError {}
    for ledger in chain.ledgers { await ledger.connection.close() }
    try? await workers.shutdownGracefully()
    logger.info("router stopped", metadata: ["name": "\(parts.configuration.name)"])
  }

  private static let tickInterval = Duration.milliseconds(100)

  private func tick() async {
    while (try? await Task.sleep(for: Self.tickInterval)) != nil {
      await driver.tick()
      await sharing.tick()
    }
  }

  /// Follows what is executed on the own chain, and tells the driver which channels it concerns.
  private func follow() async {
    let channels = Set(parts.configuration.channels)
    while !Task.isCancelled {
      do {
        let connection = chain.ledger.connection
        let from = try await connection.status().logSize
        // What happened while nobody followed.
        for channel in channels {
          await driver.changed(channel)
          await sharing.changed(channel)
        }
        var events = try await connection.events(from: from).makeAsyncIterator()
        while let item = try await events.next() {
          guard item.kind == .event,
            let event = try? WireAssetEvent(
              strict: item.record.octets, limit: Limits.valueBytes),
            let (channel, sequence) = Self.place(event), channels.contains(channel)
          else { continue }
          chain.want(height: event.height)
          if event.namespace == "relay.sent" {
            if let sequence { await driver.settled(channel, sequence) }
            continue
          }
          await driver.changed(channel)
          await sharing.changed(channel, height: event.height)
        }
      } catch {
        logger.info("the node's events ended", metadata: ["reason": "\(error)"])
        chain.moveOn()
      }
      try? await Task.sleep(for: .milliseconds(500))
    }
  }

  /// The channel that an event is about, and the packet.
  private static func place(_ event: WireAssetEvent) -> (channel: String, sequence: UInt64?)? {
    switch event.namespace {
    case "relay.channel", "registry.channel", "invoice.request": return (event.key, nil)
    case "relay.received", "relay.sent":
      guard event.namespace == "relay.received" || event.operation != "send",
        // The id of a channel may have colons itself.
        let colon = event.key.lastIndex(of: ":")
      else { return nil }
      return (String(event.key[..<colon]), UInt64(event.key[event.key.index(after: colon)...]))
    default: return nil
    }
  }
}
