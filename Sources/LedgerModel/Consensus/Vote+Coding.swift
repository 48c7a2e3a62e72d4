internal import Cryptography
package import Wire

extension Vote {
  /// As nodes send it and the ledger keeps it.
  package var wire: WirePeerVote {
    var wire = WirePeerVote()
    wire.kind = UInt32(subject.kind.rawValue)
    wire.epoch = subject.epoch
    wire.view = subject.view
    wire.parentView = subject.parentView ?? 0
    wire.block = (subject.block?.bytes ?? []).data
    wire.signer = UInt32(signer)
    wire.signature = signature.bytes.data
    return wire
  }

  /// Reads a vote; its signature is not checked.
  /// - Parameter field: What a fault calls the vote.
  package init(_ wire: WirePeerVote, field: String = "vote") throws(ModelFault) {
    guard let signature = Signature(wire.signature.octets) else {
      throw .invalid(
        field: "\(field).signature", value: "\(wire.signature.count) bytes",
        remedy: "a signature has 64 bytes")
    }
    guard wire.signer < UInt32(Committee.countMax) else {
      throw .invalid(
        field: "\(field).signer", value: "\(wire.signer)",
        remedy: "validators are 0 to \(Committee.countMax - 1)")
    }
    let subject = try VoteSubject(
      kind: wire.kind, epoch: wire.epoch, view: wire.view, parentView: wire.parentView,
      block: wire.block.octets, field: field)
    self.init(subject: subject, signer: Int(wire.signer), signature: signature)
  }
}

extension VoteSubject {
  /// Reads the fields that votes and certificates share.
  package init(
    kind: UInt32, epoch: UInt64, view: UInt64, parentView: UInt64, block: [UInt8], field: String
  ) throws(ModelFault) {
    guard let kind = UInt8(exactly: kind).flatMap(VoteKind.init(rawValue:)) else {
      throw .invalid(
        field: "\(field).kind", value: "\(kind)", remedy: "1 notarize, 2 nullify, 3 finalize")
    }
    if kind == .nullify {
      guard parentView == 0, block.isEmpty else {
        throw .invalid(
          field: "\(field).block", value: "\(block.count) bytes",
          remedy: "nullify names no parent and no block")
      }
      self.init(epoch: epoch, view: view, statement: .nullify)
      return
    }
    guard let block = Digest(block) else {
      throw .invalid(
        field: "\(field).block", value: "\(block.count) bytes", remedy: "it must have 32 bytes")
    }
    self.init(
      epoch: epoch, view: view,
      statement: kind == .notarize
        ? .notarize(parentView: parentView, block: block)
        : .finalize(parentView: parentView, block: block))
  }
}
