internal import ContractEngine
internal import LedgerModel
internal import Wire

// What a chain asks another that records invoices: C08, C10.

/// `invoice.request`: the destination is asked for the invoices that it recorded from a position of
/// its operation log on. Who answers there shares them, naming the position of each.
enum RequestMessage: PlainMessage {
  static let name = "invoice.request"

  static func businessKey(_ packet: RelayPacket, _ request: RelayInvoiceRequest) -> String {
    packet.key("\(request.number)")
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    RelayContract.request(packet.channel)
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func check(_ request: RelayInvoiceRequest) throws(Refusal) {
    guard request.number > 0 else {
      throw Refusal(RelayContract.malformed, field: "packet.body.number", value: "0")
    }
    guard 1...RelayContract.Limit.requestedInvoices ~= request.most else {
      throw Refusal(RelayContract.malformed, field: "packet.body.most", value: "\(request.most)")
    }
  }

  static func checkSent(
    _ packet: RelayPacket, _ request: RelayInvoiceRequest, _ scope: CallScope
  ) throws(Refusal) {}

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ request: RelayInvoiceRequest,
    _ before: RelayRequestedInvoices?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayRequestedInvoices {
    if let before, before.request.number >= request.number {
      throw Refusal(
        RelayContract.olderVersion, field: "packet.body.number",
        value: "\(before.request.number)")
    }
    var requested = RelayRequestedInvoices()
    requested.origin = packet.sourceChain
    requested.sequence = packet.sequence
    requested.requester = packet.sender
    requested.request = request
    return requested
  }

  static func answer(_ delivery: RelayRequestedInvoices) -> [UInt8] { [] }
}

/// `invoice.check`: the destination answers in the acknowledgement whether an invoice is authentic,
/// and whether it is reversed, held or posted (票据验真验重). The answer is proven as that is.
enum CheckMessage: PlainMessage {
  static let name = "invoice.check"

  static func businessKey(_ packet: RelayPacket, _ check: RelayInvoiceCheck) -> String {
    packet.key(check.query)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "invoice.check", key: "\(packet.channel):\(packet.sequence)")
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    guard direction == .received, let check = body(of: packet) else { return [] }
    return [InvoiceContract.asset(code: check.code, number: check.number)]
  }

  static func check(_ check: RelayInvoiceCheck) throws(Refusal) {
    try check.query.checkElement("query")
    try check.code.checkElement("code")
    try check.number.checkElement("number")
  }

  static func checkSent(
    _ packet: RelayPacket, _ check: RelayInvoiceCheck, _ scope: CallScope
  ) throws(Refusal) {}

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ check: RelayInvoiceCheck,
    _ before: RelayAnsweredCheck?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayAnsweredCheck {
    var answered = RelayAnsweredCheck()
    answered.origin = packet.sourceChain
    answered.channel = packet.channel
    answered.sequence = packet.sequence
    let asset = InvoiceContract.asset(code: check.code, number: check.number)
    let invoice = scope.value(of: asset, as: InvoiceState.self)
    answered.answer =
      invoice.map { $0.answer(to: check, atMs: scope.timeMs) }
      ?? RelayCheckAnswer()
    return answered
  }

  static func answer(_ delivery: RelayAnsweredCheck) -> [UInt8] { delivery.answer.encoded }
}

extension InvoiceState {
  fileprivate func answer(to check: RelayInvoiceCheck, atMs time: UInt64) -> RelayCheckAnswer {
    var answer = RelayCheckAnswer()
    guard facts.amountFen == check.amountFen, facts.issueDate == check.issueDate else {
      // Who does not have the invoice learns nothing of its use.
      answer.verdict = .differs
      return answer
    }
    answer.verdict = .authentic
    answer.redFlushed = redFlushed
    answer.locked = hold(atMs: time) != nil
    answer.postedFen = postedFen
    return answer
  }
}
