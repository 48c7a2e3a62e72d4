import BuiltinContracts
import Cryptography
import LedgerModel
import SwiftProtobuf
import Wire

/// A finance chain whose `sender` calls methods of a province, which recorded invoice 1, as the
/// province's `fund`.
final class Calling {
  let exchange: Exchange
  let finance: RelayChain
  let province: RelayChain
  let invoice = InvoiceContract.asset(code: Exchange.code, number: "1")
  /// As whom the province recognises finance's `sender`.
  let identity: AssetID

  init() throws {
    exchange = try Exchange()
    finance = exchange.finance
    province = exchange.province
    identity = RelayContract.identity(finance.id, "sender")
    try exchange.givenRecorded("1", on: province)
  }
}

// Recognising.
extension Calling {
  func recognise(
    as local: String = "fund", version: UInt32 = 1,
    _ change: (inout RelayIdentityStatement) -> Void = { _ in }
  ) throws -> Receipt {
    var statement = try Recognition.statement(
      "sender", of: finance, is: local, on: province, version: version)
    change(&statement)
    return try province.submit(
      local, Recognition.request(statement, from: finance, on: province))
  }

  func givenRecognised(
    as local: String = "fund", version: UInt32 = 1,
    _ change: (inout RelayIdentityStatement) -> Void = { _ in }
  ) throws {
    let receipt = try recognise(as: local, version: version, change)
    guard receipt.isDone else { throw RelayChain.Unexpected(receipt: receipt) }
  }

  func givenRevoked(by member: String = "fund") throws {
    try province.given(member, Recognition.revoke("sender", of: finance))
  }
}

// Calling.
extension Calling {
  func call(
    _ method: String, _ arguments: [UInt8], _ id: String = "C1", to local: String = "fund",
    lasting: UInt64 = 3_600_000
  ) throws -> RelayPacket {
    var call = RelayMemberCall()
    call.id = id
    call.contract = InvoiceContract.name
    call.method = method
    call.arguments = arguments.data
    call.key = try finance.signingKey(of: "sender").publicKey.encoded.data
    return exchange.packet(
      "member.call", call, by: "sender", from: finance, to: local, hasContent: false,
      lasting: lasting)
  }

  func lock(
    _ id: String = "C1", to local: String = "fund", number: String = "1",
    lasting: UInt64 = 3_600_000
  ) throws -> RelayPacket {
    var lock = InvoiceLock()
    lock.code = Exchange.code
    lock.number = number
    lock.purpose = "claim"
    lock.expiresMs = province.timeMs + Recognition.dayMs
    return try call("lock", lock.encoded, id, to: local, lasting: lasting)
  }

  func revocation(version: UInt32) -> RelayPacket {
    var revoke = RelayRevokeIdentity()
    revoke.version = version
    return exchange.packet(
      "identity.revoke", revoke, by: "sender", from: finance, to: "clerk", hasContent: false)
  }

  /// Sends after whatever the province did until now.
  func send(_ packet: RelayPacket) throws {
    if finance.timeMs < province.timeMs { try finance.run(at: province.timeMs) }
    try exchange.givenSent(packet, from: finance)
    // What the province does next is after it.
    if province.timeMs < finance.timeMs { try province.run(at: finance.timeMs) }
  }

  /// Carries what was sent there and back.
  /// - Returns: The code with which the province refused what the packet asks for, if it did.
  func settle(_ packet: RelayPacket) throws -> String? {
    struct Unsettled: Error { let message: RelaySentMessage? }
    try exchange.settle(from: finance)
    let message = try finance.message(packet)
    guard let message, message.status != .underWay else { throw Unsettled(message: message) }
    guard message.status == .undelivered else { return nil }
    guard message.failure == .effect else { throw Unsettled(message: message) }
    return String(decoding: message.result.octets, as: UTF8.self)
  }

  /// The whole way of a packet.
  func outcome(of packet: RelayPacket) throws -> String? {
    try send(packet)
    return try settle(packet)
  }
}
