internal import ContractEngine
internal import LedgerModel

// Print and paper exchange: C59, N03.

extension InvoiceContract {
  /// I7. Each print is counted; the owner or an issuer of the region prints.
  static let print = Method(
    "print", arguments: InvoicePrint.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      try scope.checkOwnerOrIssuer(state)
      guard state.prints < .max else {
        throw Refusal(.tooLarge, field: "prints", value: "\(state.prints)")
      }
      state.prints += 1
      try scope.append(to: asset, "print", value: state, details: call)
    })

  /// I8. A blue invoice in force is exchanged for a paper one at most once.
  static let exchangePaper = Method(
    "exchangePaper", roles: [issuer], arguments: InvoiceExchangePaper.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      try call.paperCode.checkElement("paper_code")
      try call.paperNumber.checkElement("paper_number")
      var (asset, state) = try scope.ownInvoice(call.code, call.number)
      try state.checkUsable()
      try scope.checkRegion(state.facts)
      guard !state.hasPaper else {
        throw Refusal(
          alreadyExchanged, field: "paper", value: "\(state.paper.code):\(state.paper.number)")
      }
      state.paper.code = call.paperCode
      state.paper.number = call.paperNumber
      state.paper.timeMs = scope.timeMs
      try scope.append(to: asset, "exchangePaper", value: state, details: call)
    })
}

extension CallScope {
  fileprivate func checkOwnerOrIssuer(_ state: InvoiceState) throws(Refusal) {
    if caller.id == state.owner { return }
    guard caller.roles.contains(InvoiceContract.issuer) else {
      throw Refusal(InvoiceContract.notOwner, field: "member", value: caller.id)
    }
    try checkRegion(state.facts)
  }
}
