internal import NIOPosix
public import Storage
internal import Synchronization

/// Joins two places: carries documents both ways, and outcomes back, until it is cancelled.
///
/// One bridge at a time works on a store. It may be killed at any moment and started again.
public final class Bridge: Sendable {
  /// The two lanes: from the first place to the second, and back.
  public enum Way: UInt8, CaseIterable, Sendable {
    case forth = 0
    case back = 1
  }

  private let places: (any Gateway, any Gateway)
  private let store: any KeyValueStore
  private let limits: LaneLimits
  private let statuses = Mutex<[Way: LaneStatus]>([:])

  /// - Parameter store: Opened with `Outbox.tables`.
  public init(
    _ first: any Gateway, _ second: any Gateway, store: any KeyValueStore,
    limits: LaneLimits = LaneLimits()
  ) {
    places = (first, second)
    self.store = store
    self.limits = limits
  }

  /// Carries documents until the task is cancelled.
  /// - Throws: `CancellationError` then, or `OutboxFault`: nothing is lost, start again once the
  ///   cause is gone.
  public func run(
    clock: some Clock<Duration> = ContinuousClock(),
    generator: some RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { lanes in
      for way in Way.allCases {
        lanes.addTask { [self] in
          try await LaneDriver(
            source: source(of: way), outbox: outbox(of: way), target: target(of: way),
            limits: limits, clock: clock
          ).run(using: generator) { status in
            statuses.withLock { $0[way] = status }
          }
        }
      }
      try await lanes.next()
      lanes.cancelAll()
    }
  }

  /// Where a lane stands; `nil` before it runs.
  public func status(of way: Way) -> LaneStatus? {
    statuses.withLock { $0[way] }
  }

  /// Documents of a lane that had no effect, the oldest first, as many as the limits keep.
  ///
  /// Blocks while it reads from the store.
  public func failures(of way: Way) throws(OutboxFault) -> [GatewayFailure] {
    try outbox(of: way).failures()
  }

  private func source(of way: Way) -> any Gateway {
    switch way {
    case .forth: places.0
    case .back: places.1
    }
  }

  private func target(of way: Way) -> any Gateway {
    switch way {
    case .forth: places.1
    case .back: places.0
    }
  }

  private func outbox(of way: Way) -> Outbox {
    Outbox(
      store, lane: way.rawValue, source: source(of: way).name, target: target(of: way).name)
  }
}
