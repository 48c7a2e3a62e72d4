/// What time it is, as a node is told with everything that happens.
public struct Moment: Hashable, Sendable {
  /// Milliseconds since 1970: goes into headers, may be set by people.
  public let wallMs: UInt64
  /// Milliseconds since some start: waits are measured with it, since it only grows.
  public let steadyMs: UInt64

  public init(wallMs: UInt64, steadyMs: UInt64) {
    self.wallMs = wallMs
    self.steadyMs = steadyMs
  }
}
