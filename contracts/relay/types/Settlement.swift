internal import ContractEngine
internal import LedgerModel
internal import Wire

// Settlements of invoices, on both chains: S05, S06, F05, F06.

extension RelayContract {
  static let settlementTypes: [any MessageType.Type] = [
    SettlementUpload.self, SettlementRevocation.self,
  ]
}

/// A type of message about one settlement, which both chains keep.
protocol SettlementMessage: MessageType
where Body == RelaySettlement, Origin == RelaySettlementState, Delivery == RelaySettlementState {}

extension SettlementMessage {
  static func businessKey(_ packet: RelayPacket, _ settlement: RelaySettlement) -> String {
    packet.key(settlement.id)
  }

  /// One for each chain that it is uploaded to.
  static func origin(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "settlement.sent", key: packet.businessKey)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "settlement.received", key: (body(of: packet) ?? Body()).id)
  }

  static func check(_ settlement: RelaySettlement) throws(Refusal) {
    try settlement.id.checkElement("id")
    try settlement.unit.checkRelayed("unit")
    try settlement.checkInvoice()
    try settlement.amountFen.checkPosted()
  }

  static func answer(_ delivery: RelaySettlementState) -> [UInt8] { [] }
}

/// `settlement.upload`: a settlement of an invoice is kept by both chains. The content, if any, is
/// its data.
enum SettlementUpload: SettlementMessage {
  static let name = "settlement.upload"

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    let settlement = body(of: packet) ?? Body()
    return direction == .sent
      ? [settlement.asset] : [settlement.asset, packet.shareBack(of: settlement)]
  }

  static func sent(
    _ packet: RelayPacket, _ settlement: RelaySettlement, _ before: RelaySettlementState?,
    _ scope: CallScope
  ) throws(Refusal) -> RelaySettlementState {
    try packet.checkUnit(settlement.unit, scope)
    try scope.invoice(settlement.code, settlement.number).1.checkUsable()
    // Its business key was released only if an upload before this one had no effect.
    var state = RelaySettlementState()
    state.settlement = settlement
    state.channel = packet.channel
    state.sequence = packet.sequence
    state.commitment = packet.commitment
    return state
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ settlement: RelaySettlement,
    _ before: RelaySettlementState?, _ scope: inout CallScope
  ) throws(Refusal) -> RelaySettlementState {
    let invoice = try scope.invoice(settlement.code, settlement.number).1
    try scope.checkShared(invoice, settlement, by: packet)
    try invoice.checkUsable()
    guard before == nil else {
      throw Refusal(RelayContract.settlementKnown, field: "packet.body.id", value: settlement.id)
    }
    var state = RelaySettlementState()
    state.settlement = settlement
    state.origin = packet.sourceChain
    state.channel = packet.channel
    state.sequence = packet.sequence
    state.commitment = packet.commitment
    state.status = .uploaded
    return state
  }

  static func acknowledged(
    _ origin: RelaySettlementState, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> RelaySettlementState {
    origin.with(.uploaded)
  }

  static func compensated(
    _ origin: RelaySettlementState, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> RelaySettlementState {
    origin.with(.undelivered, outcome.failure)
  }
}

/// `settlement.revoke`: an uploaded settlement is revoked by its unit, here once it is there.
enum SettlementRevocation: SettlementMessage {
  static let name = "settlement.revoke"

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func sent(
    _ packet: RelayPacket, _ settlement: RelaySettlement, _ before: RelaySettlementState?,
    _ scope: CallScope
  ) throws(Refusal) -> RelaySettlementState {
    try packet.checkUnit(settlement.unit, scope)
    guard var state = before, state.status == .uploaded, state.settlement == settlement else {
      throw Refusal(RelayContract.unknownSettlement, field: "packet.body.id", value: settlement.id)
    }
    state.status = .revoking
    state.channel = packet.channel
    state.sequence = packet.sequence
    return state
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ settlement: RelaySettlement,
    _ before: RelaySettlementState?, _ scope: inout CallScope
  ) throws(Refusal) -> RelaySettlementState {
    guard var state = before, state.status == .uploaded, state.settlement == settlement,
      state.origin == packet.sourceChain
    else {
      throw Refusal(RelayContract.unknownSettlement, field: "packet.body.id", value: settlement.id)
    }
    state.status = .revoked
    state.channel = packet.channel
    state.sequence = packet.sequence
    return state
  }

  static func acknowledged(
    _ origin: RelaySettlementState, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> RelaySettlementState {
    origin.with(.revoked)
  }

  /// The settlement stands on both chains.
  static func compensated(
    _ origin: RelaySettlementState, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> RelaySettlementState {
    origin.with(.uploaded, outcome.failure)
  }
}

extension RelaySettlementState {
  fileprivate func with(_ status: Status, _ failure: RelayFailure = .none) -> Self {
    var state = self
    state.status = status
    state.failure = failure
    return state
  }
}
