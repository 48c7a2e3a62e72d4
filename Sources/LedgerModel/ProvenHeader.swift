public import Cryptography
public import Wire

/// A header with the certificate that finalised it; not yet verified.
public struct ProvenHeader: Hashable, Sendable {
  public let header: BlockHeader
  /// `nil` for a block that became final through one after it: the headers up to that one prove it.
  public let finalization: Certificate?

  public init(header: BlockHeader, finalization: Certificate?) {
    self.header = header
    self.finalization = finalization
  }

  public var wire: WireProvenHeader {
    var wire = WireProvenHeader()
    wire.header = header.encoded.data
    if let finalization { wire.finalization = finalization.wire }
    return wire
  }

  public init(_ wire: WireProvenHeader, suite: any CryptoSuite) throws(ModelFault) {
    header = try BlockHeader(decoding: wire.header.octets, suite: suite)
    finalization = wire.hasFinalization ? try Certificate(finalization: wire.finalization) : nil
  }
}

extension Certificate {
  /// The wire form of a finalisation.
  public var wire: WireFinalization {
    var wire = WireFinalization()
    wire.epoch = subject.epoch
    wire.view = subject.view
    wire.parentView = subject.parentView ?? 0
    wire.block = (subject.block ?? .zero).bytes.data
    wire.signers = signers.map(UInt32.init)
    wire.signatures = signatures.map { $0.bytes.data }
    return wire
  }

  /// Reads a finalisation; signatures are not checked.
  public init(finalization wire: WireFinalization) throws(ModelFault) {
    var signatures: [Signature] = []
    for signature in wire.signatures.prefix(Committee.countMax + 1) {
      guard let signature = Signature(signature.octets) else {
        throw .invalid(
          field: "finalization.signatures", value: "\(signature.count) bytes",
          remedy: "a signature has 64 bytes")
      }
      signatures.append(signature)
    }
    let subject = VoteSubject(
      epoch: wire.epoch, view: wire.view,
      statement: .finalize(
        parentView: wire.parentView,
        block: try Digest(wire.block, field: "finalization.block")))
    do {
      try self.init(
        subject: subject, signers: wire.signers.map { Int($0) }, signatures: signatures)
    } catch {
      throw .invalid(
        field: "finalization.signers", value: "\(wire.signers.count) signers",
        remedy: "name each signer once, ascending, with one signature each")
    }
  }
}
