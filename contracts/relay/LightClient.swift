internal import ContractEngine
internal import Cryptography
internal import LedgerModel
internal import LightVerifier
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
    perform: { (call, scope) throws(Refusal) in
      let record = try scope.chain(call.header)
      let client = try scope.client(of: record)
      let link = try WireEpochLink(relayed: call.link.octets, field: "link")
      let header = try scope.named(call, link.last, record.suiteOfHeaders)
      if let known = scope.value(of: Self.header(call.header), as: WireProvenHeader.self) {
        guard known.header != link.last.header else {
          throw Refusal(knownHeader, field: "header.height", value: "\(call.header.height)")
        }
        return try scope.freeze(client, by: link.last, header, record)
      }
      guard call.epoch == client.epoch else {
        throw Refusal(
          unknownEpoch, field: "epoch", value: "\(call.epoch), the newest is \(client.epoch)")
      }
      try scope.follow(link, call, header, record, client)
    })
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

  /// The validators of an epoch that is known, from the chain's record or a header that led to it.
  private func epoch(_ number: UInt64, _ record: WireChainRecord) throws(Refusal) -> Epoch {
    do {
      if number == record.epoch { return try TrustedChain(record).epoch }
      let asset = RelayContract.epoch(
        record.chainID.octets, revision: record.revision, number)
      if let known = value(of: asset, as: WireEpochRecord.self) {
        let suite = record.suiteOfHeaders
        return Epoch(
          number: number, validators: try ValidatorSet(known.validators, suite: suite),
          after: known.after, suite: suite)
      }
    } catch {
      preconditionFailure("the validators were read before they were kept: \(error)")
    }
    throw Refusal(RelayContract.unknownEpoch, field: "epoch", value: "\(number)")
  }

  /// R4. Two finalised headers of one height: nothing of the chain is believed from here on.
  fileprivate mutating func freeze(
    _ client: RelayClient, by other: WireProvenHeader, _ proven: ProvenHeader,
    _ record: WireChainRecord
  ) throws(Refusal) {
    let epoch = try epoch(proven.header.epoch, record)
    do {
      guard let certificate = proven.finalization else { throw FinalityFault.otherHeader }
      try epoch.verify(certificate, for: proven.header, suite: record.suiteOfHeaders)
    } catch {
      throw Refusal(RelayContract.notProven, field: "link.last", value: "not_finalised")
    }
    var client = client
    client.conflict = other.encoded.data
    var name = RelayHeaderName()
    name.chainID = record.chainID
    name.revision = record.revision
    name.height = proven.header.height
    try append(
      to: RelayContract.client(record.chainID.octets, revision: record.revision), "freeze",
      value: client, details: name)
  }

  /// R2, R3. The header is proven by the epoch's validators, and leads to the next if it ends it.
  fileprivate mutating func follow(
    _ link: WireEpochLink, _ call: RelayUpdate, _ proven: ProvenHeader,
    _ record: WireChainRecord, _ client: RelayClient
  ) throws(Refusal) {
    let header = proven.header
    let ends = header.endsEpoch
    guard ends == !link.validators.isEmpty else {
      throw Refusal(
        RelayContract.malformed, field: "link.validators", value: "\(link.validators.count)")
    }
    let isNewest = header.height > client.height
    guard
      isNewest ? header.timeMs > client.timeMs : header.timeMs < client.timeMs && !ends,
      header.timeMs <= timeMs || header.timeMs - timeMs <= RelayContract.Limit.clockDriftMs
    else {
      throw Refusal(
        RelayContract.contradiction, field: "link.last",
        value: "height \(header.height) of \(header.timeMs)")
    }
    var verifier = LightVerifier(
      epochs: TrustedEpochs(
        chainID: header.chainID, suite: record.suiteOfHeaders,
        from: try epoch(header.epoch, record)))
    do {
      _ = try verifier.verify(link.last)
      if ends { try verifier.follow(link) }
    } catch {
      throw Refusal(RelayContract.notProven, field: "link", value: error.word)
    }
    try append(
      to: RelayContract.header(call.header), "update", value: link.last, details: call.header)
    guard isNewest else { return }
    var client = client
    client.height = header.height
    client.timeMs = header.timeMs
    if ends {
      client.epoch = header.epoch + 1
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
