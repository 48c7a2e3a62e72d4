import BuiltinContracts
import Cryptography
import LedgerModel
import LedgerStore
import Wire

extension Crossing {
  private static func signed(_ body: RelayReencryptionBody) throws -> RelayReencryption {
    let suite = SuiteID.intl.suite
    // The router of `router("router-f", number: 1)`.
    let key = try suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: 1, count: 32)), use: .signing)
    var record = RelayReencryption()
    record.body = body.encoded.data
    record.signature = try suite.sign(
      suite.hash(.reencryption, body.encoded).bytes.span, with: key
    ).bytes.data
    return record
  }

  /// A carrier of `there` blames the router of `here` for packet 1, by a record that it signed.
  /// - Parameter say: What the record says; as it must be without it.
  func blame(
    _ fault: RelayFault, _ say: (inout RelayReencryptionBody) -> Void = { _ in },
    _ change: (inout RelayBlame) throws -> Void = { _ in }
  ) throws -> Request {
    struct NotSent: Error {}
    let evidence = try Self.sync(here, to: there)
    guard let sent = try here.sent(1) else { throw NotSent() }
    let sealed = Self.sealed([], to: ["clerk"], on: there)
    let record = Self.records(from: sent, on: here, to: sealed, on: there)[0]
    var body = try RelayReencryptionBody(
      strict: record.body.octets, limit: RelayContract.Limit.recordBytes)
    var call = RelayBlame()
    call.brought = body.digestOut
    say(&body)
    call.channel = Self.channel
    call.header = evidence.name
    call.proof = try here.ledger.prove(
      RelayContract.sent(Self.channel, 1), at: evidence.anchor
    ).value.encoded.data
    call.record = try Self.signed(body)
    call.fault = fault
    try change(&call)
    return Request(method: "blame", arguments: call.encoded)
  }
}

extension RelayRefusal {
  /// A router is blamed with something that does not show that it did wrong.
  private static func blaming(
    _ title: String, _ name: String, _ field: String, _ value: String,
    fault: RelayFault = .doesNotOpen, by member: String = "router",
    say: @escaping @Sendable (inout RelayReencryptionBody) -> Void = { _ in },
    change: @escaping @Sendable (inout RelayBlame) throws -> Void = { _ in }
  ) -> RelayRefusal {
    RelayRefusal(title, name, field, value) { story in
      try story.givenSent("N1")
      return try story.there.submit(member, story.blame(fault, say, change))
    }
  }

  static let blaming: [RelayRefusal] = [
    blaming("A router is not blamed for nothing", "malformed", "fault", "0", fault: .none),
    blaming(
      "A router is blamed for something that is known", "malformed", "fault", "9",
      fault: .UNRECOGNIZED(9)),
    blaming(
      "What was brought has a digest", "malformed", "brought", "1 bytes",
      change: { $0.brought = [UInt8]([1]).data }),
    blaming(
      "A router is not blamed with a record that it did not sign", "unsigned_record",
      "record.signature", "router-f",
      change: { $0.record.signature = [UInt8](repeating: 1, count: 64).data }),
    blaming(
      "Only routers of the terms are blamed", "reencryption", "record.router", "router-x",
      say: { $0.router = "router-x" }),
    blaming(
      "A router is not blamed with a record of another packet", "reencryption",
      "record.sequence", "2", fault: .otherRecord, say: { $0.sequence = 2 }),
    blaming(
      "Who brought the ciphertext of its record is not blamed for another one", "reencryption",
      "record", "as it must be", fault: .otherRecord),
    blaming(
      "Content that does not open is that of the record", "reencryption", "record.digest_out",
      String(repeating: "66", count: 32),
      change: { $0.brought = [UInt8](repeating: 1, count: 32).data }),
    blaming(
      "A router is not blamed for a packet that its chain did not send", "not_proven", "proof",
      "wrong_value",
      change: { call in
        var proof = try WireValueProof(strict: call.proof.octets, limit: Limits.argumentBytes)
        var sent = try RelaySentPacket(strict: proof.value.octets, limit: Limits.valueBytes)
        sent.packet.purpose = "another"
        proof.value = sent.encoded.data
        call.proof = proof.encoded.data
      }),
    RelayRefusal(
      "A router is blamed once for a packet", "already_blamed", "record.router", "router-f",
      when: { story in
        try story.givenSent("N1")
        try story.there.given("router", story.blame(.doesNotOpen))
        return try story.there.submit("router-2", story.blame(.otherCommitment))
      }),
    RelayRefusal(
      "A channel keeps so many blames and no more", "too_many_blames", "channel", "1024",
      when: { story in
        try story.givenSent("N1")
        var state = RelayChannelState()
        state.blamed = RelayContract.Limit.blames
        try story.there.given("router", Forge.put(state))
        return try story.there.submit("router", story.blame(.doesNotOpen))
      }),
  ]
}
