internal import ContractEngine
internal import LedgerModel
internal import Wire

// What a chain that records invoices tells those where they are reimbursed: C10, C11, C26.

extension RelayContract {
  static let invoiceTypes: [any MessageType.Type] = [
    ShareMessage.self, StatusMessage.self, RequestMessage.self, CheckMessage.self,
    LockMessage.self, UnlockMessage.self, PostMessage.self, UnpostMessage.self,
    AuthoriseMessage.self, RevokeMessage.self,
  ]
}

/// `invoice.share`: an invoice of the source is recorded at the destination, and its recipient owns
/// it there. A red one reverses its blue one there, unless that is held or posted.
enum ShareMessage: PlainMessage {
  static let name = "invoice.share"

  static func businessKey(_ packet: RelayPacket, _ share: RelayInvoiceShare) -> String {
    packet.key(share.facts.code, share.facts.number)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    asset(body(of: packet)?.facts ?? InvoiceFacts())
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    guard let share = body(of: packet) else { return [] }
    switch direction {
    case .sent: return [asset(share.facts)]
    case .received:
      return [
        InvoiceContract.payerAsset(tag: share.facts.payerTag.octets),
        InvoiceContract.asset(code: share.blueCode, number: share.blueNumber),
      ]
    }
  }

  static func check(_ share: RelayInvoiceShare) throws(Refusal) {
    try share.facts.check()
    guard share.facts.amountFen != 0 else {
      throw Refusal(InvoiceContract.malformed, field: "facts.amount_fen", value: "0")
    }
    if share.facts.amountFen < 0 {
      try share.blueCode.checkElement("blue_code")
      try share.blueNumber.checkElement("blue_number")
    } else if !share.blueCode.isEmpty || !share.blueNumber.isEmpty {
      throw Refusal(InvoiceContract.malformed, field: "blue_code", value: share.blueCode)
    }
  }

  /// What is shared is what this chain recorded itself.
  static func checkSent(
    _ packet: RelayPacket, _ share: RelayInvoiceShare, _ scope: CallScope
  ) throws(Refusal) {
    try packet.checkContent()
    let invoice = try scope.ownInvoice(share.facts.code, share.facts.number).1
    let isSame =
      // Byte by byte: `==` of texts is that of Unicode, and changes with its versions.
      invoice.facts.encoded == share.facts.encoded
      && (!invoice.isRed
        || invoice.relatedCode == share.blueCode && invoice.relatedNumber == share.blueNumber)
    guard isSame else {
      throw Refusal(
        RelayContract.otherFacts, field: "packet.body.facts", value: asset(share.facts).key)
    }
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ share: RelayInvoiceShare,
    _ before: InvoiceState?, _ scope: inout CallScope
  ) throws(Refusal) -> InvoiceState {
    try packet.checkContent()
    if let before {
      let isSame = before.facts.encoded == share.facts.encoded
      throw Refusal(
        isSame ? InvoiceContract.duplicate : InvoiceContract.conflict, field: "facts.number",
        value: asset(share.facts).key)
    }
    var invoice = InvoiceState()
    invoice.facts = share.facts
    invoice.owner = packet.recipient
    invoice.submitter = scope.caller.id
    invoice.sealed = sealed.asInvoice(packet)
    invoice.origin.chain = packet.sourceChain
    invoice.origin.channel = packet.channel
    invoice.origin.sequence = packet.sequence
    if invoice.isRed {
      let blue = try scope.reverse((share.blueCode, share.blueNumber), by: &invoice)
      try scope.putReversed(blue, by: invoice)
    }
    try scope.list(invoice.facts, "receive")
    return invoice
  }

  static func answer(_ delivery: InvoiceState) -> [UInt8] { [] }

  private static func asset(_ facts: InvoiceFacts) -> AssetID {
    InvoiceContract.asset(code: facts.code, number: facts.number)
  }
}

extension RelaySealed {
  /// The packet's content as that of an invoice: nodes hand it to the owner and to whom it lets
  /// read. It opens as packets' contents do.
  fileprivate func asInvoice(_ packet: RelayPacket) -> InvoiceSealed {
    var sealed = InvoiceSealed()
    sealed.attachment = attachment
    sealed.commitment = packet.commitment
    sealed.schema = packet.schema
    if let key = keys.first {
      sealed.ownerKey.recipient = key.recipient
      sealed.ownerKey.keyID = key.keyID
      sealed.ownerKey.wrapped = key.wrapped
    }
    return sealed
  }
}

/// `invoice.status`: an invoice that was shared was printed, or exchanged for a paper one. That it
/// was reversed is told by sharing the red one.
enum StatusMessage: PlainMessage {
  static let name = "invoice.status"

  static func businessKey(_ packet: RelayPacket, _ status: RelayInvoiceStatus) -> String {
    let paper = status.paperNumber.isEmpty ? "" : "e"
    return packet.key(status.code, status.number, "p\(status.prints)\(paper)")
  }

  static func delivery(_ packet: RelayPacket) -> AssetID { asset(packet) }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    direction == .sent ? [asset(packet)] : []
  }

  static func check(_ status: RelayInvoiceStatus) throws(Refusal) {
    try status.code.checkElement("code")
    try status.number.checkElement("number")
    guard !status.paperCode.isEmpty || !status.paperNumber.isEmpty else { return }
    try status.paperCode.checkElement("paper_code")
    try status.paperNumber.checkElement("paper_number")
  }

  static func checkSent(
    _ packet: RelayPacket, _ status: RelayInvoiceStatus, _ scope: CallScope
  ) throws(Refusal) {
    let invoice = try scope.ownInvoice(status.code, status.number).1
    guard invoice.prints == status.prints, invoice.paper.code == status.paperCode,
      invoice.paper.number == status.paperNumber
    else {
      throw Refusal(
        RelayContract.otherFacts, field: "packet.body", value: "\(status.code):\(status.number)")
    }
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ status: RelayInvoiceStatus,
    _ before: InvoiceState?, _ scope: inout CallScope
  ) throws(Refusal) -> InvoiceState {
    guard var invoice = before else {
      throw Refusal(InvoiceContract.notFound, field: "invoice", value: asset(packet).key)
    }
    guard invoice.origin.chain == packet.sourceChain else {
      throw Refusal(InvoiceContract.otherOrigin, field: "invoice", value: asset(packet).key)
    }
    // Prints that were made here are on paper as well.
    invoice.prints = max(invoice.prints, status.prints)
    guard !status.paperNumber.isEmpty else { return invoice }
    let isOther =
      invoice.paper.code != status.paperCode || invoice.paper.number != status.paperNumber
    if invoice.hasPaper, isOther {
      throw Refusal(
        InvoiceContract.alreadyExchanged, field: "paper",
        value: "\(invoice.paper.code):\(invoice.paper.number)")
    }
    if !invoice.hasPaper {
      invoice.paper.code = status.paperCode
      invoice.paper.number = status.paperNumber
      invoice.paper.timeMs = scope.timeMs
    }
    return invoice
  }

  static func answer(_ delivery: InvoiceState) -> [UInt8] { [] }

  private static func asset(_ packet: RelayPacket) -> AssetID {
    let status = body(of: packet) ?? RelayInvoiceStatus()
    return InvoiceContract.asset(code: status.code, number: status.number)
  }
}
