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
    let member = try signed.asker(
      body.member, chainID: body.chainID.octets, timeMs: body.timeMs, admission: admission,
      ledger: ledger, nowMs: nowMs)
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
    // The namespace first: one that is too long names no asset at all.
    guard asset.namespace == InvoiceContract.namespace,
      let state = try admission.stored({ () throws(LedgerFault) in try ledger.asset(asset) }),
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
