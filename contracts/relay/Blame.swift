internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

extension RelayContract {
  /// R31. A carrier names a router that brought wrong content, by what this router signed.
  static let blame = Method(
    "blame", roles: [router], arguments: RelayBlame.self,
    touches: { call in passing(call.channel, call.header) },
    derives: { call, value in
      guard let bytes = value(Channel.asset(call.channel)),
        let terms = try? WireChannelRecord(strict: bytes, limit: Limits.valueBytes),
        let body = try? RelayReencryptionBody(
          strict: call.record.body.octets, limit: Limit.recordBytes),
        let accused = terms.router(body.router)
      else { return [] }
      return [blamed(call.channel, body.sequence, accused.signingKey.octets)]
    },
    // One signature, and the key that it is checked with.
    signatureChecks: { _ in 2 },
    perform: { (call, scope) throws(Refusal) in
      let terms = try scope.terms(call.channel)
      guard terms.carriers.contains(where: { $0.utf8.elementsEqual(scope.caller.id.utf8) }) else {
        throw Refusal(.notPermitted, field: "carriers", value: scope.caller.id)
      }
      let proof = try WireValueProof(relayed: call.proof.octets, field: "proof")
      let sent = try RelaySentPacket(relayed: proof.value.octets, field: "proof.value")
      try sent.packet.checkRoute(terms, .received)
      let body = try call.record.checkedBody("record")
      guard let accused = terms.router(body.router) else {
        throw Refusal(reencryption, field: "record.router", value: body.router)
      }
      let header = try scope.header(call.header, of: terms)
      try scope.check(call, body, of: sent, terms)
      let sequence = sent.packet.sequence
      let asset = blamed(call.channel, sequence, accused.signingKey.octets)
      guard scope.bytes(of: asset) == nil else {
        throw Refusal(alreadyBlamed, field: "record.router", value: body.router)
      }
      var state = scope.channelState(call.channel)
      guard state.blamed < Limit.blames else {
        throw Refusal(tooManyBlames, field: "channel", value: "\(state.blamed)")
      }
      try scope.check(proof, of: Self.sent(call.channel, sequence), at: header)
      try call.record.checkSigned(by: accused, terms)

      var record = RelayBlamedRouter()
      record.router = accused.name
      record.carrier = scope.caller.id
      record.fault = call.fault
      record.brought = call.brought
      record.record = call.record
      record.height = scope.height
      try scope.append(to: asset, "blame", value: record, details: sent.packet.name)
      state.blamed += 1
      try scope.append(
        to: channel(call.channel), "blame", value: state, details: sent.packet.name)
    })
}

extension CallScope {
  /// The record is about the packet, and there is room for the fault that is named.
  fileprivate func check(
    _ call: RelayBlame, _ body: RelayReencryptionBody, of sent: RelaySentPacket,
    _ terms: WireChannelRecord
  ) throws(Refusal) {
    guard call.brought.count == Digest.byteCount else {
      throw Refusal(
        RelayContract.malformed, field: "brought", value: "\(call.brought.count) bytes")
    }
    var right = first(of: sent, terms, body)
    right.digestOut = call.brought
    switch call.fault {
    case .doesNotOpen, .otherCommitment: try body.check("record", right)
    case .otherRecord:
      // It is of this packet, and says something that is not so.
      var said = body
      said.channel = right.channel
      said.sequence = right.sequence
      said.sourceChain = right.sourceChain
      try body.check("record", said)
      guard body != right else {
        throw Refusal(RelayContract.reencryption, field: "record", value: "as it must be")
      }
    case .none, .UNRECOGNIZED:
      throw Refusal(RelayContract.malformed, field: "fault", value: "\(call.fault.rawValue)")
    }
  }
}

extension RelayReencryption {
  /// Nobody is blamed with a record that it did not sign.
  fileprivate func checkSigned(
    by router: WireRouterRecord, _ terms: WireChannelRecord
  ) throws(Refusal) {
    guard let suite = SuiteID(name: terms.mechanism)?.suite,
      let key = try? suite.publicKey(router.signingKey.octets, use: .signing),
      let signature = Signature(signature.octets),
      suite.isValid(
        signature, of: suite.hash(.reencryption, body.octets).bytes.span, by: key)
    else {
      throw Refusal(
        RelayContract.unsignedRecord, field: "record.signature", value: router.name)
    }
  }
}

extension WireChannelRecord {
  /// A router of the other chain, by its name.
  func router(_ name: String) -> WireRouterRecord? {
    remoteRouters.first { $0.name.utf8.elementsEqual(name.utf8) }
  }
}
