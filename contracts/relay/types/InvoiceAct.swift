internal import ContractEngine
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// What members of one chain do with an invoice that another chain has as well: group S, and F when
/// it fails.
///
/// At the source a lock or a posting counts from the sending on, by the rules of 07-invoices.md;
/// the end of one counts once it is acknowledged. So nothing that others do meanwhile can stand
/// against releasing or keeping it, and no amount is ever free on one chain and used on the other.
/// Until it is settled it names its packet, and nothing else changes it (I17).
protocol InvoiceAct: MessageType
where Origin == InvoiceState, Delivery == InvoiceState, Body: NamesInvoice {
  /// The invoice at the source as the packet is sent.
  static func begin(
    _ act: Body, _ invoice: inout InvoiceState, _ packet: RelayPacket, _ scope: CallScope
  ) throws(Refusal)
  /// The invoice at the destination, where `chain` is that of the packet's sender.
  static func carryOut(
    _ act: Body, _ invoice: inout InvoiceState, by chain: [UInt8], _ packet: RelayPacket,
    _ scope: CallScope
  ) throws(Refusal)
  /// The invoice at the source as the act has effect there too.
  static func conclude(_ invoice: inout InvoiceState, _ packet: RelayPacket)
  /// The invoice at the source without the act.
  static func release(_ invoice: inout InvoiceState, _ packet: RelayPacket)
}

/// A public part that names the invoice that it is about.
protocol NamesInvoice {
  var code: String { get }
  var number: String { get }
}

extension NamesInvoice {
  var asset: AssetID { InvoiceContract.asset(code: code, number: number) }

  func checkInvoice() throws(Refusal) {
    try code.checkElement("code")
    try number.checkElement("number")
  }
}

extension RelayLockInvoice: NamesInvoice {}
extension RelayUnlockInvoice: NamesInvoice {}
extension RelayPostInvoice: NamesInvoice {}
extension RelayUnpostInvoice: NamesInvoice {}
extension RelayInvoiceGrantee: NamesInvoice {}
extension RelaySettlement: NamesInvoice {}

extension InvoiceAct {
  static func origin(_ packet: RelayPacket) -> AssetID { (body(of: packet) ?? Body()).asset }

  static func delivery(_ packet: RelayPacket) -> AssetID { origin(packet) }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    guard direction == .received, let act = body(of: packet) else { return [] }
    return [packet.shareBack(of: act)]
  }

  static func sent(
    _ packet: RelayPacket, _ act: Body, _ before: InvoiceState?, _ scope: CallScope
  ) throws(Refusal) -> InvoiceState {
    var invoice = try known(before, act)
    try begin(act, &invoice, packet, scope)
    return invoice
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ act: Body, _ before: InvoiceState?,
    _ scope: inout CallScope
  ) throws(Refusal) -> InvoiceState {
    var invoice = try known(before, act)
    try scope.checkShared(invoice, act, by: packet)
    try carryOut(act, &invoice, by: packet.sourceChain.octets, packet, scope)
    return invoice
  }

  static func answer(_ delivery: InvoiceState) -> [UInt8] { [] }

  static func acknowledged(
    _ origin: InvoiceState, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> InvoiceState {
    var invoice = origin
    conclude(&invoice, packet)
    return invoice
  }

  static func compensated(
    _ origin: InvoiceState, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> InvoiceState {
    var invoice = origin
    release(&invoice, packet)
    return invoice
  }

  private static func known(
    _ invoice: InvoiceState?, _ act: Body
  ) throws(Refusal) -> InvoiceState {
    guard let invoice else {
      throw Refusal(InvoiceContract.notFound, field: "invoice", value: act.asset.key)
    }
    return invoice
  }
}

extension RelayPacket {
  /// What an asset keeps of the packet that tells of it.
  func passage(ending: Bool) -> InvoicePassage {
    var passage = InvoicePassage()
    passage.channel = channel
    passage.sequence = sequence
    passage.ending = ending
    return passage
  }

  /// Whether an asset names this packet. One that names none has sequence 0.
  fileprivate func isNamed(by passage: InvoicePassage) -> Bool {
    sequence == passage.sequence && channel.utf8.elementsEqual(passage.channel.utf8)
  }

  /// I18. Refuses to put aside of another chain's invoice what that chain is not asked about.
  func checkHub(_ invoice: InvoiceState) throws(Refusal) {
    guard !invoice.hasOrigin || invoice.origin.chain == destinationChain else {
      throw invoice.isOfOtherChain
    }
  }

  /// Refuses unless members send for this unit: their own organisation.
  func checkUnit(_ unit: String, _ scope: CallScope) throws(Refusal) {
    try scope.check(InvoiceContract.reimburser)
    guard unit.utf8.elementsEqual(scope.caller.organisation.utf8) else {
      throw Refusal(RelayContract.otherUnit, field: "packet.body.unit", value: unit)
    }
  }
}

extension RelayPacket {
  /// Where this chain keeps that it shared an invoice with the packet's source.
  func shareBack(of invoice: some NamesInvoice) -> AssetID {
    var share = RelayPacket()
    share.sourceChain = destinationChain
    share.destinationChain = sourceChain
    share.businessKey = share.key(invoice.code, invoice.number)
    return ShareMessage.origin(share)
  }
}

extension CallScope {
  /// M8. Refuses unless one of the packet's chains shared the invoice with the other: nobody else's
  /// members have anything to do with it.
  func checkShared(
    _ invoice: InvoiceState, _ name: some NamesInvoice, by packet: RelayPacket
  ) throws(Refusal) {
    let isShared: Bool
    if invoice.hasOrigin {
      isShared = invoice.origin.chain == packet.sourceChain
    } else {
      let share = value(of: packet.shareBack(of: name), as: RelaySentMessage.self)
      isShared = share?.status == .underWay || share?.status == .delivered
    }
    guard isShared else {
      throw Refusal(RelayContract.notShared, field: "invoice", value: name.asset.key)
    }
  }
}

extension InvoiceState {
  /// What the packet tells of stays as it is.
  func keeping(_ packet: RelayPacket) -> InvoiceState {
    var state = self
    if hasHold, packet.isNamed(by: hold.passage) { state.hold.clearPassage() }
    for index in postings.indices where packet.isNamed(by: postings[index].passage) {
      state.postings[index].clearPassage()
    }
    return state
  }

  /// What the packet tells of is no more.
  func dropping(_ packet: RelayPacket) -> InvoiceState {
    var state = self
    if hasHold, packet.isNamed(by: hold.passage) { state.clearHold() }
    state.postings.removeAll { packet.isNamed(by: $0.passage) }
    return state
  }
}
