internal import ContractEngine
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// What one type of message does on the two chains of its channel.
///
/// Nothing has a default implementation, so that a type without its compensation does not compile.
/// What must not fail cannot: `acknowledged` and `compensated`, `settled` and `withdrawn` are total
/// functions from value to value. They only release what `sent` put aside, or take back what
/// `received` did, so that the value never grows beyond what those gave it.
///
/// - Source: docs/spec/20-relay.md, rules R14 and R15.
protocol MessageType: Sendable {
  /// The packet's public part.
  associatedtype Body: Message
  /// The value of the source's asset that the message is about.
  associatedtype Origin: Message
  /// The value of the destination's asset that the message is about.
  associatedtype Delivery: Message

  /// What packets and channels call it; at most `Limits.nameBytes` bytes.
  static var name: String { get }
  /// The source's asset.
  static func origin(_ packet: RelayPacket) -> AssetID
  /// The destination's asset.
  static func delivery(_ packet: RelayPacket) -> AssetID

  /// Checks the public part by itself; both chains do.
  static func check(_ body: Body) throws(Refusal)
  /// The source's asset once the packet is sent: what the message is about is put aside.
  static func sent(
    _ packet: RelayPacket, _ body: Body, _ before: Origin?
  ) throws(Refusal) -> Origin
  /// The destination's asset once the packet is received.
  /// - Throws: Why it has no effect there; the source then compensates.
  static func received(
    _ packet: RelayPacket, _ body: Body, _ before: Delivery?
  ) throws(RelayFailure) -> Delivery
  /// Who says whether a packet that arrived takes effect. The next two are for those that their
  /// recipient decides.
  static var decides: Decider { get }
  /// The destination's asset once the recipient took the packet.
  static func settled(_ delivery: Delivery, _ packet: RelayPacket) -> Delivery
  /// The destination's asset once it is certain that the packet takes no effect there: what
  /// `received` did is taken back.
  static func withdrawn(
    _ delivery: Delivery, _ packet: RelayPacket, because failure: RelayFailure
  ) -> Delivery
  /// The source's asset once the packet took effect there.
  static func acknowledged(_ origin: Origin, _ packet: RelayPacket) -> Origin
  /// The source's asset once it is certain that the packet never takes effect there.
  static func compensated(
    _ origin: Origin, _ packet: RelayPacket, because failure: RelayFailure
  ) -> Origin
}

extension RelayFailure: Error {}

// Runs a type's functions over the assets of a call.
extension MessageType {
  /// - Parameter field: What a refusal calls the packet.
  static func send(_ packet: RelayPacket, _ scope: inout CallScope) throws(Refusal) {
    let body: Body
    do {
      body = try Body(strict: packet.body.octets, limit: RelayContract.Limit.bodyBytes)
    } catch {
      throw Refusal(
        RelayContract.malformed, field: "packet.body", value: "\(packet.body.count) bytes")
    }
    try check(body)
    let asset = origin(packet)
    let after = try sent(packet, body, scope.value(of: asset, as: Origin.self))
    try scope.append(to: asset, "send", value: after, details: body)
  }

  /// - Returns: Why the packet has no effect; `.none` if it has.
  static func receive(
    _ packet: RelayPacket, _ scope: inout CallScope
  ) throws(Refusal) -> RelayFailure {
    let asset = delivery(packet)
    let body: Body
    let after: Delivery
    do {
      body = try Body(strict: packet.body.octets, limit: RelayContract.Limit.bodyBytes)
      try check(body)
    } catch {
      return .body
    }
    do {
      after = try received(packet, body, scope.value(of: asset, as: Delivery.self))
    } catch {
      return error
    }
    try scope.append(to: asset, "receive", value: after, details: body)
    return .none
  }

  static func acknowledge(_ packet: RelayPacket, _ scope: inout CallScope) throws(Refusal) {
    let asset = origin(packet)
    guard let before = scope.value(of: asset, as: Origin.self) else { return }
    try scope.append(
      to: asset, "acknowledge", value: acknowledged(before, packet), details: packet.name)
  }

  static func compensate(
    _ packet: RelayPacket, because failure: RelayFailure, _ scope: inout CallScope
  ) throws(Refusal) {
    let asset = origin(packet)
    guard let before = scope.value(of: asset, as: Origin.self) else { return }
    let after = compensated(before, packet, because: failure)
    try scope.append(to: asset, "compensate", value: after, details: packet.name)
  }
}
