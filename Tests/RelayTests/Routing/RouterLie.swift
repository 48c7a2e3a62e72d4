import BuiltinContracts
import LedgerModel
import SwiftProtobuf
import Wire

/// How a router alters what it brings, each found out by name.
enum RouterLie: String, CaseIterable {
  case ciphertext, record, plaintext, payload, commitment, route, header, certificate, order,
    silence

  /// What the honest router's notes say of it: part of a reason.
  var foundAs: String {
    switch self {
    case .ciphertext: "digest_out"
    case .record: "not signed"
    case .plaintext: "not what the source committed to"
    // The ciphertext is bound to the packet as it was sent (P4).
    case .payload, .route: "does not open"
    case .commitment: "another commitment"
    case .header, .certificate: "relay.not_proven"
    case .order: "sequence"
    case .silence: "withheld"
    }
  }

  /// What it is blamed for on chain, if it signed anything that shows it.
  var blamedFor: RelayFault? {
    switch self {
    case .ciphertext: .otherRecord
    case .plaintext: .otherCommitment
    // A packet that no proof shows is evidence of nothing: payload, route, commitment.
    case .record, .payload, .commitment, .route, .header, .certificate, .order, .silence: nil
    }
  }

  private static func flipped(_ bytes: [UInt8]) -> [UInt8] {
    guard let first = bytes.first else { return [] }
    return [first ^ 1] + bytes.dropFirst()
  }

  func alter(_ answer: inout WireRouterAnswer) {
    switch self {
    case .ciphertext:
      change { $0.ciphertext = Self.flipped($0.ciphertext.octets).data }
    case .record:
      change { carried in
        guard var record = try? RelayReencryption(serializedBytes: carried.record) else { return }
        record.signature = Self.flipped(record.signature.octets).data
        carried.record = record.encoded.data
      }
    case .payload: packet { $0.body = ($0.body.octets + [0x12, 0x00]).data }
    case .plaintext: break  // Its router does it: it alone can sign the record.
    case .commitment: packet { $0.commitment = Self.flipped($0.commitment.octets).data }
    case .route: packet { $0.destinationChain = Self.flipped($0.destinationChain.octets).data }
    case .header:
      guard var header = try? WireBlockHeader(serializedBytes: answer.header.header) else { return }
      header.executed.indexRoot = Self.flipped(header.executed.indexRoot.octets).data
      answer.header.header = header.encoded.data
    case .certificate:
      guard !answer.header.finalization.signatures.isEmpty else { return }
      let signature = answer.header.finalization.signatures[0].octets
      answer.header.finalization.signatures[0] = Self.flipped(signature).data
    case .order: if answer.packets.count > 1 { answer.packets.removeFirst() }
    case .silence:
      change { carried in
        carried.ciphertext = [UInt8]().data
        carried.withheld = "I do not want to"
      }
    }

    func change(_ body: (inout WireCarriedPacket) -> Void) {
      for index in answer.packets.indices { body(&answer.packets[index]) }
    }
    func packet(_ body: (inout RelayPacket) -> Void) {
      change { carried in
        guard var sent = try? RelaySentPacket(serializedBytes: carried.proof.value) else { return }
        body(&sent.packet)
        carried.proof.value = sent.encoded.data
      }
    }
  }
}
