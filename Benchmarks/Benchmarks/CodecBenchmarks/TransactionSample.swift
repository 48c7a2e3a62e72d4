import Cryptography
import LedgerModel

/// A signed transaction whose calls are as long as one that records an invoice: 400 bytes of
/// arguments and the digest of one attachment. The attachments themselves are left out.
struct TransactionSample {
  let suite: any CryptoSuite = SMSuite()
  let transaction: Transaction
  let encoded: [UInt8]

  init(calls count: Int) throws(CryptographyFault) {
    let arguments = [UInt8](repeating: 0x5a, count: 400)
    let call = Transaction.Call(
      contract: "invoice", method: "putBlue", arguments: arguments,
      attachments: [suite.hash(arguments.span)])
    transaction = try Transaction(
      chainID: suite.hash(arguments.span), member: "hospital", idempotencyKey: [1, 2, 3, 4],
      validUntil: 1_000, calls: Array(repeating: call, count: count),
      key: try suite.generateSigningKey(), suite: suite)
    encoded = transaction.encoded(withAttachments: false)
  }
}
