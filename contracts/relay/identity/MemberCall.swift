internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

// C05: members act on other chains with the identity that they have.

extension RelayContract {
  static let identityTypes: [any MessageType.Type] = [
    RevokeIdentityMessage.self, MemberCallMessage.self,
  ]
}

/// `member.call`: the sender calls a method of the destination as the member that it is there, the
/// packet's recipient. The trail of the sender's identity there keeps every call.
enum MemberCallMessage: PlainMessage {
  static let name = "member.call"

  static func businessKey(_ packet: RelayPacket, _ call: RelayMemberCall) -> String {
    packet.key(call.id)
  }

  static func delivery(_ packet: RelayPacket) -> AssetID {
    RelayContract.identity(packet.sourceChain.octets, packet.sender)
  }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] {
    guard direction == .received, let call = body(of: packet) else { return [] }
    let prepared = try? call.callable().prepare(call.arguments.octets)
    return [Roster.asset, Permissions.asset] + (prepared?.touches ?? [])
  }

  static func check(_ call: RelayMemberCall) throws(Refusal) {
    try call.id.checkElement("id")
    for (field, name) in [("contract", call.contract), ("method", call.method)] {
      guard name.isRelayWord(within: Limits.nameBytes) else {
        throw Refusal(RelayContract.malformed, field: "packet.body.\(field)", value: name)
      }
    }
  }

  /// So that the destination learns whose key the source has for the sender.
  static func checkSent(
    _ packet: RelayPacket, _ call: RelayMemberCall, _ scope: CallScope
  ) throws(Refusal) {
    guard call.key.octets == scope.caller.signingKey else {
      throw Refusal(
        RelayContract.malformed, field: "packet.body.key",
        value: call.key.octets.prefix(80).hex)
    }
  }

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ call: RelayMemberCall,
    _ before: RelayIdentity?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayIdentity {
    let method = try call.callable()
    let member = try scope.member(packet.recipient, field: "packet.recipient")
    guard let identity = before,
      let statement = identity.statement(inForceAtMs: packet.sentMs),
      statement.localMember == member.id, statement.localKey.octets == member.signingKey,
      statement.remoteKey == call.key
    else {
      throw Refusal(RelayContract.senderUnknown, field: "packet.sender", value: packet.sender)
    }
    guard statement.scope.contains(call.name) else {
      throw Refusal(RelayContract.outOfScope, field: "packet.body.method", value: call.name)
    }
    let rules = scope.rules
    try member.checkStanding(atMs: scope.timeMs, roster: rules.roster)
    let prepared = try method.prepare(call.arguments.octets)
    try method.permit(member, of: call.contract, rules.permissions)
    try scope.perform(prepared, as: member)
    return identity
  }

  static func answer(_ delivery: RelayIdentity) -> [UInt8] { [] }
}

/// `identity.revoke`: the sender ends, from the time of sending on, that it is recognised at the
/// destination by what it has signed up to a version.
enum RevokeIdentityMessage: PlainMessage {
  static let name = "identity.revoke"

  static func businessKey(_ packet: RelayPacket, _ revoke: RelayRevokeIdentity) -> String {
    packet.key(packet.sender, "\(revoke.version)")
  }

  static func delivery(_ packet: RelayPacket) -> AssetID { MemberCallMessage.delivery(packet) }

  static func besides(_ packet: RelayPacket, _ direction: Direction) -> [AssetID] { [] }

  static func check(_ revoke: RelayRevokeIdentity) throws(Refusal) {
    guard revoke.version > 0 else {
      throw Refusal(RelayContract.malformed, field: "packet.body.version", value: "0")
    }
  }

  static func checkSent(
    _ packet: RelayPacket, _ revoke: RelayRevokeIdentity, _ scope: CallScope
  ) throws(Refusal) {}

  static func received(
    _ packet: RelayPacket, _ sealed: RelaySealed, _ revoke: RelayRevokeIdentity,
    _ before: RelayIdentity?, _ scope: inout CallScope
  ) throws(Refusal) -> RelayIdentity {
    var identity = before ?? RelayIdentity()
    guard revoke.version >= identity.version else {
      throw Refusal(
        RelayContract.olderVersion, field: "packet.body.version", value: "\(identity.version)")
    }
    guard identity.allows(revoke.version) else {
      throw Refusal(
        RelayContract.versionTooFar, field: "packet.body.version", value: "\(identity.version)")
    }
    // What was signed and not yet submitted does not count any more either.
    identity.version = revoke.version
    identity.revoke(fromMs: packet.sentMs)
    return identity
  }

  static func answer(_ delivery: RelayIdentity) -> [UInt8] { [] }
}

extension RelayMemberCall {
  /// What a statement's scope calls the method.
  fileprivate var name: String { "\(contract).\(method)" }

  /// The method, if it can be called from another chain.
  fileprivate func callable() throws(Refusal) -> Method {
    guard RelayContract.callable.contains(name),
      let method = InvoiceContract.contract.method(method)
    else {
      throw Refusal(RelayContract.notCallable, field: "packet.body.method", value: name)
    }
    return method
  }
}

extension CallScope {
  /// What joint decisions say about who may act.
  fileprivate var rules: (roster: Roster, permissions: Permissions) {
    do {
      return (
        try bytes(of: Roster.asset).map { (bytes) throws(ModelFault) in
          try Roster(decoding: bytes)
        } ?? Roster(active: []),
        try bytes(of: Permissions.asset).map { (bytes) throws(ModelFault) in
          try Permissions(decoding: bytes)
        } ?? Permissions()
      )
    } catch {
      preconditionFailure("rosters and permissions were written by the registry: \(error)")
    }
  }
}
