public import LedgerModel

/// A bundle whose every part was proven; only `LightVerifier` makes one.
public struct VerifiedBundle: Sendable {
  /// The finalised header. The facts hold in the state of `header.executed.height`.
  public let header: BlockHeader
  public let facts: [ProvenFact]

  init(header: BlockHeader, facts: [ProvenFact]) {
    self.header = header
    self.facts = facts
  }
}

/// Something proven against a finalised header.
public enum ProvenFact: Sendable {
  case value(ProvenValue)
  case absence(AssetID)
  case trail(ProvenTrail)
  case event(AssetEvent, position: UInt64)
  case receipt(Receipt, position: UInt64)
  /// The log is unchanged since this older header.
  case consistency(older: BlockHeader)
}

/// An asset's value in the proven state.
public struct ProvenValue: Sendable {
  public let asset: AssetID
  public let leaf: AssetLeaf
  public let value: [UInt8]

  init(asset: AssetID, leaf: AssetLeaf, value: [UInt8]) {
    self.asset = asset
    self.leaf = leaf
    self.value = value
  }
}

/// An asset's complete history up to the proven state.
public struct ProvenTrail: Sendable {
  public let current: ProvenValue
  /// Every event, sequence 0 first.
  public let events: [AssetEvent]

  init(current: ProvenValue, events: [AssetEvent]) {
    self.current = current
    self.events = events
  }
}
