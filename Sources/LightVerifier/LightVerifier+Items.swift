internal import Cryptography
internal import LedgerModel
internal import Merkle
internal import Wire

// What a bundle's items must show against its header, which is proven.

extension LightVerifier {
  /// P2. A value is proven by its leaf's path in the index and its digest in the leaf.
  func verify(
    _ proof: WireValueProof, _ header: BlockHeader
  ) throws(ProofFault) -> ProvenValue {
    let asset = try asset(proof.namespace, proof.key)
    let leafBytes = proof.leaf.octets
    let path = try path(proof.path)
    guard proof.path.leafKey.isEmpty, proof.path.leafValue.isEmpty else {
      throw .malformedPart("a value's path has no leaf of its own")
    }
    let key = asset.indexKey(suite)
    let digest = suite.hash(.indexLeaf, leafBytes)
    let index = IndexProof(leaf: IndexLeaf(key: key, value: digest), siblings: path)
    guard
      index.verifyInclusion(
        key: key, value: digest, root: header.executed.indexRoot, suite: suite)
    else { throw .notInIndex(asset) }
    let leaf: AssetLeaf
    do {
      leaf = try AssetLeaf(decoding: leafBytes)
    } catch {
      throw .malformed(error)
    }
    let value = proof.value.octets
    guard suite.hash(.assetValue, value) == leaf.valueDigest else { throw .wrongValue(asset) }
    return ProvenValue(asset: asset, leaf: leaf, value: value)
  }

  /// P3. Absence is proven by an empty place in the index, or another asset's leaf there.
  func verify(
    _ proof: WireAbsenceProof, _ header: BlockHeader
  ) throws(ProofFault) -> AssetID {
    let asset = try asset(proof.namespace, proof.key)
    var leaf: IndexLeaf?
    if !proof.path.leafKey.isEmpty || !proof.path.leafValue.isEmpty {
      guard let key = Digest(proof.path.leafKey.octets),
        let value = Digest(proof.path.leafValue.octets)
      else { throw .malformedPart("the other leaf has no key and value of 32 bytes") }
      leaf = IndexLeaf(key: key, value: value)
    }
    let index = IndexProof(leaf: leaf, siblings: try path(proof.path))
    guard
      index.verifyAbsence(
        key: asset.indexKey(suite), root: header.executed.indexRoot, suite: suite)
    else { throw .absenceNotShown(asset) }
    return asset
  }

  /// P4. A trail is complete when it has as many events as the leaf says, each names the one
  /// before,
  /// and the last is the leaf's head.
  func verify(
    _ proof: WireTrailProof, _ header: BlockHeader
  ) throws(ProofFault) -> ProvenTrail {
    let current = try verify(proof.current, header)
    let asset = current.asset
    let count = UInt64(proof.events.count)
    guard count > 0, count - 1 == current.leaf.sequence else {
      throw .brokenTrail(
        asset, sequence: count,
        reason: "the newest is event \(current.leaf.sequence), here are \(count) events")
    }
    var previous = Digest.zero
    var events: [AssetEvent] = []
    for (index, bytes) in proof.events.enumerated() {
      let sequence = UInt64(index)
      let event: AssetEvent
      do {
        event = try AssetEvent(decoding: bytes.octets)
      } catch {
        throw .malformed(error)
      }
      guard event.asset == asset else {
        throw .brokenTrail(asset, sequence: sequence, reason: "it is of \(event.asset)")
      }
      guard event.sequence == sequence else {
        throw .brokenTrail(asset, sequence: sequence, reason: "it is event \(event.sequence)")
      }
      guard event.previous == previous else {
        throw .brokenTrail(
          asset, sequence: sequence, reason: "it does not follow from the event before")
      }
      previous = suite.hash(.assetEvent, bytes.octets)
      events.append(event)
    }
    guard previous == current.leaf.head, let last = events.last,
      last.valueDigest == current.leaf.valueDigest
    else {
      throw .brokenTrail(
        asset, sequence: current.leaf.sequence, reason: "it is not the newest on the ledger")
    }
    return ProvenTrail(current: current, events: events)
  }

  /// P5. A record is proven by its leaf's path to the log's root.
  func verify(
    _ proof: WireLogProof, _ header: BlockHeader
  ) throws(ProofFault) -> ProvenFact {
    let bytes = proof.record.octets
    guard let record = LogRecord(kind: UInt8(clamping: proof.kind.rawValue), bytes: bytes) else {
      throw .malformedPart("a log record of kind \(proof.kind.rawValue)")
    }
    let inclusion = InclusionProof(
      leafIndex: proof.position, treeSize: header.executed.logSize,
      path: try digests(proof.path.map(\.octets), "log path"))
    let head = LogHead(size: header.executed.logSize, root: header.executed.logRoot)
    guard inclusion.verify(leafHash: record.leafHash(suite), head: head, suite: suite) else {
      throw .notInLog(position: proof.position)
    }
    do {
      switch record {
      case .event: return .event(try AssetEvent(decoding: bytes), position: proof.position)
      case .receipt: return .receipt(try Receipt(decoding: bytes), position: proof.position)
      }
    } catch {
      throw .malformed(error)
    }
  }

  /// P6. Nothing was rewritten between two heights: the older log is a prefix of the newer.
  func verify(
    _ proof: WireConsistencyProof, _ header: BlockHeader
  ) throws(ProofFault) -> BlockHeader {
    guard !proof.older.hasFinalization || proof.descendants.isEmpty else {
      throw .malformedPart("headers that prove one with a certificate of its own")
    }
    guard let older = try verify([proof.older] + proof.descendants).first else {
      throw .malformedPart("no older header")
    }
    guard older.height <= header.height else {
      throw .notConsistent(older: older.height, newer: header.height)
    }
    let consistency = ConsistencyProof(
      oldSize: older.executed.logSize, newSize: header.executed.logSize,
      path: try digests(proof.path.map(\.octets), "consistency path"))
    guard
      consistency.verify(
        from: LogHead(size: older.executed.logSize, root: older.executed.logRoot),
        to: LogHead(size: header.executed.logSize, root: header.executed.logRoot), suite: suite)
    else { throw .notConsistent(older: older.height, newer: header.height) }
    return older
  }

  private func asset(_ namespace: String, _ key: String) throws(ProofFault) -> AssetID {
    guard 1...AssetID.byteLimit ~= namespace.utf8.count, key.utf8.count <= AssetID.byteLimit else {
      throw .malformedPart("an asset's name is longer than \(AssetID.byteLimit) bytes")
    }
    return AssetID(namespace: namespace, key: key)
  }

  private func path(_ path: WireIndexPath) throws(ProofFault) -> [Digest] {
    try digests(path.siblings.map(\.octets), "index path")
  }

  private func digests(_ parts: [[UInt8]], _ what: String) throws(ProofFault) -> [Digest] {
    guard parts.count <= IndexProof.siblingsMax else {
      throw .malformedPart("\(what) of \(parts.count) digests")
    }
    var digests: [Digest] = []
    for part in parts {
      guard let digest = Digest(part) else {
        throw .malformedPart("\(what) with a digest of \(part.count) bytes")
      }
      digests.append(digest)
    }
    return digests
  }
}
