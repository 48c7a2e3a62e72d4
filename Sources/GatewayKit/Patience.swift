/// How long to wait before a place that failed is asked again: twice as long after each failure in
/// a row, within bounds, and never in step with others.
struct Patience: Sendable {
  let limits: LaneLimits
  /// Since when it may be asked.
  private(set) var until = Duration.zero
  /// Failures in a row.
  private(set) var failures = 0
  /// The newest of them.
  private(set) var fault: GatewayFault?
  /// Whether it ever answered.
  private(set) var hasAnswered = false

  init(_ limits: LaneLimits) {
    self.limits = limits
  }

  mutating func succeed() {
    self = Patience(limits)
    hasAnswered = true
  }

  /// Waits after `fault`: at least as long as the place asked for, within reason. What does not
  /// pass by itself is tried rarely, for somebody may mend it.
  mutating func fail(
    _ fault: GatewayFault, now: Duration, using generator: inout some RandomNumberGenerator
  ) {
    let doublings = fault.isTransient ? min(failures, Self.doublingsMax) : Self.doublingsMax
    let pause = min(limits.longestPause, limits.firstPause * (1 << doublings))
    // Between a half and the whole.
    let part = Int.random(in: Self.parts / 2...Self.parts, using: &generator)
    var wait = pause * part / Self.parts
    if case .busy(let asked?) = fault { wait = max(wait, min(asked, limits.longestPause)) }
    until = now + wait
    failures += 1
    self.fault = fault
  }

  /// Lets operators know of a fault that is nothing to wait for.
  mutating func remark(_ fault: GatewayFault) {
    self.fault = fault
  }

  /// Doublings after which any first pause is longer than the longest.
  private static let doublingsMax = 30
  private static let parts = 1_024
}
