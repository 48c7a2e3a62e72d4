internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

// Recording invoices: N01, N02, N22.

extension InvoiceContract {
  /// I4. A blue invoice is positive, of the issuer's region, and recorded once.
  static let putBlue = Method(
    "putBlue", roles: [issuer], arguments: InvoicePutBlue.self,
    touches: { call in
      [
        asset(code: call.facts.code, number: call.facts.number),
        payerAsset(tag: call.facts.payerTag.octets), Member.asset(call.owner),
      ]
    },
    perform: { (call, scope) throws(Refusal) in
      guard call.facts.amountFen > 0 else {
        throw Refusal(malformed, field: "facts.amount_fen", value: "\(call.facts.amountFen)")
      }
      let state = try scope.newInvoice(call.facts, owner: call.owner, sealed: call.sealed)
      try scope.put(state, "putBlue", details: call.facts)
    })

  /// I5. A red invoice reverses a blue one of the same institution, payer, owner and amount, once,
  /// and not while a unit has posted it or a member holds it.
  static let putRed = Method(
    "putRed", roles: [issuer], arguments: InvoicePutRed.self,
    touches: { call in
      [
        asset(code: call.facts.code, number: call.facts.number),
        asset(code: call.blueCode, number: call.blueNumber),
        payerAsset(tag: call.facts.payerTag.octets), Member.asset(call.owner),
      ]
    },
    perform: { (call, scope) throws(Refusal) in
      guard call.facts.amountFen < 0 else {
        throw Refusal(malformed, field: "facts.amount_fen", value: "\(call.facts.amountFen)")
      }
      var red = try scope.newInvoice(call.facts, owner: call.owner, sealed: call.sealed)
      let blue = try scope.reverse((call.blueCode, call.blueNumber), by: &red)
      try scope.put(red, "putRed", details: call.facts)
      try scope.putReversed(blue, by: red)
    })

  /// I6. Further sealed content of an invoice comes from who recorded it.
  static let putDetail = Method(
    "putDetail", roles: [issuer], arguments: InvoicePutDetail.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.ownInvoice(call.code, call.number)
      guard state.submitter == scope.caller.id else {
        throw Refusal(.notPermitted, field: "submitter", value: state.submitter)
      }
      guard state.details.count < Limit.details else {
        throw Refusal(.tooLarge, field: "details", value: "\(state.details.count)")
      }
      try scope.checkContent(call.sealed, field: "sealed")
      // The owner's key is the one that the main content is wrapped to.
      try scope.check(
        call.sealed.ownerKey, recipient: state.owner, keyID: state.sealed.ownerKey.keyID.octets,
        field: "sealed.owner_key")
      state.details.append(call.sealed)
      try scope.append(to: asset, "putDetail", value: state, details: call.sealed)
    })
}

extension CallScope {
  fileprivate func newInvoice(
    _ facts: InvoiceFacts, owner: String, sealed: InvoiceSealed
  ) throws(Refusal) -> InvoiceState {
    try facts.check()
    try checkRegion(facts)
    let asset = InvoiceContract.asset(code: facts.code, number: facts.number)
    if let known = value(of: asset, as: InvoiceState.self) {
      // Commitments are deterministic for one submitter, so equal content is recognised sealed.
      let isSame =
        known.facts.encoded == facts.encoded && known.sealed.commitment == sealed.commitment
      throw Refusal(
        isSame ? InvoiceContract.duplicate : InvoiceContract.conflict, field: "facts.number",
        value: asset.key)
    }
    let owner = try member(owner, field: "owner")
    try check(sealed, owner: owner, field: "sealed")
    var state = InvoiceState()
    state.facts = facts
    state.owner = owner.id
    state.submitter = caller.id
    state.sealed = sealed
    return state
  }

  /// Appends to the invoice's trail and to its payer's, so that the payer's list is complete.
  fileprivate mutating func put(
    _ state: InvoiceState, _ operation: String, details: InvoiceFacts
  ) throws(Refusal) {
    let facts = state.facts
    try append(
      to: InvoiceContract.asset(code: facts.code, number: facts.number), operation, value: state,
      details: details)
    try list(facts, operation)
  }

  /// I15. Appends an invoice to its payer's list.
  mutating func list(_ facts: InvoiceFacts, _ operation: String) throws(Refusal) {
    let payer = InvoiceContract.payerAsset(tag: facts.payerTag.octets)
    var list = value(of: payer, as: InvoicePayerState.self) ?? InvoicePayerState()
    list.invoices += 1
    var event = InvoicePayerEvent()
    event.code = facts.code
    event.number = facts.number
    try append(to: payer, operation, value: list, details: event)
  }

  /// I5. The blue invoice as the red one reverses it; each names the other.
  func reverse(
    _ name: (code: String, number: String), by red: inout InvoiceState
  ) throws(Refusal) -> InvoiceState {
    let asset = InvoiceContract.asset(code: name.code, number: name.number)
    guard var blue = value(of: asset, as: InvoiceState.self) else {
      throw Refusal(InvoiceContract.blueNotFound, field: "blue", value: asset.key)
    }
    try blue.checkReversible(by: red, atMs: timeMs)
    red.relatedCode = name.code
    red.relatedNumber = name.number
    blue.redFlushed = true
    blue.relatedCode = red.facts.code
    blue.relatedNumber = red.facts.number
    return blue
  }

  /// Appends the reversal to the blue invoice's trail.
  mutating func putReversed(
    _ blue: InvoiceState, by red: InvoiceState
  ) throws(Refusal) {
    let asset = InvoiceContract.asset(code: red.relatedCode, number: red.relatedNumber)
    try append(to: asset, "redFlush", value: blue, details: red.facts)
  }
}

extension InvoiceState {
  fileprivate func checkReversible(by redState: Self, atMs time: UInt64) throws(Refusal) {
    let red = redState.facts
    guard !isRed else {
      throw Refusal(InvoiceContract.notBlue, field: "blue", value: "\(facts.code):\(facts.number)")
    }
    guard !redFlushed else {
      throw Refusal(
        InvoiceContract.alreadyFlushed, field: "blue", value: "\(relatedCode):\(relatedNumber)")
    }
    guard red.amountFen == -facts.amountFen else {
      throw Refusal(
        InvoiceContract.redAmountDiffers, field: "facts.amount_fen",
        value: "\(red.amountFen), the blue one has \(facts.amountFen)")
    }
    guard red.institution.utf8.elementsEqual(facts.institution.utf8) else {
      throw Refusal(
        InvoiceContract.redInstitutionDiffers, field: "facts.institution", value: red.institution)
    }
    // Else the reversal would be missing from the payer's list, or stay unknown to the owner.
    guard red.payerTag == facts.payerTag else {
      throw Refusal(
        InvoiceContract.redPayerDiffers, field: "facts.payer_tag", value: red.payerTag.octets.hex)
    }
    guard redState.owner == owner else {
      throw Refusal(
        InvoiceContract.redOwnerDiffers, field: "owner",
        value: "\(redState.owner), the blue one has \(owner)")
    }
    // Else one chain would count a reversal that the other, which recorded the blue one, does not.
    guard redState.origin.chain == origin.chain else {
      throw Refusal(
        InvoiceContract.otherOrigin, field: "blue", value: origin.chain.octets.prefix(4).hex)
    }
    if let posting = postings.first {
      throw Refusal(InvoiceContract.posted, field: "unit", value: "\(posting.party)")
    }
    try checkNotHeld(except: nil, atMs: time)
  }
}
