internal import Cryptography
public import LedgerModel
internal import Merkle
internal import Storage
public import Wire

// Proofs against the newest header, which commits to the state of some blocks before (D2).

extension Ledger {
  /// A finalised header and the state it commits to: what proofs are made against.
  public struct Anchor: Sendable {
    public let proven: ProvenHeader
    let indexVersion: IndexVersion?
    /// From the first epoch to the header's.
    let links: [WireEpochLink]

    /// The height of the state in which facts are proven.
    public var height: UInt64 { proven.header.executed.height }

    /// A bundle with this header and `items`.
    public func bundle(_ items: [WireProofItem]) -> WireProofBundle {
      var bundle = WireProofBundle()
      bundle.format = 1
      bundle.header = proven.wire
      bundle.items = items
      bundle.epochs = links
      return bundle
    }
  }

  /// The newest header that has a certificate of its own; `nil` before the first block.
  /// - Parameter known: The newest epoch that the reader knows: no links lead up to it.
  public func anchor(knownEpoch known: UInt64 = 0) throws(LedgerFault) -> Anchor? {
    guard let newest = tip?.header.height, let block = try certified(atOrBelow: newest) else {
      return nil
    }
    let state = try stateRecord(at: block.header.executed.height)
    return Anchor(
      proven: ProvenHeader(header: block.header, finalization: block.finalization),
      indexVersion: state.indexVersion,
      links: try epochLinks(from: known, to: block.header.epoch, limit: Limits.epochLinks))
  }

  /// Proof of an asset's value, or of its absence.
  public func prove(_ asset: AssetID, at anchor: Anchor) throws(LedgerFault) -> WireProofItem {
    var item = WireProofItem()
    let (path, state) = try path(of: asset, at: anchor)
    if let state {
      item.value = valueProof(asset, state, path)
    } else {
      item.absence = absenceProof(asset, path)
    }
    return item
  }

  /// Proof of an asset's complete history, or of its absence.
  public func proveTrail(_ asset: AssetID, at anchor: Anchor) throws(LedgerFault) -> WireProofItem {
    var item = WireProofItem()
    let (path, state) = try path(of: asset, at: anchor)
    guard let state else {
      item.absence = absenceProof(asset, path)
      return item
    }
    guard state.leaf.sequence < Limits.trailEvents else {
      throw .notAvailable(
        what: "a trail of \(state.leaf.sequence) events (\(Limits.trailEvents) fit one proof)")
    }
    item.trail.current = valueProof(asset, state, path)
    item.trail.events = try trail(state.leaf).map(\.data)
    return item
  }

  /// Proof that a record is in the log.
  public func proveRecord(
    at position: UInt64, at anchor: Anchor
  ) throws(LedgerFault) -> WireProofItem {
    guard position < anchor.proven.header.executed.logSize else {
      throw .notProven(position, anchor)
    }
    return try proveRecords(position..<position + 1, at: anchor)[0]
  }

  /// Proofs that consecutive records are in the log, in their order.
  public func proveRecords(
    _ positions: Range<UInt64>, at anchor: Anchor
  ) throws(LedgerFault) -> [WireProofItem] {
    let size = anchor.proven.header.executed.logSize
    let records = positions.upperBound <= size ? try records(positions) : []
    guard records.count == positions.count else {
      throw .notProven(positions.upperBound - 1, anchor)
    }
    let proofs: [InclusionProof]
    do {
      proofs = try now().log.inclusionProofs(
        of: positions, inSize: size, pages: LogPages(store: store))
    } catch {
      throw LedgerFault(error)
    }
    return zip(records, proofs).map { record, proof in
      var item = WireProofItem()
      item.log.kind = WireLogRecordKind(rawValue: Int(record.kind)) ?? .unspecified
      item.log.record = record.bytes.data
      item.log.position = proof.leafIndex
      item.log.path = proof.path.map { $0.bytes.data }
      return item
    }
  }

  /// Proof that the log of an older header is a prefix of the anchor's.
  public func proveConsistency(
    from older: UInt64, at anchor: Anchor
  ) throws(LedgerFault) -> WireProofItem {
    let headers = older <= anchor.proven.header.height ? try headers(from: older, limit: 1) : []
    guard let first = headers.first else { throw .notAvailable(what: "header \(older)") }
    let proof: ConsistencyProof
    do {
      proof = try now().log.consistencyProof(
        from: first.header.executed.logSize, to: anchor.proven.header.executed.logSize,
        pages: LogPages(store: store))
    } catch {
      throw LedgerFault(error)
    }
    var item = WireProofItem()
    item.consistency.older = first.wire
    item.consistency.descendants = headers.dropFirst().map(\.wire)
    item.consistency.path = proof.path.map { $0.bytes.data }
    return item
  }

  /// The asset's path in the anchor's index, and its state there.
  private func path(
    of asset: AssetID, at anchor: Anchor
  ) throws(LedgerFault) -> (IndexProof, AssetState?) {
    let key = asset.indexKey(suite)
    let proof: IndexProof
    do {
      proof = try IndexTree(suite: suite, source: nodes).proof(of: key, at: anchor.indexVersion)
    } catch {
      throw LedgerFault(error)
    }
    guard let leaf = proof.leaf, leaf.key == key else { return (proof, nil) }
    // Blocks are committed meanwhile: a state newer than the anchor's has just gone to history.
    for _ in 0..<3 {
      if let state = try state(key, asOf: anchor.height), state.leaf.digest(suite) == leaf.value {
        return (proof, state)
      }
    }
    throw .missing(what: "value of \(asset)", place: "height \(anchor.height)")
  }

  /// The state that the asset had after the block at `height`.
  private func state(_ key: Digest, asOf height: UInt64) throws(LedgerFault) -> AssetState? {
    let newest = try get(Tables.assets, key.bytes)
    var replaced: [UInt8]?
    try scan(
      Tables.history,
      in: KeyRange(
        from: key.bytes + (height + 1).bigEndianBytes, to: key.bytes + UInt64.max.bigEndianBytes)
    ) { _, value in
      replaced = value
      return false
    }
    return try (replaced ?? newest).map { (bytes) throws(LedgerFault) in
      try AssetState(decodingStored: bytes, place: key.hex)
    }
  }

  /// The events of a trail, sequence 0 first: each names the position of the one before.
  private func trail(_ leaf: AssetLeaf) throws(LedgerFault) -> [[UInt8]] {
    var events: [[UInt8]] = []
    var position = leaf.position
    for sequence in (0...leaf.sequence).reversed() {
      guard case .event(let bytes) = try records(position..<position + 1).first else {
        throw .missing(what: "event \(sequence)", place: "log position \(position)")
      }
      events.append(bytes)
      do {
        position = try AssetEvent(decoding: bytes).previousPosition
      } catch {
        throw .malformed(what: "event", place: "log position \(position)", reason: "\(error)")
      }
    }
    return events.reversed()
  }

  private func valueProof(
    _ asset: AssetID, _ state: AssetState, _ proof: IndexProof
  ) -> WireValueProof {
    var wire = WireValueProof()
    wire.namespace = asset.namespace
    wire.key = asset.key
    wire.leaf = state.leaf.encoded.data
    wire.value = state.value.data
    wire.path.siblings = proof.siblings.map { $0.bytes.data }
    return wire
  }

  private func absenceProof(_ asset: AssetID, _ proof: IndexProof) -> WireAbsenceProof {
    var wire = WireAbsenceProof()
    wire.namespace = asset.namespace
    wire.key = asset.key
    wire.path.siblings = proof.siblings.map { $0.bytes.data }
    if let leaf = proof.leaf {
      wire.path.leafKey = leaf.key.bytes.data
      wire.path.leafValue = leaf.value.bytes.data
    }
    return wire
  }
}

extension LedgerFault {
  /// The log that an anchor proves has no such record.
  fileprivate static func notProven(_ position: UInt64, _ anchor: Ledger.Anchor) -> LedgerFault {
    let size = anchor.proven.header.executed.logSize
    return .notAvailable(what: "log record \(position) (the proven log has \(size))")
  }
}
