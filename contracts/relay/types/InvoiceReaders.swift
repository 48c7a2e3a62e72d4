internal import ContractEngine
internal import LedgerModel
internal import Wire

// Who may read an invoice is told to another chain: S07, F07.
//
// What an owner decided stands here, whatever becomes of the packet: nothing is put aside, and what
// failed is that the other chain knows of it. There a grant of another chain's member hands out
// nothing; the keys are on that chain.

/// `invoice.authorise`: the owner's grant that is in force here.
enum AuthoriseMessage: InvoiceAct {
  static let name = "invoice.authorise"

  static func businessKey(_ packet: RelayPacket, _ grant: RelayInvoiceGrantee) -> String {
    packet.key(grant.code, grant.number, grant.grantee, "\(grant.sinceMs)")
  }

  static func check(_ grant: RelayInvoiceGrantee) throws(Refusal) { try grant.check() }

  static func begin(
    _ grant: RelayInvoiceGrantee, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try invoice.checkOwner(scope.caller)
    guard invoice.grant(to: grant.grantee)?.sinceMs == grant.sinceMs else {
      throw Refusal(InvoiceContract.notAuthorised, field: "grantee", value: grant.grantee)
    }
  }

  static func carryOut(
    _ grant: RelayInvoiceGrantee, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    let grantee = InvoiceParty(chain: chain, id: grant.grantee)
    if invoice.grant(to: grantee) != nil {
      throw Refusal(InvoiceContract.alreadyAuthorised, field: "grantee", value: "\(grantee)")
    }
    guard invoice.grants.count < InvoiceContract.Limit.grants else {
      throw Refusal(.tooLarge, field: "grants", value: "\(invoice.grants.count)")
    }
    var kept = InvoiceGrant()
    kept.grantor = packet.sender
    kept.grantee = grant.grantee
    kept.chain = chain.data
    kept.sinceMs = grant.sinceMs
    invoice.grants.append(kept)
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {}

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {}
}

/// `invoice.revoke`: the owner's grant that is no longer in force here.
enum RevokeMessage: InvoiceAct {
  static let name = "invoice.revoke"

  static func businessKey(_ packet: RelayPacket, _ grant: RelayInvoiceGrantee) -> String {
    packet.key(grant.code, grant.number, grant.grantee, "\(grant.sinceMs)")
  }

  static func check(_ grant: RelayInvoiceGrantee) throws(Refusal) { try grant.check() }

  static func begin(
    _ grant: RelayInvoiceGrantee, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try invoice.checkOwner(scope.caller)
    guard invoice.grant(to: grant.grantee)?.sinceMs != grant.sinceMs else {
      throw Refusal(InvoiceContract.alreadyAuthorised, field: "grantee", value: grant.grantee)
    }
  }

  static func carryOut(
    _ grant: RelayInvoiceGrantee, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    let grantee = InvoiceParty(chain: chain, id: grant.grantee)
    guard let kept = invoice.grant(to: grantee), kept.sinceMs == grant.sinceMs,
      kept.grantor == packet.sender
    else {
      throw Refusal(InvoiceContract.notAuthorised, field: "grantee", value: "\(grantee)")
    }
    invoice.removeGrant(to: grantee)
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {}

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {}
}

extension RelayInvoiceGrantee {
  fileprivate func check() throws(Refusal) {
    try checkInvoice()
    try grantee.checkRelayed("grantee")
  }
}
