public import Cryptography

/// Transactions that are disseminated and ordered together.
public struct Batch: Sendable {
  public let transactions: [Transaction]
  /// Covers each transaction's id and signature, hence every byte that was submitted.
  public let digest: Digest

  public init(_ transactions: [Transaction], suite: any CryptoSuite) {
    self.transactions = transactions
    var content = UInt32(transactions.count).bigEndianBytes
    content.reserveCapacity(4 + 96 * transactions.count)
    for transaction in transactions {
      content += transaction.id.bytes
      content += transaction.signature.bytes
    }
    digest = suite.hash(.batch, content)
  }
}
