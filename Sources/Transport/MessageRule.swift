/// How messages of one kind are carried.
public struct MessageRule: Hashable, Sendable {
  /// Which messages overtake which. Each class keeps its own order.
  public enum Urgency: UInt8, Sendable {
    /// Small and awaited, such as votes: goes before all bulk, and is never dropped.
    case urgent = 0
    /// Large or repeatable, such as batches: dropped when the peer is too slow.
    case bulk = 1
  }

  /// Most bytes that any rule may allow: a batch of 64 MiB with what goes around it.
  public static let byteCountMaxMax = 65 << 20
  /// Most bytes of a message of a kind of which nothing else is known.
  public static let byteCountMaxDefault = 64 << 10

  /// The class of the kind.
  public let urgency: Urgency
  /// Most bytes of a payload, checked before the first of them is kept.
  public let byteCountMax: Int

  /// Makes a rule; sizes beyond `byteCountMaxMax` are cut to it.
  public init(_ urgency: Urgency = .bulk, byteCountMax: Int = byteCountMaxDefault) {
    self.urgency = urgency
    self.byteCountMax = min(max(0, byteCountMax), Self.byteCountMaxMax)
  }
}
