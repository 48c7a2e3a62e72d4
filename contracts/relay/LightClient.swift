internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import Wire

// Following other chains.

extension RelayContract {
  /// R2 to R5. A header of another chain becomes known, or shows that the chain contradicts itself.
  static let update = Method(
    "update", roles: [router], arguments: RelayUpdate.self,
    touches: { call in
      let (chain, revision) = (call.header.chainID.octets, call.header.revision)
      return [
        TrustedChain.asset(chain), client(call.header), header(call.header),
        epoch(chain, revision: revision, call.epoch),
        epoch(chain, revision: revision, call.epoch &+ 1),
      ]
    },
    signatureChecks: { call in
      guard let link = try? WireEpochLink(relayed: call.link.octets, field: "link")
      else { return 0 }
      // For each signature a key is read as well, and so are the next validators' keys.
      return 2 * min(link.last.finalization.signatures.count, Committee.countMax)
        + min(link.validators.count, Committee.countMax)
    },
    perform: { (call, scope) throws(Refusal) in
      let record = try scope.chain(call.header)
      let client = try scope.client(of: record)
      let link = try WireEpochLink(relayed: call.link.octets, field: "link")
      let proven = try scope.named(call, link.last, record.suiteOfHeaders)
      let known = scope.value(of: Self.header(call.header), as: WireProvenHeader.self)
      guard known?.header != link.last.header else {
        throw Refusal(knownHeader, field: "header.height", value: "\(call.header.height)")
      }
      guard known != nil || call.epoch == client.epoch else {
        throw Refusal(
          unknownEpoch, field: "epoch", value: "\(call.epoch), the newest is \(client.epoch)")
      }
      if known != nil || client.excludes(proven.header, record) {
        try scope.verify(proven, record)
        return try scope.freeze(client, by: link.last, call.header)
      }
      try scope.checkPlace(link, proven.header, record, client)
      try scope.verify(proven, record)
      try scope.follow(link, call, proven.header, record, client)
    })
}

extension RelayClient {
  /// R4. Whether no honest validators can finalise the header beside the newest one that is known.
  ///
  /// The time of a decision is not compared: people may err.
  fileprivate func excludes(_ header: BlockHeader, _ record: WireChainRecord) -> Bool {
    guard height > record.after else { return false }
    return header.height > height
      ? header.timeMs <= timeMs : header.timeMs >= timeMs || header.endsEpoch
  }
}

extension CallScope {
  /// The record of a chain, which must have this revision.
  func chain(_ name: RelayHeaderName) throws(Refusal) -> WireChainRecord {
    let asset = TrustedChain.asset(name.chainID.octets)
    guard let record = value(of: asset, as: WireChainRecord.self) else {
      throw Refusal(RelayContract.unknownChain, field: "header.chain_id", value: asset.key)
    }
    guard record.revision == name.revision else {
      throw Refusal(
        RelayContract.otherRevision, field: "header.revision", value: "\(record.revision)")
    }
    return record
  }

  /// R4, R5. How far a chain is followed; it must be neither frozen nor expired.
  func client(of record: WireChainRecord) throws(Refusal) -> RelayClient {
    let asset = RelayContract.client(record.chainID.octets, revision: record.revision)
    let client =
      value(of: asset, as: RelayClient.self)
      ?? {
        var client = RelayClient()
        client.epoch = record.epoch
        client.height = record.after
        client.timeMs = record.timeMs
        return client
      }()
    guard client.conflict.isEmpty else {
      throw Refusal(RelayContract.clientFrozen, field: "chain", value: record.name)
    }
    guard timeMs <= client.timeMs || timeMs - client.timeMs <= record.trustingMs else {
      throw Refusal(
        RelayContract.clientExpired, field: "chain",
        value: "\(record.name), newest header of \(client.timeMs)")
    }
    return client
  }

  /// A known header of the chain to which a channel leads.
  func header(
    _ name: RelayHeaderName, of terms: WireChannelRecord
  ) throws(Refusal) -> BlockHeader {
    guard name.chainID == terms.remoteChain else {
      throw Refusal(
        RelayContract.otherChain, field: "header.chain_id", value: name.chainID.octets.hex)
    }
    return try header(name)
  }

  /// A known header of a chain that is believed.
  func header(_ name: RelayHeaderName) throws(Refusal) -> BlockHeader {
    let record = try chain(name)
    _ = try client(of: record)
    guard let known = value(of: RelayContract.header(name), as: WireProvenHeader.self) else {
      throw Refusal(
        RelayContract.unknownHeader, field: "header.height", value: "\(name.height)")
    }
    do {
      return try BlockHeader(decoding: known.header.octets, suite: record.suiteOfHeaders)
    } catch {
      preconditionFailure("the header was read before it was kept: \(error)")
    }
  }
}

extension CallScope {
  /// The header, which must be the one that the call names.
  fileprivate func named(
    _ call: RelayUpdate, _ wire: WireProvenHeader, _ suite: any CryptoSuite
  ) throws(Refusal) -> ProvenHeader {
    let proven: ProvenHeader
    do {
      proven = try ProvenHeader(wire, suite: suite)
    } catch {
      throw Refusal(RelayContract.notProven, field: "link.last", value: error.word)
    }
    let header = proven.header
    guard header.chainID.bytes == call.header.chainID.octets else {
      throw Refusal(RelayContract.notProven, field: "link.last", value: "other_chain")
    }
    guard header.height == call.header.height, header.epoch == call.epoch else {
      throw Refusal(
        RelayContract.malformed, field: "header",
        value: "epoch \(header.epoch), height \(header.height)")
    }
    return proven
  }

  /// The validators of an epoch that is known, from the chain's record or a header that led to it,
  /// and the height above which they are in office.
  private func validators(
    of epoch: UInt64, _ record: WireChainRecord
  ) throws(Refusal) -> (records: [WireValidatorRecord], after: UInt64) {
    if epoch == record.epoch { return (record.validators, record.after) }
    let asset = RelayContract.epoch(record.chainID.octets, revision: record.revision, epoch)
    guard let known = value(of: asset, as: WireEpochRecord.self) else {
      throw Refusal(RelayContract.unknownEpoch, field: "epoch", value: "\(epoch)")
    }
    return (known.validators, known.after)
  }

  /// R2. The header is finalised by a quorum of its epoch. Keys are read and signatures checked
  /// last, once.
  fileprivate func verify(
    _ proven: ProvenHeader, _ record: WireChainRecord
  ) throws(Refusal) {
    func refused(_ word: String) -> Refusal {
      Refusal(RelayContract.notProven, field: "link.last", value: word)
    }
    let header = proven.header
    let (records, after) = try validators(of: header.epoch, record)
    guard let certificate = proven.finalization, let committee = Committee(count: records.count),
      committee.quorum...committee.count ~= certificate.signers.count
    else { throw refused("not_finalised") }
    do {
      try certificate.checkSubject(header)
    } catch {
      throw refused("not_finalised")
    }
    let suite = record.suiteOfHeaders
    let epoch: Epoch
    do {
      epoch = Epoch(
        number: header.epoch, validators: try ValidatorSet(records, suite: suite), after: after,
        suite: suite)
    } catch {
      preconditionFailure("the validators were read before they were kept: \(error)")
    }
    do {
      try epoch.verify(certificate, for: header, suite: suite)
    } catch {
      throw refused("not_finalised")
    }
  }

  /// R4. Finalised headers that exclude each other: nothing of the chain is believed from here on.
  fileprivate mutating func freeze(
    _ client: RelayClient, by other: WireProvenHeader, _ name: RelayHeaderName
  ) throws(Refusal) {
    var client = client
    client.conflict = other.encoded.data
    try append(to: RelayContract.client(name), "freeze", value: client, details: name)
  }

  /// R2, R3. The header fits itself, the decision and this chain's clock, and brings the next
  /// validators if and only if it ends its epoch.
  fileprivate func checkPlace(
    _ link: WireEpochLink, _ header: BlockHeader, _ record: WireChainRecord, _ client: RelayClient
  ) throws(Refusal) {
    guard header.endsEpoch == !link.validators.isEmpty else {
      throw Refusal(
        RelayContract.malformed, field: "link.validators", value: "\(link.validators.count)")
    }
    guard header.executed.height < header.height,
      header.height - header.executed.height <= Limits.executionLag
    else {
      throw Refusal(RelayContract.notProven, field: "link.last", value: "contradiction")
    }
    guard client.height > record.after || header.timeMs > record.timeMs,
      header.timeMs <= timeMs || header.timeMs - timeMs <= RelayContract.Limit.clockDriftMs
    else {
      throw Refusal(
        RelayContract.contradiction, field: "link.last",
        value: "height \(header.height) of \(header.timeMs)")
    }
  }

  /// R2, R3. The header is known from here on, and leads to the next epoch if it ends its own.
  fileprivate mutating func follow(
    _ link: WireEpochLink, _ call: RelayUpdate, _ header: BlockHeader,
    _ record: WireChainRecord, _ client: RelayClient
  ) throws(Refusal) {
    try append(
      to: RelayContract.header(call.header), "update", value: link.last, details: call.header)
    guard header.height > client.height else { return }
    var client = client
    client.height = header.height
    client.timeMs = header.timeMs
    if header.endsEpoch {
      client.epoch = header.epoch + 1
      try checkNext(link.validators, header, record.suiteOfHeaders)
      var next = WireEpochRecord()
      next.after = header.height
      next.validators = link.validators
      try append(
        to: RelayContract.epoch(
          record.chainID.octets, revision: record.revision, client.epoch), "begin",
        value: next, details: call.header)
    }
    try append(
      to: RelayContract.client(call.header), "update", value: client, details: call.header)
  }

  /// P10. The header that ends its epoch commits to these validators of the next.
  private func checkNext(
    _ records: [WireValidatorRecord], _ header: BlockHeader, _ suite: any CryptoSuite
  ) throws(Refusal) {
    let next: Epoch
    do {
      next = Epoch(
        number: header.epoch + 1, validators: try ValidatorSet(records, suite: suite),
        after: header.height, suite: suite)
    } catch {
      throw Refusal(RelayContract.notProven, field: "link", value: error.word)
    }
    guard next.hash == header.nextValidatorSet else {
      throw Refusal(RelayContract.notProven, field: "link", value: "broken_link")
    }
  }
}

extension WireChainRecord {
  /// The suite of the chain, which a decision checked.
  var suiteOfHeaders: any CryptoSuite {
    guard let id = SuiteID(name: suite) else {
      preconditionFailure("the registry keeps no chain of suite \(suite)")
    }
    return id.suite
  }
}
