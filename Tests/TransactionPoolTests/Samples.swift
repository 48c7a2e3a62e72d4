import Cryptography
import LedgerModel

/// Transactions to put into a pool; they need not be valid, only different.
enum Samples {
  static let suite = SuiteID.intl.suite
  private static let key = Result { try suite.generateSigningKey() }

  /// A transaction of about so many bytes.
  static func transaction(
    _ number: Int, by member: String = "fund", calls: Int = 1, bytes: Int = 0
  ) throws -> Transaction {
    let call = Transaction.Call(contract: "invoice", method: "print", arguments: [])
    return try Transaction(
      chainID: .zero, member: member, idempotencyKey: UInt64(number).bigEndianBytes,
      validUntil: 1, calls: Array(repeating: call, count: calls),
      attachments: [[UInt8](repeating: 0, count: bytes)], key: try key.get(), suite: suite)
  }
}
