internal import ContractEngine
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// What one type of message does on the two chains of its channel.
///
/// Nothing has a default implementation, so that a type without its compensation does not compile.
/// What must not fail cannot: `acknowledged` and `compensated` are total functions from value to
/// value. They only release what `sent` put aside. Of an asset that others change as well, they
/// never make the value larger than they find it.
///
/// - Source: docs/spec/20-relay.md, rules R13 to R16.
protocol MessageType: Sendable {
  /// The packet's public part.
  associatedtype Body: Message
  /// The value of the source's asset that the message is about.
  associatedtype Origin: Message
  /// The value of the destination's asset that the message is about.
  associatedtype Delivery: Message

  /// What packets and channels call it; at most `RelayContract.Limit.messageTypeBytes` bytes.
  static var name: String { get }
  /// R13. The key that a packet with this public part has.
  static func businessKey(_ packet: RelayPacket, _ body: Body) -> String
  /// The source's asset.
  static func origin(_ packet: RelayPacket) -> AssetID
  /// The destination's asset.
  static func delivery(_ packet: RelayPacket) -> AssetID
  /// Other assets that `sent` may read, or that `received` may read and append to.
  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID]

  /// Checks the public part by itself; both chains do.
  static func check(_ body: Body) throws(Refusal)
  /// The source's asset once the packet is sent: what the message is about is put aside.
  static func sent(
    _ packet: RelayPacket, _ body: Body, _ before: Origin?, _ scope: CallScope
  ) throws(Refusal) -> Origin
  /// The destination's asset once the packet is received.
  /// - Throws: Why it has no effect there; the source then compensates.
  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ body: Body, _ before: Delivery?,
    _ scope: inout CallScope
  ) throws(Refusal) -> Delivery
  /// What the destination answers in the acknowledgement: at most
  /// `RelayContract.Limit.resultBytes` bytes, or none.
  static func answer(_ delivery: Delivery) -> [UInt8]
  /// The source's asset once the packet took effect there.
  static func acknowledged(
    _ origin: Origin, _ packet: RelayPacket, _ outcome: RelayAcknowledgement
  ) -> Origin
  /// The source's asset once it is certain that the packet never takes effect there.
  static func compensated(
    _ origin: Origin, _ packet: RelayPacket, because outcome: RelayAcknowledgement
  ) -> Origin
}

extension MessageType {
  /// The packet's public part, if it is one of this type at all.
  static func body(of packet: RelayPacket) -> Body? {
    try? Body(strict: packet.body.octets, limit: RelayContract.Limit.bodyBytes)
  }

  /// The packet's public part, by which it is named as it must be.
  static func checkedBody(of packet: RelayPacket) throws(Refusal) -> Body {
    guard let body = body(of: packet) else {
      throw Refusal(
        RelayContract.malformed, field: "packet.body", value: "\(packet.body.count) bytes")
    }
    try check(body)
    let key = businessKey(packet, body)
    guard packet.businessKey.utf8.elementsEqual(key.utf8) else {
      throw Refusal(
        RelayContract.malformed, field: "packet.business_key",
        value: "\(packet.businessKey), for this body it is \(key)")
    }
    return body
  }

  /// The business key that the packet's public part asks for.
  static func expectedKey(of packet: RelayPacket) -> String? {
    body(of: packet).map { businessKey(packet, $0) }
  }
}

// Runs a type's functions over the assets of a call.
extension MessageType {
  static func send(_ packet: RelayPacket, _ scope: inout CallScope) throws(Refusal) {
    let body = try checkedBody(of: packet)
    let asset = origin(packet)
    let after = try sent(packet, body, scope.value(of: asset, as: Origin.self), scope)
    try scope.append(to: asset, "send", value: after, details: packet.step)
  }

  /// - Returns: Why the packet has no effect, `.none` if it has; and the type's answer or code.
  static func receive(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ scope: inout CallScope
  ) -> (failure: RelayFailure, result: [UInt8]) {
    let body: Body
    do { body = try checkedBody(of: packet) } catch { return (.body, []) }
    // What a type that refuses in the end has appended is dropped with the copy.
    var trial = scope
    do {
      let asset = delivery(packet)
      let before = trial.value(of: asset, as: Delivery.self)
      let after = try received(packet, sealed, body, before, &trial)
      try trial.append(to: asset, "receive", value: after, details: packet.step)
      scope = trial
      return (.none, answer(after))
    } catch {
      return (.effect, Array(error.code.name.utf8))
    }
  }

  static func acknowledge(
    _ packet: RelayPacket, _ outcome: RelayAcknowledgement, _ scope: inout CallScope
  ) throws(Refusal) {
    let asset = origin(packet)
    guard let before = scope.value(of: asset, as: Origin.self) else { return }
    try scope.append(
      to: asset, "acknowledge", value: acknowledged(before, packet, outcome),
      details: packet.step(ending: outcome))
  }

  static func compensate(
    _ packet: RelayPacket, because outcome: RelayAcknowledgement, _ scope: inout CallScope
  ) throws(Refusal) {
    let asset = origin(packet)
    guard let before = scope.value(of: asset, as: Origin.self) else { return }
    try scope.append(
      to: asset, "compensate", value: compensated(before, packet, because: outcome),
      details: packet.step(ending: outcome))
  }
}

extension RelayPacket {
  /// What the trail of an asset says of the packet that changed it.
  fileprivate var step: RelayStep {
    var step = RelayStep()
    step.channel = channel
    step.sequence = sequence
    step.messageType = messageType
    step.body = body
    return step
  }

  /// What the trail of an asset says of the packet's end.
  func step(ending outcome: RelayAcknowledgement) -> RelayStep {
    var step = step
    step.body.removeAll()
    step.failure = outcome.failure
    step.result = outcome.result
    return step
  }
}

extension CallScope {
  /// Refuses unless the caller has a role that a message type needs.
  func check(_ role: String) throws(Refusal) {
    guard caller.roles.contains(role) else {
      throw Refusal(.notPermitted, field: "roles", value: "\(caller.id) needs \(role)")
    }
  }
}
