public import Cryptography
public import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// A batch whose every signature is valid under the registry of an epoch.
public struct CheckedBatch: Sendable {
  public let batch: Batch
  /// The epoch under whose registry it was checked.
  public let epoch: UInt64
  /// Bytes of its transactions with their attachments.
  public let byteCount: Int
  let callCount: Int

  /// For transactions that were judged one by one when they came in.
  public init(_ batch: Batch, epoch: UInt64) {
    self.batch = batch
    self.epoch = epoch
    byteCount = batch.transactions.reduce(0) { $0 + $1.byteCount }
    callCount = batch.transactions.reduce(0) { $0 + $1.calls.count }
  }
}

/// What became of a batch that was checked.
public struct BatchVerdict: Sendable {
  public let result: Result<CheckedBatch, BatchFault>
  /// Its digest, if it was held already and checked again.
  public let held: Digest?
  /// Who sent it; `nil` for this node's own.
  public let author: PeerID?
  /// Bytes of the message; 0 for a batch that was held already.
  public let byteCount: Int

  public init(
    _ result: Result<CheckedBatch, BatchFault>, held: Digest?, author: PeerID?, byteCount: Int
  ) {
    self.result = result
    self.held = held
    self.author = author
    self.byteCount = byteCount
  }
}

/// Judges a batch that a peer sent: form, chain, members and signatures.
///
/// Takes up to a third of a millisecond for each transaction, so drivers run it beside the machine.
public struct BatchCheck: Sendable {
  /// Signed transactions of one batch: their signatures are then checked within some 50 ms on one
  /// core, and many cores share the batches of a block.
  public static let transactionsMax = 128

  private let suite: any CryptoSuite
  private let chainID: Digest
  /// The signing key of a member, if it is registered; parsed once.
  private let key: @Sendable (_ member: String) -> PublicKey?

  public init(
    suite: any CryptoSuite, chainID: Digest, key: @escaping @Sendable (String) -> PublicKey?
  ) {
    self.suite = suite
    self.chainID = chainID
    self.key = key
  }

  /// - Parameter epoch: The epoch whose registry `key` reads.
  /// - Throws: `BatchFault` for the first transaction that is wrong.
  public func check(_ bytes: [UInt8], epoch: UInt64) throws(BatchFault) -> CheckedBatch {
    let batch = try Self.decode(bytes, suite: suite)
    try check(batch)
    return CheckedBatch(batch, epoch: epoch)
  }

  /// Checks a batch again, because the registry changed.
  public func check(_ batch: Batch) throws(BatchFault) {
    for transaction in batch.transactions {
      guard transaction.chainID == chainID else {
        throw .otherChain(transaction.chainID)
      }
      guard let key = key(transaction.member) else {
        throw .unknownMember(transaction.member)
      }
      guard suite.isValid(transaction.signature, of: transaction.id.bytes.span, by: key) else {
        throw .wrongSignature(transaction: transaction.id, member: transaction.member)
      }
    }
  }

  /// Encodes a batch for peers.
  public static func encode(_ batch: Batch) -> [UInt8] { wire(batch.transactions).encoded }

  /// Encodes a batch of encoded transactions for peers.
  public static func encode(_ transactions: [[UInt8]]) -> [UInt8] {
    var wire = WirePeerBatch()
    wire.transactions = transactions.map(\.data)
    return wire.encoded
  }

  static func wire(_ transactions: [Transaction]) -> WirePeerBatch {
    var wire = WirePeerBatch()
    wire.transactions = transactions.map { $0.encoded().data }
    return wire
  }

  /// Reads a batch; signatures are not checked.
  public static func decode(
    _ bytes: [UInt8], suite: any CryptoSuite
  ) throws(BatchFault) -> Batch {
    let wire: WirePeerBatch
    do {
      wire = try WirePeerBatch(strict: bytes, limit: PeerMessage.Kind.batch.byteLimit)
    } catch {
      throw .malformed(.wire(error))
    }
    return try decode(wire, suite: suite)
  }

  static func decode(
    _ wire: WirePeerBatch, suite: any CryptoSuite
  ) throws(BatchFault) -> Batch {
    guard 1...transactionsMax ~= wire.transactions.count else {
      throw .count(wire.transactions.count)
    }
    var transactions: [Transaction] = []
    transactions.reserveCapacity(wire.transactions.count)
    for bytes in wire.transactions {
      do {
        transactions.append(try Transaction(decoding: bytes.octets, suite: suite))
      } catch {
        throw .malformed(error)
      }
    }
    return Batch(transactions, suite: suite)
  }
}

/// Why a batch is not accepted.
public enum BatchFault: Error, Hashable, Sendable {
  case malformed(ModelFault)
  /// A batch has 1 to `BatchCheck.transactionsMax` transactions.
  case count(Int)
  case otherChain(Digest)
  case unknownMember(String)
  case wrongSignature(transaction: Digest, member: String)
}
