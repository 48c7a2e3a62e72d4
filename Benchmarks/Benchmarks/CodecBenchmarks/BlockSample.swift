import Cryptography
import LedgerModel

/// A header that names four batches, and a receipt.
struct BlockSample {
  let suite: any CryptoSuite
  let header: BlockHeader
  let receipt: Receipt
  let encodedReceipt: [UInt8]
  private let digest: Digest

  init() {
    let suite = SMSuite()
    let message: [UInt8] = [0x5a]
    digest = suite.hash(message.span)
    self.suite = suite
    header = Self.header(suite, digest)
    receipt = Receipt(
      transactionID: digest, callIndex: 7, height: 1_000_000, member: "hospital",
      contract: "invoice", method: "putBlue", outcome: .done(events: 2))
    encodedReceipt = receipt.encoded
  }

  /// Builds, encodes and hashes the header.
  func makeHeader() -> BlockHeader { Self.header(suite, digest) }

  private static func header(_ suite: any CryptoSuite, _ digest: Digest) -> BlockHeader {
    BlockHeader(
      chainID: digest, suite: suite, epoch: 1, height: 1_000_000, view: 1_000_001, parent: digest,
      timeMs: 1_800_000_000_000, batches: Array(repeating: digest, count: 4),
      executed: ExecutedState(
        height: 999_999, indexRoot: digest, logRoot: digest, logSize: 100_000_000),
      validatorSet: digest, nextValidatorSet: digest)
  }
}
