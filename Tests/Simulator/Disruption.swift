/// How a validator lies.
package struct Disruption: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Two proposals for different halves, and votes for everything.
    case equivocate
    /// Says nothing, or not everything, or not to everyone.
    case withhold
    /// Sends again what it sent and heard before.
    case replay
    /// Changes bytes.
    case corrupt
    /// Certificates by too few, the wrong, of another epoch; heights that are not true.
    case forge
    /// Blocks with one field wrong.
    case invalidBlocks
    /// Its block beside the one before, not on it, proposed before others know that one final.
    case overtake
    /// Batches that are not valid, or too many.
    case junk
    /// Two nodes with one key.
    case twins
  }

  package let validator: Int
  package let kind: Kind

  package init(validator: Int, kind: Kind) {
    self.validator = validator
    self.kind = kind
  }
}
