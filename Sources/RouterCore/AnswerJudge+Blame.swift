internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import Wire

// R31. What another router signed is kept against it; what it did not sign is only logged.
extension AnswerJudge {
  /// - Returns: `nil` if nothing that it signed is about this packet.
  func blame(
    _ carried: WireCarriedPacket, _ header: RelayHeaderName, for fault: RouterFault
  ) -> CarriedCall? {
    guard case .content(let sequence, let content) = fault, let word = content.blame,
      let record = try? RelayReencryption(
        strict: carried.record.octets, limit: Limits.argumentBytes),
      let mechanism = try? view.mechanism
    else { return nil }
    var call = RelayBlame()
    call.channel = view.id
    call.header = header
    call.proof = carried.proof.encoded.data
    call.record = record
    call.fault = word
    call.brought = mechanism.hash(.attachment, carried.ciphertext.octets).bytes.data
    let arguments = call.encoded
    guard arguments.count <= Limits.argumentBytes else { return nil }
    return CarriedCall(
      kind: .blame(sequence), method: "blame", arguments: arguments, attachment: nil)
  }
}

extension RouterFault.ContentFault {
  /// What the record is blamed for; `nil` if there is none that its router signed about the packet.
  fileprivate var blame: RelayFault? {
    switch self {
    case .withheld, .tooLarge, .unsignedRecord: nil
    case .doesNotOpen: .doesNotOpen
    case .otherCommitment: .otherCommitment
    // Form and names are read before the signature, or say that it is another packet's record.
    case .otherRecord(let field):
      ["form", "router", "packet"].contains(field) ? nil : .otherRecord
    }
  }
}
