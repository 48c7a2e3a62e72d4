public import Cryptography
public import LedgerModel
public import LedgerStore
internal import SwiftProtobuf
internal import Wire

/// A final block with what it orders, ready to be executed.
public struct FinalBlock: Sendable {
  public let block: StoredBlock
  /// In the block's order; empty where the store has them (after a restart).
  public let batches: [Batch]

  public init(block: StoredBlock, batches: [Batch]) {
    self.block = block
    self.batches = batches
  }

  /// Every transaction, in order.
  public var transactions: [Transaction] { batches.flatMap(\.transactions) }
}

/// Judges the final blocks that a peer sent: links, certificates and content.
///
/// The signatures of transactions are not checked: a quorum did before it voted, and a block is
/// final because of that quorum. Takes milliseconds, so drivers run it beside the machine.
public struct CatchUpCheck: Sendable {
  /// Bytes of an answer: one block of the largest size.
  public static let responseBytesMax = Limits.transactionBytes + 1_024 * 1_024
  /// Bytes that a node puts into an answer of more than one block.
  public static let responseBytesWanted = 4 * 1_024 * 1_024

  /// The block to continue from: its header; `nil` for the genesis state.
  public let parent: BlockHeader?
  /// The epoch of the blocks after it.
  public let epoch: Epoch
  private let chainID: Digest
  private let suite: any CryptoSuite

  public init(parent: BlockHeader?, epoch: Epoch, chainID: Digest, suite: any CryptoSuite) {
    self.parent = parent
    self.epoch = epoch
    self.chainID = chainID
    self.suite = suite
  }

  /// - Returns: Consecutive blocks after `parent`, the last one with its certificate; none if all
  ///   that was sent is known.
  /// - Throws: `CatchUpFault` for the first thing that is wrong.
  public func check(_ bytes: [UInt8]) throws(CatchUpFault) -> [FinalBlock] {
    let wire = try Self.decode(bytes)
    var parent = parent
    var blocks: [FinalBlock] = []
    guard !wire.blocks.isEmpty else { throw .empty }
    // Some may have come another way since they were asked for.
    let known = (parent?.height ?? 0) + 1 - min((parent?.height ?? 0) + 1, wire.fromHeight)
    for package in wire.blocks.dropFirst(Int(min(known, UInt64(wire.blocks.count)))) {
      if let parent, parent.endsEpoch, parent.epoch == epoch.number {
        throw .crossesEpoch(height: parent.height)
      }
      let block = try check(package, after: parent)
      parent = block.block.header
      blocks.append(block)
    }
    guard let last = blocks.last else { return [] }
    guard last.block.finalization != nil else { throw .notFinal(height: last.block.header.height) }
    return blocks
  }

  private func check(
    _ package: WirePeerPackage, after parent: BlockHeader?
  ) throws(CatchUpFault) -> FinalBlock {
    let block = try Self.block(package, suite: suite)
    let header = block.header
    let height = (parent?.height ?? 0) + 1
    guard header.height == height, header.parent == parent?.hash ?? chainID,
      header.chainID == chainID, header.epoch == epoch.number, header.validatorSet == epoch.hash,
      header.batchesRoot == BlockHeader.batchesRoot(block.batches, suite: suite)
    else { throw .doesNotFollow(height: height) }
    if let certificate = block.finalization {
      do {
        try epoch.verify(certificate, for: header, suite: suite)
      } catch {
        throw .certificate(error, height: height)
      }
    }
    guard package.batches.count == block.batches.count else { throw .otherContent(height: height) }
    var batches: [Batch] = []
    for (digest, wire) in zip(block.batches, package.batches) {
      let batch: Batch
      do {
        batch = try BatchCheck.decode(wire, suite: suite)
      } catch {
        throw .batch(error)
      }
      guard batch.digest == digest else { throw .otherContent(height: height) }
      batches.append(batch)
    }
    return FinalBlock(block: block, batches: batches)
  }

  static func decode(_ bytes: [UInt8]) throws(CatchUpFault) -> WireCatchUpResponse {
    do {
      return try WireCatchUpResponse(strict: bytes, limit: responseBytesMax)
    } catch {
      throw .malformed(.wire(error))
    }
  }

  static func block(
    _ package: WirePeerPackage, suite: any CryptoSuite
  ) throws(CatchUpFault) -> StoredBlock {
    let header: BlockHeader
    var digests: [Digest] = []
    var certificate: Certificate?
    do throws(ModelFault) {
      header = try BlockHeader(decoding: package.block.header.octets, suite: suite)
      for digest in package.block.batches.prefix(Limits.batchesPerBlock + 1) {
        guard let digest = Digest(digest.octets) else {
          throw .invalid(
            field: "block.batches", value: "\(digest.count) bytes", remedy: "32 bytes each")
        }
        digests.append(digest)
      }
      if package.block.hasFinalization {
        certificate = try Certificate(finalization: package.block.finalization)
      }
    } catch {
      throw .malformed(error)
    }
    return StoredBlock(header: header, batches: digests, finalization: certificate)
  }

  /// Encodes final blocks for a peer.
  public static func encode(_ packages: [BlockPackage], from height: UInt64) -> [UInt8] {
    var wire = WireCatchUpResponse()
    wire.fromHeight = height
    wire.blocks = packages.map { package in
      var block = WirePeerPackage()
      block.block.header = package.block.header.encoded.data
      block.block.batches = package.block.batches.map(\.bytes.data)
      if let finalization = package.block.finalization {
        block.block.finalization = finalization.wire
      }
      block.batches = package.batches.map { transactions in
        var batch = WirePeerBatch()
        batch.transactions = transactions.map(\.data)
        return batch
      }
      return block
    }
    return wire.encoded
  }
}

/// Why a peer's blocks are not taken.
public enum CatchUpFault: Error, Hashable, Sendable {
  case malformed(ModelFault)
  case empty
  /// The header at this height is not the next one of the chain.
  case doesNotFollow(height: UInt64)
  /// Blocks of two epochs in one answer.
  case crossesEpoch(height: UInt64)
  /// The last block has no certificate of its own.
  case notFinal(height: UInt64)
  case certificate(FinalityFault, height: UInt64)
  case batch(BatchFault)
  /// The batches sent are not those that the header commits to.
  case otherContent(height: UInt64)
}
