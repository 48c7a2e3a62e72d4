internal import ContractEngine
internal import LedgerModel
internal import Wire

// Lock, unlock, post, unpost of one invoice on two chains: S01 to S04, F01 to F04.

/// `invoice.lock`: the sender holds the invoice on both chains. A lock that is in force here
/// already is only told.
enum LockMessage: InvoiceAct {
  static let name = "invoice.lock"

  static func businessKey(_ packet: RelayPacket, _ lock: RelayLockInvoice) -> String {
    packet.key(lock.code, lock.number, "\(lock.expiresMs)")
  }

  static func check(_ lock: RelayLockInvoice) throws(Refusal) {
    try lock.checkInvoice()
    try lock.purpose.checkText("purpose")
  }

  static func begin(
    _ lock: RelayLockInvoice, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try scope.check(InvoiceContract.reimburser)
    try scope.checkLockExpiry(lock.expiresMs)
    let sender = InvoiceParty(id: scope.caller.id)
    if let hold = invoice.hold(atMs: scope.timeMs) {
      _ = try invoice.ownHold(of: sender, atMs: scope.timeMs)
      guard hold.expiresMs == lock.expiresMs,
        hold.purpose.utf8.elementsEqual(lock.purpose.utf8)
      else {
        throw Refusal(
          InvoiceContract.locked, field: "holder", value: "\(hold.party) until \(hold.expiresMs)")
      }
      return
    }
    try packet.checkHub(invoice)
    try invoice.lock(
      by: sender, for: lock.purpose, untilMs: lock.expiresMs, atMs: scope.timeMs)
    invoice.hold.passage = packet.passage(ending: false)
  }

  static func carryOut(
    _ lock: RelayLockInvoice, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    try scope.checkLockExpiry(lock.expiresMs)
    try invoice.lock(
      by: InvoiceParty(chain: chain, id: packet.sender), for: lock.purpose,
      untilMs: lock.expiresMs, atMs: scope.timeMs)
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.keeping(packet)
  }

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.dropping(packet)
  }
}

/// `invoice.unlock`: the sender's lock ends on both chains, here once it has ended there. The end
/// of one that is not in force here is only told.
enum UnlockMessage: InvoiceAct {
  static let name = "invoice.unlock"

  static func businessKey(_ packet: RelayPacket, _ unlock: RelayUnlockInvoice) -> String {
    packet.key(unlock.code, unlock.number, "\(unlock.expiresMs)")
  }

  static func check(_ unlock: RelayUnlockInvoice) throws(Refusal) { try unlock.checkInvoice() }

  static func begin(
    _ unlock: RelayUnlockInvoice, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try scope.check(InvoiceContract.reimburser)
    let sender = InvoiceParty(id: scope.caller.id)
    guard let hold = invoice.hold(atMs: scope.timeMs), hold.party == sender,
      hold.expiresMs == unlock.expiresMs
    else { return }
    _ = try invoice.ownHold(of: sender, atMs: scope.timeMs)
    invoice.hold.passage = packet.passage(ending: true)
  }

  static func carryOut(
    _ unlock: RelayUnlockInvoice, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    let sender = InvoiceParty(chain: chain, id: packet.sender)
    let hold = try invoice.ownHold(of: sender, atMs: scope.timeMs)
    guard hold.expiresMs == unlock.expiresMs else {
      throw Refusal(
        InvoiceContract.notLocked, field: "expires_ms",
        value: "\(unlock.expiresMs), the lock has \(hold.expiresMs)")
    }
    invoice.clearHold()
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.dropping(packet)
  }

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.keeping(packet)
  }
}

/// `invoice.post`: the unit books an amount on both chains. A posting that counts here already is
/// only told.
enum PostMessage: InvoiceAct {
  static let name = "invoice.post"

  static func businessKey(_ packet: RelayPacket, _ post: RelayPostInvoice) -> String {
    packet.key(post.code, post.number, post.unit, post.postingID)
  }

  static func check(_ post: RelayPostInvoice) throws(Refusal) {
    try post.checkInvoice()
    try post.postingID.checkElement("posting_id")
    try post.amountFen.checkPosted()
    try post.unit.checkRelayed("unit")
  }

  static func begin(
    _ post: RelayPostInvoice, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try packet.checkUnit(post.unit, scope)
    let unit = InvoiceParty(id: post.unit)
    if invoice.posting(post.postingID, of: unit) != nil {
      let posting = invoice.postings[try invoice.ownPosting(post.postingID, of: unit)]
      guard posting.amountFen == post.amountFen else {
        throw Refusal(InvoiceContract.duplicatePosting, field: "posting_id", value: post.postingID)
      }
      return
    }
    try packet.checkHub(invoice)
    try invoice.post(
      post.postingID, post.amountFen, for: unit, by: InvoiceParty(id: scope.caller.id),
      atMs: scope.timeMs)
    invoice.postings[invoice.postings.count - 1].passage = packet.passage(ending: false)
  }

  static func carryOut(
    _ post: RelayPostInvoice, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    try invoice.post(
      post.postingID, post.amountFen, for: InvoiceParty(chain: chain, id: post.unit),
      by: InvoiceParty(chain: chain, id: packet.sender), atMs: scope.timeMs)
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.keeping(packet)
  }

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.dropping(packet)
  }
}

/// `invoice.unpost`: the unit's posting ends on both chains, here once it has ended there. The end
/// of one that does not count here is only told.
enum UnpostMessage: InvoiceAct {
  static let name = "invoice.unpost"

  static func businessKey(_ packet: RelayPacket, _ unpost: RelayUnpostInvoice) -> String {
    packet.key(unpost.code, unpost.number, unpost.unit, unpost.postingID)
  }

  static func check(_ unpost: RelayUnpostInvoice) throws(Refusal) {
    try unpost.checkInvoice()
    try unpost.postingID.checkElement("posting_id")
    try unpost.unit.checkRelayed("unit")
  }

  static func begin(
    _ unpost: RelayUnpostInvoice, _ invoice: inout InvoiceState, _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal) {
    try packet.checkUnit(unpost.unit, scope)
    let unit = InvoiceParty(id: unpost.unit)
    guard invoice.posting(unpost.postingID, of: unit) != nil else { return }
    let index = try invoice.ownPosting(unpost.postingID, of: unit)
    invoice.postings[index].passage = packet.passage(ending: true)
  }

  static func carryOut(
    _ unpost: RelayUnpostInvoice, _ invoice: inout InvoiceState, by chain: [UInt8],
    _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal) {
    let unit = InvoiceParty(chain: chain, id: unpost.unit)
    invoice.postings.remove(at: try invoice.ownPosting(unpost.postingID, of: unit))
  }

  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.dropping(packet)
  }

  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket) {
    invoice = invoice.keeping(packet)
  }
}

extension String {
  /// R8. The name of a member or organisation of the source.
  func checkRelayed(_ field: String) throws(Refusal) {
    guard isRelayWord(within: Limits.nameBytes) else {
      throw Refusal(RelayContract.malformed, field: "packet.body.\(field)", value: self)
    }
  }
}
