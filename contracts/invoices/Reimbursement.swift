internal import ContractEngine
internal import LedgerModel

// Lock, unlock, post, unpost: N04 to N07. No reimbursement twice (杜绝重复报销).

extension InvoiceContract {
  /// I9. One member holds an invoice at a time, for a purpose, until an expiry at block time.
  static let lock = Method(
    "lock", roles: [reimburser], arguments: InvoiceLock.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      try call.purpose.checkText("purpose")
      guard call.expiresMs > scope.timeMs, call.expiresMs - scope.timeMs <= Limit.lockMs else {
        throw Refusal(
          lockExpiry, field: "expires_ms",
          value: "\(call.expiresMs), the block has \(scope.timeMs)")
      }
      var (asset, state) = try scope.invoice(call.code, call.number)
      try state.checkUsable()
      try state.checkNotHeld(except: scope.caller.id, atMs: scope.timeMs)
      guard state.postedFen < state.facts.amountFen else {
        throw Refusal(postedInFull, field: "amount_fen", value: "\(state.facts.amountFen)")
      }
      state.hold.holder = scope.caller.id
      state.hold.purpose = call.purpose
      state.hold.expiresMs = call.expiresMs
      state.hold.sinceMs = scope.timeMs
      try scope.append(to: asset, "lock", value: state, details: call)
    })

  /// I10. Only the holder releases a lock before it expires.
  static let unlock = Method(
    "unlock", roles: [reimburser], arguments: InvoiceUnlock.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      try state.checkNotHeld(except: scope.caller.id, atMs: scope.timeMs)
      guard state.hold(atMs: scope.timeMs) != nil else {
        throw Refusal(notLocked, field: "invoice", value: asset.key)
      }
      state.clearHold()
      try scope.append(to: asset, "unlock", value: state, details: call)
    })

  /// I11. Postings of all units together never exceed the amount; a flushed invoice or one that
  /// another member holds is not posted.
  static let post = Method(
    "post", roles: [reimburser], arguments: InvoicePost.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      try call.postingID.checkElement("posting_id")
      guard call.amountFen > 0 else {
        throw Refusal(malformed, field: "amount_fen", value: "\(call.amountFen)")
      }
      var (asset, state) = try scope.invoice(call.code, call.number)
      try state.checkUsable()
      try state.checkNotHeld(except: scope.caller.id, atMs: scope.timeMs)
      let unit = scope.caller.organisation
      guard !state.postings.contains(where: { $0.unit == unit && $0.postingID == call.postingID })
      else {
        throw Refusal(duplicatePosting, field: "posting_id", value: call.postingID)
      }
      try state.checkRemaining(call.amountFen)
      guard state.postings.count < Limit.postings else {
        throw Refusal(.tooLarge, field: "postings", value: "\(state.postings.count)")
      }
      var posting = InvoicePosting()
      posting.postingID = call.postingID
      posting.unit = unit
      posting.member = scope.caller.id
      posting.amountFen = call.amountFen
      posting.timeMs = scope.timeMs
      state.postings.append(posting)
      try scope.append(to: asset, "post", value: state, details: call)
    })

  /// I12. The unit that posted revokes its posting; the trail keeps both.
  static let unpost = Method(
    "unpost", roles: [reimburser], arguments: InvoiceUnpost.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      let unit = scope.caller.organisation
      guard
        let index = state.postings.firstIndex(where: {
          $0.unit == unit && $0.postingID == call.postingID
        })
      else {
        throw Refusal(postingNotFound, field: "posting_id", value: "\(unit) \(call.postingID)")
      }
      state.postings.remove(at: index)
      try scope.append(to: asset, "unpost", value: state, details: call)
    })
}

extension InvoiceState {
  fileprivate func checkRemaining(_ amount: Int64) throws(Refusal) {
    let remaining = facts.amountFen - postedFen
    guard remaining > 0 else {
      let units = postings.map { "\($0.unit) \($0.amountFen)" }.joined(separator: ", ")
      throw Refusal(InvoiceContract.postedInFull, field: "postings", value: units)
    }
    guard amount <= remaining else {
      throw Refusal(
        InvoiceContract.exceedsRemaining, field: "amount_fen",
        value: "\(amount), \(remaining) remain of \(facts.amountFen)")
    }
  }
}
