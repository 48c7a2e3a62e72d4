internal import ContractEngine
internal import LedgerModel

// Authorise and revoke: C60, C62.

extension InvoiceContract {
  /// I13. The owner lets a member read: one wrapped key for the main content and each detail.
  static let authorise = Method(
    "authorise", arguments: InvoiceAuthorise.self,
    touches: { call in
      [asset(code: call.code, number: call.number), Member.asset(call.grantee)]
    },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      try state.checkOwner(scope.caller)
      guard call.grantee != state.owner else {
        throw Refusal(ownerIsGrantee, field: "grantee", value: call.grantee)
      }
      let grantee = try scope.member(call.grantee, field: "grantee")
      guard call.keys.count == 1 + state.details.count else {
        throw Refusal(
          wrappedKey, field: "keys",
          value: "\(call.keys.count), the invoice has \(1 + state.details.count) contents")
      }
      for (index, key) in call.keys.enumerated() {
        try scope.check(key, recipient: grantee, field: "keys[\(index)]")
      }
      // Granting again is of use only for details that came later.
      if let known = state.grant(to: grantee.id), known.keys.count == call.keys.count {
        throw Refusal(alreadyAuthorised, field: "grantee", value: grantee.id)
      }
      state.removeGrant(to: InvoiceParty(id: grantee.id))
      guard state.grants.count < Limit.grants else {
        throw Refusal(.tooLarge, field: "grants", value: "\(state.grants.count)")
      }
      var grant = InvoiceGrant()
      grant.grantor = scope.caller.id
      grant.grantee = grantee.id
      grant.sinceMs = scope.timeMs
      grant.keys = call.keys
      state.grants.append(grant)
      try scope.append(to: asset, "authorise", value: state, details: call)
    })

  /// I14. Revoked from this block on: nodes no longer hand out the content to the member.
  static let revoke = Method(
    "revoke", arguments: InvoiceRevoke.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      try state.checkOwner(scope.caller)
      guard state.grant(to: call.grantee) != nil else {
        throw Refusal(notAuthorised, field: "grantee", value: call.grantee)
      }
      state.removeGrant(to: InvoiceParty(id: call.grantee))
      try scope.append(to: asset, "revoke", value: state, details: call)
    })
}
