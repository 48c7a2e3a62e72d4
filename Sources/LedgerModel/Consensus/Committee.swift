/// How many validators there are, and the thresholds and leaders that follow from it.
public struct Committee: Hashable, Sendable {
  /// Most validators of a chain: one certificate then has at most 31 signatures and a 32-bit map.
  public static let countMax = 31

  /// Number of validators, 1 ... 31.
  public let count: Int

  /// - Returns: `nil` unless `count` is 1 ... 31.
  public init?(count: Int) {
    guard 1...Self.countMax ~= count else { return nil }
    self.count = count
    assert(2 * quorum > count + maxFaulty, "two quorums must share an honest validator")
    assert(quorum <= count - maxFaulty, "the honest validators alone must be a quorum")
  }

  /// `f`: validators that may lie or be silent without harm to safety or progress.
  public var maxFaulty: Int { (count - 1) / 3 }

  /// Votes that make a certificate: the least number of which any two sets share an honest
  /// validator, ⌈(n + f + 1) / 2⌉.
  public var quorum: Int { (count + maxFaulty + 2) / 2 }

  /// The index of the validator that proposes in `view`: round robin.
  ///
  /// Round robin does not look at the epoch; a rule with weights will.
  public func leader(epoch: UInt64, view: UInt64) -> Int { Int(view % UInt64(count)) }
}
