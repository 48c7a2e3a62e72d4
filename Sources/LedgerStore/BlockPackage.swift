/// All that another node needs of one block: what was ordered, as it was submitted.
public struct BlockPackage: Sendable {
  public let block: StoredBlock
  /// In the block's order: of each batch its encoded `SignedTransaction`s with attachments.
  public let batches: [[[UInt8]]]

  public init(block: StoredBlock, batches: [[[UInt8]]]) {
    self.block = block
    self.batches = batches
  }

  /// Bytes of the transactions.
  public var byteCount: Int { batches.joined().reduce(0) { $0 + $1.count } }
}
