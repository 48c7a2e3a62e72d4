internal import LedgerModel

/// X7. How many signatures the calls of a block may still check.
struct SignatureBudget {
  private var left = Limits.signatureChecksPerBlock
  /// Of these, for methods that every member may call: one who does so cannot use up the rest.
  private var leftToAnyone = Limits.signatureChecksByAnyone

  /// Takes what a call costs at most, or nothing if that is more than is left.
  mutating func take(_ checks: Int, byAnyone isOpen: Bool) -> Bool {
    guard checks <= left, !isOpen || checks <= leftToAnyone else { return false }
    left -= checks
    if isOpen { leftToAnyone -= checks }
    return true
  }
}
