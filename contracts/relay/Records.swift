internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

extension CallScope {
  /// R17. Each record goes on from what the one before made, from the content at the packet's
  /// source to the one that is attached here.
  ///
  /// Signatures are not checked: records say who is to answer for the content, and nothing else
  /// depends on them.
  func check(
    _ records: [RelayReencryption], from sent: RelaySentPacket, to sealed: RelaySealed,
    _ terms: WireChannelRecord
  ) throws(Refusal) {
    let count = sent.packet.hasContent ? 2 : 0
    guard records.count == count else {
      throw Refusal(
        RelayContract.reencryption, field: "records", value: "\(records.count), not \(count)")
    }
    guard sent.packet.hasContent else { return }
    let first = try records[0].checkedBody("records[0]")
    var expected = self.first(of: sent, terms, first)
    try first.check("records[0]", expected)
    guard terms.router(first.router) != nil else {
      throw Refusal(RelayContract.reencryption, field: "records[0].router", value: first.router)
    }
    expected.suiteIn = first.suiteOut
    expected.digestIn = first.digestOut
    expected.suiteOut = suite.id.name
    expected.digestOut = sealed.attachment
    expected.keyIDOut = sealed.keys[0].keyID
    try records[1].checkedBody("records[1]").check("records[1]", expected)
  }

  /// A packet's first record as it must be, with what only its router knows as it says.
  func first(
    of sent: RelaySentPacket, _ terms: WireChannelRecord, _ said: RelayReencryptionBody
  ) -> RelayReencryptionBody {
    let source = value(
      of: TrustedChain.asset(sent.packet.sourceChain.octets), as: WireChainRecord.self)
    var body = said
    body.channel = sent.packet.channel
    body.sequence = sent.packet.sequence
    body.sourceChain = sent.packet.sourceChain
    body.commitment = sent.packet.commitment
    body.suiteIn = source?.suite ?? ""
    body.digestIn = sent.sealed.attachment
    body.suiteOut = terms.mechanism
    return body
  }
}

extension RelayReencryption {
  /// What the record says; what only its router knows is of its form.
  func checkedBody(_ field: String) throws(Refusal) -> RelayReencryptionBody {
    func malformed(_ part: String, _ value: String) -> Refusal {
      Refusal(RelayContract.reencryption, field: "\(field).\(part)", value: value)
    }
    let record: RelayReencryptionBody
    do {
      record = try RelayReencryptionBody(
        strict: body.octets, limit: RelayContract.Limit.recordBytes)
    } catch {
      throw malformed("body", "\(body.count) bytes")
    }
    guard signature.count == Signature.byteCount else {
      throw malformed("signature", "\(signature.count) bytes")
    }
    guard record.router.isRelayWord(within: Limits.nameBytes) else {
      throw malformed("router", record.router)
    }
    guard record.digestOut.count == Digest.byteCount else {
      throw malformed("digest_out", "\(record.digestOut.count) bytes")
    }
    return record
  }
}

extension RelayReencryptionBody {
  /// The fields that two records can be compared by.
  private var words: [(field: String, value: String)] {
    [
      ("channel", channel), ("sequence", "\(sequence)"), ("source_chain", sourceChain.octets.hex),
      ("commitment", commitment.octets.hex), ("suite_in", suiteIn),
      ("digest_in", digestIn.octets.hex), ("suite_out", suiteOut),
      ("digest_out", digestOut.octets.hex), ("key_id_out", keyIDOut.octets.hex),
    ]
  }

  func check(_ field: String, _ expected: RelayReencryptionBody) throws(Refusal) {
    for (word, wanted) in zip(words, expected.words)
    where !word.value.utf8.elementsEqual(wanted.value.utf8) {
      throw Refusal(
        RelayContract.reencryption, field: "\(field).\(word.field)", value: word.value)
    }
  }
}
