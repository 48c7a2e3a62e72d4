internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeAPI
internal import Wire

/// A member's question for the sealed contents of packets. What may be read of a packet stays so.
///
/// - Source: docs/spec/20-relay.md, rule R19.
struct PacketsQuery: Sendable {
  /// Packets of one question.
  static let packetsMax = 1_024
  /// Bytes of the question: its numbers have at most ten each.
  static let bytesMax = 16 * 1_024

  private let body: WirePacketsQueryBody
  private let member: Member

  /// Checks who asks, once for all the packets.
  init(
    decoding bytes: [UInt8], admission: Admission, ledger: Ledger, nowMs: UInt64
  ) throws(Problem) {
    let signed: WireSignedQuery
    do {
      signed = try WireSignedQuery(strict: bytes, limit: Self.bytesMax)
      body = try WirePacketsQueryBody(strict: signed.body.octets, limit: Self.bytesMax)
    } catch {
      throw Problem(.wire(error))
    }
    guard 1...Self.packetsMax ~= body.sequences.count else {
      throw Problem(
        "request.invalid", status: 400, field: "sequences", value: "\(body.sequences.count)",
        remedy: "ask for 1 to \(Self.packetsMax) packets")
    }
    member = try signed.asker(
      body.member, chainID: body.chainID.octets, timeMs: body.timeMs, admission: admission,
      ledger: ledger, nowMs: nowMs)
  }

  /// The contents that the asker may open, in the order asked: as many as fit, and at least one.
  func contents(of ledger: Ledger) throws(LedgerFault) -> WirePacketContents {
    var answer = WirePacketContents()
    var size = 0
    for sequence in body.sequences {
      guard let digest = try attachment(sequence, ledger) else { continue }
      guard let ciphertext = try ledger.attachment(digest) else {
        throw .missing(what: "attachment", place: digest.hex)
      }
      size += ciphertext.count
      guard answer.contents.isEmpty || size <= LedgerService.batchBytes else { break }
      var content = WirePacketContent()
      content.sequence = sequence
      content.ciphertext = ciphertext.data
      answer.contents.append(content)
    }
    return answer
  }

  /// The packet's content, if there is one whose key is wrapped to the asker.
  private func attachment(_ sequence: UInt64, _ ledger: Ledger) throws(LedgerFault) -> Digest? {
    let asset =
      body.received
      ? RelayContract.received(body.channel, sequence) : RelayContract.sent(body.channel, sequence)
    guard let value = try ledger.asset(asset)?.value else { return nil }
    let sealed =
      body.received
      ? try? RelayReceivedPacket(strict: value, limit: Limits.valueBytes).sealed
      : try? RelaySentPacket(strict: value, limit: Limits.valueBytes).sealed
    guard let sealed,
      sealed.keys.contains(where: { $0.recipient.utf8.elementsEqual(member.id.utf8) })
    else { return nil }
    return Digest(sealed.attachment.octets)
  }
}
