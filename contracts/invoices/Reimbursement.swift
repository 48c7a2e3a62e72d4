internal import ContractEngine
internal import LedgerModel
internal import Wire

// Lock, unlock, post, unpost: N04 to N07. No reimbursement twice (杜绝重复报销).

extension InvoiceContract {
  /// I9. One member holds an invoice at a time, for a purpose, until an expiry at block time; one
  /// of another chain is held there first (I18).
  static let lock = Method(
    "lock", roles: [reimburser], arguments: InvoiceLock.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      try call.purpose.checkText("purpose")
      try scope.checkLockExpiry(call.expiresMs)
      var (asset, state) = try scope.ownInvoice(call.code, call.number)
      try state.lock(
        by: InvoiceParty(id: scope.caller.id), for: call.purpose, untilMs: call.expiresMs,
        atMs: scope.timeMs)
      try scope.append(to: asset, "lock", value: state, details: call)
    })

  /// I10. Only the holder releases a lock before it expires.
  static let unlock = Method(
    "unlock", roles: [reimburser], arguments: InvoiceUnlock.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      _ = try state.ownHold(of: InvoiceParty(id: scope.caller.id), atMs: scope.timeMs)
      state.clearHold()
      try scope.append(to: asset, "unlock", value: state, details: call)
    })

  /// I11. Postings of all units together never exceed the amount; a flushed invoice or one that
  /// another member holds is not posted, nor one of another chain (I18).
  static let post = Method(
    "post", roles: [reimburser], arguments: InvoicePost.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      try call.postingID.checkElement("posting_id")
      try call.amountFen.checkPosted()
      var (asset, state) = try scope.ownInvoice(call.code, call.number)
      try state.post(
        call.postingID, call.amountFen, for: InvoiceParty(id: scope.caller.organisation),
        by: InvoiceParty(id: scope.caller.id), atMs: scope.timeMs)
      try scope.append(to: asset, "post", value: state, details: call)
    })

  /// I12. The unit that posted revokes its posting; the trail keeps both.
  static let unpost = Method(
    "unpost", roles: [reimburser], arguments: InvoiceUnpost.self,
    touches: { call in [asset(code: call.code, number: call.number)] },
    perform: { (call, scope) throws(Refusal) in
      var (asset, state) = try scope.invoice(call.code, call.number)
      let index = try state.ownPosting(
        call.postingID, of: InvoiceParty(id: scope.caller.organisation))
      state.postings.remove(at: index)
      try scope.append(to: asset, "unpost", value: state, details: call)
    })
}

// The rules by themselves, which hold for members of this chain and of others alike.
extension InvoiceState {
  /// I9. The member holds the invoice.
  mutating func lock(
    by member: InvoiceParty, for purpose: String, untilMs expiry: UInt64, atMs time: UInt64
  ) throws(Refusal) {
    try checkUsable()
    try checkNotHeld(except: member, atMs: time)
    if let hold = hold(atMs: time), hold.hasPassage { throw hold.passage.isUnderWay }
    guard postedFen < facts.amountFen else {
      throw Refusal(
        InvoiceContract.postedInFull, field: "amount_fen", value: "\(facts.amountFen)")
    }
    hold = InvoiceHold()
    hold.holder = member.id
    hold.chain = member.chain.data
    hold.purpose = purpose
    hold.expiresMs = expiry
    hold.sinceMs = time
  }

  /// I10. The lock in force, if the member holds it and no packet tells of it.
  func ownHold(of member: InvoiceParty, atMs time: UInt64) throws(Refusal) -> InvoiceHold {
    try checkNotHeld(except: member, atMs: time)
    guard let hold = hold(atMs: time) else {
      throw Refusal(
        InvoiceContract.notLocked, field: "invoice", value: "\(facts.code):\(facts.number)")
    }
    guard !hold.hasPassage else { throw hold.passage.isUnderWay }
    return hold
  }

  /// I11. The unit's posting counts.
  mutating func post(
    _ id: String, _ amount: Int64, for unit: InvoiceParty, by member: InvoiceParty,
    atMs time: UInt64
  ) throws(Refusal) {
    try checkUsable()
    try checkNotHeld(except: member, atMs: time)
    guard posting(id, of: unit) == nil else {
      throw Refusal(InvoiceContract.duplicatePosting, field: "posting_id", value: id)
    }
    try checkRemaining(amount)
    guard postings.count < InvoiceContract.Limit.postings else {
      throw Refusal(.tooLarge, field: "postings", value: "\(postings.count)")
    }
    var posting = InvoicePosting()
    posting.postingID = id
    posting.unit = unit.id
    posting.chain = unit.chain.data
    posting.member = member.id
    posting.amountFen = amount
    posting.timeMs = time
    postings.append(posting)
  }

  /// Where the unit's posting is.
  func posting(_ id: String, of unit: InvoiceParty) -> Int? {
    postings.firstIndex { $0.postingID == id && $0.party == unit }
  }

  /// I12. Where the unit's posting is, if no packet tells of it.
  func ownPosting(_ id: String, of unit: InvoiceParty) throws(Refusal) -> Int {
    guard let index = posting(id, of: unit) else {
      throw Refusal(
        InvoiceContract.postingNotFound, field: "posting_id", value: "\(unit) \(id)")
    }
    guard !postings[index].hasPassage else { throw postings[index].passage.isUnderWay }
    return index
  }

  private func checkRemaining(_ amount: Int64) throws(Refusal) {
    let remaining = facts.amountFen - postedFen
    guard remaining > 0 else {
      let units = postings.map { "\($0.party) \($0.amountFen)" }.joined(separator: ", ")
      throw Refusal(InvoiceContract.postedInFull, field: "postings", value: units)
    }
    guard amount <= remaining else {
      throw Refusal(
        InvoiceContract.exceedsRemaining, field: "amount_fen",
        value: "\(amount), \(remaining) remain of \(facts.amountFen)")
    }
  }
}

extension Int64 {
  /// I11. What is posted is positive.
  func checkPosted() throws(Refusal) {
    guard self > 0 else {
      throw Refusal(InvoiceContract.malformed, field: "amount_fen", value: "\(self)")
    }
  }
}

extension InvoicePassage {
  /// I17. Nothing else changes what a packet tells of before that is settled.
  var isUnderWay: Refusal {
    Refusal(InvoiceContract.underWay, field: "packet", value: "\(channel):\(sequence)")
  }
}

extension CallScope {
  /// I9. The expiry of a lock is after the block's time, and not too far.
  func checkLockExpiry(_ expiresMs: UInt64) throws(Refusal) {
    guard expiresMs > timeMs, expiresMs - timeMs <= InvoiceContract.Limit.lockMs else {
      throw Refusal(
        InvoiceContract.lockExpiry, field: "expires_ms",
        value: "\(expiresMs), the block has \(timeMs)")
    }
  }
}
