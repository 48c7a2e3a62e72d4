import BuiltinContracts
import LedgerModel
import Testing
import Wire

/// Settlements that both chains keep.
struct SettlementTests {
  private let story: Exchange

  /// Finance recorded invoice 1; the province has it.
  init() throws {
    story = try Exchange()
    try story.givenShared("1")
  }

  private func packet(
    _ type: String, lasting: UInt64 = 3_600_000,
    _ change: (inout RelaySettlement) -> Void = { _ in }
  ) -> RelayPacket {
    var settlement = RelaySettlement()
    settlement.id = "S1"
    settlement.unit = "office"
    settlement.code = Exchange.code
    settlement.number = "1"
    settlement.amountFen = 4_000
    change(&settlement)
    return story.packet(
      type, settlement, by: "fund", from: story.province, to: "clerk", lasting: lasting)
  }

  private func sent() throws -> RelaySettlementState? {
    try story.province.value(
      of: AssetID(
        namespace: "settlement.sent", key: packet("settlement.upload").businessKey),
      as: RelaySettlementState.self)
  }

  private func received() throws -> RelaySettlementState? {
    try story.finance.value(
      of: AssetID(namespace: "settlement.received", key: "S1"), as: RelaySettlementState.self)
  }

  private func send(_ packet: RelayPacket) throws {
    try story.givenSent(packet, from: story.province)
  }

  @Test("A settlement is kept by both chains, and revoked on both, here once it is there")
  func wholeLife() throws {
    let upload = packet("settlement.upload")
    try send(upload)
    #expect(try sent()?.status == .underWay)
    try story.settle(from: story.province)
    #expect(try sent()?.status == .uploaded)
    #expect(try received()?.origin == story.province.id.data)
    #expect(try received()?.commitment == upload.commitment)

    try send(packet("settlement.revoke"))
    #expect(try sent()?.status == .revoking)
    try story.settle(from: story.province)
    #expect(try sent()?.status == .revoked)
    #expect(try received()?.status == .revoked)
    // An id is used once.
    #expect(
      Expected(try story.send(packet("settlement.upload"), from: story.province))?.code
        == "relay.business_key_used")
  }

  @Test("An upload without its invoice there, or of a known id, is undelivered and says why")
  func uploadFails() throws {
    try story.givenRecorded("2", on: story.province)
    try send(packet("settlement.upload") { $0.number = "2" })
    try story.settle(from: story.province)
    #expect(try sent()?.status == .undelivered)
    #expect(try sent()?.failure == .effect)
    #expect(
      try story.province.sent(1)?.outcome.result.octets == Array("invoice.not_found".utf8))

    try send(packet("settlement.upload", lasting: 60_000))
    try story.timeOut(from: story.province)
    #expect(try sent()?.failure == .timedOut)
    #expect(try received() == nil)
    try send(packet("settlement.upload"))
    try story.carry(from: story.province)
    #expect(try received()?.status == .uploaded)
  }

  @Test("A revocation that fails leaves the settlement in force on both chains")
  func revocationFails() throws {
    try send(packet("settlement.upload"))
    try story.settle(from: story.province)

    try send(packet("settlement.revoke", lasting: 60_000))
    try story.timeOut(from: story.province)

    #expect(try sent()?.status == .uploaded)
    #expect(try sent()?.failure == .timedOut)
    #expect(try received()?.status == .uploaded)
    try send(packet("settlement.revoke"))
    try story.settle(from: story.province)
    #expect(try sent()?.status == .revoked)
  }

  @Test("What is not as it was uploaded is not revoked")
  func otherSettlement() throws {
    #expect(
      Expected(try story.send(packet("settlement.revoke"), from: story.province))?.code
        == "message.unknown_settlement")
    try send(packet("settlement.upload"))
    try story.settle(from: story.province)
    let other = packet("settlement.revoke") { $0.amountFen = 4_001 }
    #expect(
      Expected(try story.send(other, from: story.province))
        == Expected(code("unknown_settlement", "message"), "packet.body.id", "S1"))
  }
}
