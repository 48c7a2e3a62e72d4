internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeAPI
internal import Wire

/// A member's question for sealed content that was found to be allowed.
///
/// - Source: docs/spec/10-sealing.md, rules C5 and C6.
struct SealedQuery: Sendable {
  /// How far the asker's clock may be from the node's, in milliseconds.
  static let windowMs: UInt64 = 60_000

  let asset: AssetID
  let attachment: Digest
  /// The height of the state in which the right to read was judged.
  let judgedHeight: UInt64
  /// The records of that state: whatever changes a right to read appends to them.
  let judgedLogSize: UInt64

  /// Checks signature, time and the right to read in the newest executed state.
  init(
    decoding bytes: [UInt8], admission: Admission, ledger: Ledger, nowMs: UInt64
  ) throws(Problem) {
    let signed: WireSignedQuery
    let body: WireQueryBody
    do {
      signed = try WireSignedQuery(strict: bytes, limit: 4_096)
      body = try WireQueryBody(strict: signed.body.octets, limit: 4_096)
    } catch {
      throw Problem(.wire(error))
    }
    guard body.chainID.octets == ledger.genesis.chainID.bytes else {
      throw Problem(
        "transaction.other_chain", status: 409, field: "chain_id", value: body.chainID.octets.hex,
        remedy: "this node serves chain \(ledger.genesis.chainID.hex)")
    }
    let member = try admission.member(body.member)
    let key = try admission.key(of: member)
    guard let signature = Signature(signed.signature.octets),
      ledger.suite.isValid(
        signature, of: ledger.suite.hash(.query, signed.body.octets).bytes.span, by: key)
    else {
      throw Problem(
        Refusal(.wrongSignature, field: "signature", value: "of member \(member.id)"), status: 401)
    }
    let distance = max(nowMs, body.timeMs) - min(nowMs, body.timeMs)
    guard distance <= Self.windowMs else {
      throw Problem(
        "query.out_of_time", status: 401, field: "time_ms", value: "\(body.timeMs)",
        remedy: "the node's clock says \(nowMs): sign the question anew, and set the clock")
    }
    try admission.checkStanding(of: member)
    asset = AssetID(namespace: body.namespace, key: body.key)
    let executed = ledger.executed
    judgedHeight = executed.height
    judgedLogSize = executed.logSize
    let state = try Self.invoice(asset, admission, ledger)
    guard let contents = state.contents(readableBy: member.id) else {
      throw Problem(
        "invoice.not_authorised", status: 403, field: "member", value: member.id,
        remedy: BuiltinContracts.code("invoice.not_authorised")?.remedy ?? "")
    }
    guard
      let attachment = body.attachment.isEmpty
        ? contents.first : contents.first(where: { $0.bytes == body.attachment.octets })
    else {
      throw Problem(
        "query.unknown_attachment", status: 404, field: "attachment",
        value: body.attachment.octets.hex, remedy: "name a content of this invoice")
    }
    self.attachment = attachment
  }

  private static func invoice(
    _ asset: AssetID, _ admission: Admission, _ ledger: Ledger
  ) throws(Problem) -> InvoiceState {
    let state = try admission.stored { () throws(LedgerFault) in try ledger.asset(asset) }
    guard asset.namespace == InvoiceContract.namespace, let state,
      let invoice = try? InvoiceState(strict: state.value, limit: Limits.valueBytes)
    else {
      throw Problem(
        "invoice.not_found", status: 404, field: "invoice", value: "\(asset)",
        remedy: BuiltinContracts.code("invoice.not_found")?.remedy ?? "")
    }
    return invoice
  }
}

extension InvoiceState {
  /// Digests of what a member may read, the main content first; `nil` if nothing.
  fileprivate func contents(readableBy member: String) -> [Digest]? {
    guard owner == member || grant(to: member) != nil else { return nil }
    return ([sealed] + details).compactMap { Digest($0.attachment.octets) }
  }
}
