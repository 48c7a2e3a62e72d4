public import Cryptography
public import LedgerModel
internal import Wire

/// A block as ordered: its header and the batches it names, with the certificate once it is final.
public struct StoredBlock: Sendable {
  public let header: BlockHeader
  public let batches: [Digest]
  public let finalization: Certificate?

  public init(header: BlockHeader, batches: [Digest], finalization: Certificate? = nil) {
    self.header = header
    self.batches = batches
    self.finalization = finalization
  }

  var encoded: [UInt8] {
    var wire = WireBlock()
    wire.header = header.encoded.data
    wire.batches = batches.map { $0.bytes.data }
    if let finalization { wire.finalization = finalization.wire }
    return wire.encoded
  }

  init(decoding bytes: [UInt8], suite: any CryptoSuite, place: String) throws(LedgerFault) {
    do {
      let wire = try WireBlock(strict: bytes, limit: 64 * 1_024)
      header = try BlockHeader(decoding: wire.header.octets, suite: suite)
      guard wire.batches.count <= Limits.batchesPerBlock else {
        throw ModelFault.invalid(
          field: "block.batches", value: "\(wire.batches.count)",
          remedy: "a block has at most \(Limits.batchesPerBlock)")
      }
      var batches: [Digest] = []
      for digest in wire.batches { batches.append(try Digest(digest, field: "block.batches")) }
      self.batches = batches
      finalization = wire.hasFinalization ? try Certificate(finalization: wire.finalization) : nil
    } catch {
      throw .malformed(what: "block", place: place, reason: "\(error)")
    }
  }
}
