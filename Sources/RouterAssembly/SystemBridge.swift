internal import Foundation
internal import GatewayKit
internal import Logging
internal import NIOPosix
internal import NetworkLayout
internal import RESTGateway
internal import RocksStorage
internal import RouterCore
internal import Storage
internal import Synchronization
internal import YilianGateway

/// A bridge between the router's chain and one system without a chain, with its outbox on disk.
///
/// Whatever happens to it leaves the router's other work as it is.
final class SystemBridge: Sendable {
  let channel: String
  let system: RESTGateway
  private let chain: YilianGateway
  private let folder: URL
  private let logger: Logger
  private let state = Mutex(State())

  private struct State {
    var bridge: Bridge?
    var started = ContinuousClock.now
    /// Why the outbox cannot be used, or who is waited for, and since when.
    var outbox: Waiting?
    var places: [Bridge.Way: Waiting] = [:]
  }

  /// Something that is waited for.
  struct Waiting: Hashable, Sendable {
    let reason: String
    /// Milliseconds since 1970.
    let sinceMs: UInt64
  }

  /// - Parameter folder: Of the outbox; made if it is not there.
  init(
    channel: String, chain: YilianGateway, system: RESTGateway, folder: URL, logger: Logger
  ) {
    self.channel = channel
    self.chain = chain
    self.system = system
    self.folder = folder
    self.logger = logger
  }

  /// Carries documents until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [self] in await carry() }
      group.addTask { [self] in
        while (try? await Task.sleep(for: Self.watchInterval)) != nil { watch() }
      }
    }
    await system.close()
  }

  private static let watchInterval = Duration.milliseconds(500)
  /// Before an outbox that failed is opened again: somebody has to make room, or to look. One that
  /// held for as long is good again.
  private static let outboxPause = Duration.seconds(10)

  private func carry() async {
    while !Task.isCancelled {
      do {
        let store = try await blocking { [folder] in try Self.open(folder) }
        let bridge = Bridge(chain, system, store: store)
        state.withLock { state in
          state.bridge = bridge
          state.started = .now
        }
        logger.info("bridge starts", metadata: ["channel": "\(channel)", "to": "\(system.name)"])
        try await bridge.run()
      } catch is CancellationError {
      } catch {
        let reason = "\(error)"
        state.withLock { state in
          state.bridge = nil
          // It stands since the first of the attempts that failed.
          state.outbox = Waiting(
            reason: reason, sinceMs: state.outbox?.sinceMs ?? RouterClock.now().wallMs)
        }
        logger.error("bridge stands", metadata: ["channel": "\(channel)", "reason": "\(reason)"])
        try? await Task.sleep(for: Self.outboxPause)
      }
      // The store is closed before it is opened anew.
      state.withLock { $0.bridge = nil }
    }
  }

  private static func open(_ folder: URL) throws -> RocksStore {
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var options = RocksOptions()
    options.blockCacheBytes = 8 << 20
    options.writeBufferBytes = 16 << 20
    options.writeAheadLogBytes = 64 << 20
    options.reservedDiskBytes = 256 << 20
    return try RocksStore(path: folder.path, tables: Outbox.tables, options: options)
  }

  /// Takes note of what is waited for, and tells whoever reads the log.
  private func watch() {
    let running = state.withLock { state in
      // On a full disk it can be opened each time, and fails when it writes.
      if state.bridge != nil, state.started.duration(to: .now) >= Self.outboxPause {
        state.outbox = nil
      }
      return state.bridge
    }
    guard let bridge = running else { return }
    for way in Bridge.Way.allCases {
      let fault = bridge.status(of: way).flatMap { status in
        status.sourceFault.map { told($0, of: way == .forth ? .chain : .system) }
          ?? status.targetFault.map { told($0, of: way == .forth ? .system : .chain) }
      }
      let (before, now) = state.withLock { state in
        let before = state.places[way]
        if before?.reason != fault {
          // A place that is away for different reasons is away since the first.
          state.places[way] = fault.map {
            Waiting(reason: $0, sinceMs: before?.sinceMs ?? RouterClock.now().wallMs)
          }
        }
        return (before, state.places[way])
      }
      if before == nil, let now {
        logger.warning(
          "a place is waited for", metadata: ["channel": "\(channel)", "reason": "\(now.reason)"])
      } else if before != nil, now == nil {
        logger.info("a place answers", metadata: ["channel": "\(channel)"])
      }
    }
  }

  /// The two ends.
  private enum Place {
    case chain, system
  }

  private func told(_ fault: GatewayFault, of place: Place) -> String {
    switch (place, fault) {
    case (.chain, _): "\(chain.name): \(fault)"
    case (.system, .unreachable), (.system, .timedOut):
      "\(system.name) at \(system.url): \(fault): start its server, "
        + "or correct url in router.json"
    case (.system, _): "\(system.name) at \(system.url): \(fault)"
    }
  }

  func source(of way: Bridge.Way) -> String {
    switch way {
    case .forth: chain.name
    case .back: system.name
    }
  }

  func target(of way: Bridge.Way) -> String {
    switch way {
    case .forth: system.name
    case .back: chain.name
    }
  }

  private func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await NIOThreadPool.singleton.runIfActive(body)
  }
}

// What operators are told.
extension SystemBridge {
  /// Newest failures that a report has.
  private static let failuresTold = 20

  /// How the bridge stands.
  func report() async -> StatusServer.Gateway {
    let state = state.withLock { $0 }
    var lanes: [StatusServer.Gateway.Lane] = []
    for way in Bridge.Way.allCases {
      let status = state.bridge?.status(of: way)
      let failures = (try? await blocking { try state.bridge?.failures(of: way) }) ?? []
      let waiting = state.outbox ?? state.places[way]
      lanes.append(
        StatusServer.Gateway.Lane(
          from: source(of: way), to: target(of: way), carried: status?.pulled,
          waiting: status?.waiting, pending: status?.pending,
          underWay: status?.underWay, failures: status?.failures,
          newestFailures: failures.suffix(Self.failuresTold).map(Self.words),
          codes: Dictionary(failures.map { ($0.code.description, 1) }, uniquingKeysWith: +),
          reached: status?.sourceAnswered ?? false, why: waiting?.reason,
          sinceMs: waiting?.sinceMs))
    }
    return StatusServer.Gateway(channel: channel, system: system.name, lanes: lanes)
  }

  private static func words(_ failure: GatewayFailure) -> String {
    switch failure.stage {
    case .delivery: "\(failure.id): refused where it went: \(failure.code)"
    case .settlement: "\(failure.id): its outcome was not accepted: \(failure.code)"
    }
  }
}
