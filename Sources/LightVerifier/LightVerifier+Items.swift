internal import Cryptography
internal import LedgerModel
internal import Merkle
internal import Wire

// What a bundle's items must show against its header, which is proven.

extension LightVerifier {
  /// P4. A trail is complete when it has as many events as the leaf says, each names the one
  /// before,
  /// and the last is the leaf's head.
  func verify(
    _ proof: WireTrailProof, _ header: BlockHeader
  ) throws(ProofFault) -> ProvenTrail {
    let current = try header.verify(proof.current)
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
      path: try ProofParts.digests(proof.path.map(\.octets), "log path"))
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
      path: try ProofParts.digests(proof.path.map(\.octets), "consistency path"))
    guard
      consistency.verify(
        from: LogHead(size: older.executed.logSize, root: older.executed.logRoot),
        to: LogHead(size: header.executed.logSize, root: header.executed.logRoot), suite: suite)
    else { throw .notConsistent(older: older.height, newer: header.height) }
    return older
  }
}
