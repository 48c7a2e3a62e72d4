/// Bounds and pauses of a lane.
public struct LaneLimits: Hashable, Sendable {
  /// Documents that wait for delivery: what they take on disk is at most this many contents.
  public var waiting = 64
  /// Documents under way, those included: each takes some hundred bytes of memory.
  public var underWay = 4_096
  /// Failures that are kept for operators; the oldest go first.
  public var failuresKept: UInt64 = 10_000
  /// Before a source that had nothing is asked again.
  public var idlePause = Duration.seconds(1)
  /// After a first failure, and before a pending document is asked for; doubled each time.
  public var firstPause = Duration.milliseconds(500)
  /// Most that is waited.
  public var longestPause = Duration.seconds(60)

  public init() {}
}
