/// What a block does that ends its epoch.
public struct EpochEnd: Hashable, Sendable {
  /// The epoch that it ends.
  public let epoch: UInt64
  /// Height of the state that its header commits to: decisions up to it take effect, no later ones.
  public let executedHeight: UInt64

  public init(epoch: UInt64, executedHeight: UInt64) {
    self.epoch = epoch
    self.executedHeight = executedHeight
  }
}
