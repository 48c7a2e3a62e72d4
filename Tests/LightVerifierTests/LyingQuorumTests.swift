import Cryptography
import LedgerModel
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("Even what a quorum signed must make sense")
struct LyingQuorumTests {
  private let world: TestWorld
  private let verifier: LightVerifier
  private let validatorSet: Digest

  init() throws {
    world = try TestWorld()
    verifier = LightVerifier(genesis: world.genesis)
    validatorSet = world.genesis.validators.hash(epoch: 0, suite: world.suite)
  }

  /// A header that the quorum signed.
  private func proven(
    epoch: UInt64 = 0, executed: UInt64 = 6, indexRoot: Digest = .zero, logRoot: Digest = .zero,
    logSize: UInt64 = 0, validatorSet: Digest? = nil
  ) throws -> WireProvenHeader {
    let set = validatorSet ?? self.validatorSet
    let header = BlockHeader(
      chainID: world.genesis.chainID, suite: world.suite, epoch: epoch, height: 7, view: 9,
      parent: .zero, timeMs: 1, batches: [],
      executed: ExecutedState(
        height: executed, indexRoot: indexRoot, logRoot: logRoot, logSize: logSize),
      validatorSet: set, nextValidatorSet: set)
    return ProvenHeader(header: header, finalization: try world.certificate(for: header)).wire
  }

  private func bundle(_ header: WireProvenHeader, _ item: WireProofItem) -> WireProofBundle {
    var bundle = WireProofBundle()
    bundle.format = 1
    bundle.header = header
    bundle.items = [item]
    return bundle
  }

  @Test("A header does not commit to its own state or a later one")
  func contradiction() throws {
    #expect(try verifier.verify(proven()).executed.height == 6)
    for height in [7, 8, UInt64.max] {
      let refusal = ProofFault.contradiction(field: "executed.height", value: "\(height)")
      #expect(throws: refusal) { try verifier.verify(proven(executed: height)) }
    }
  }

  @Test("Validators that the genesis document does not name prove nothing")
  func otherValidators() throws {
    #expect(throws: ProofFault.unknownEpoch(1, newest: 0)) {
      try verifier.verify(proven(epoch: 1))
    }
    #expect(throws: ProofFault.otherValidators) {
      try verifier.verify(proven(validatorSet: .zero))
    }
  }

  @Test("A leaf with the greatest sequence there is breaks its trail, not the verifier")
  func greatestSequence() throws {
    let asset = Notes.asset("a")
    let value = Notes.value("a", "text")
    let leaf = AssetLeaf(
      sequence: .max, head: .zero, valueDigest: world.suite.hash(.assetValue, value), position: 0)
    let item = trail(of: asset, leaf, value)
    let refusal = ProofFault.brokenTrail(
      asset, sequence: 0, reason: "the newest is event \(UInt64.max), here are 0 events")
    #expect(throws: refusal) {
      try verifier.verify(bundle(proven(indexRoot: root(of: asset, leaf)), item))
    }
  }

  @Test("A leaf whose value is not its newest event's breaks the trail")
  func otherValue() throws {
    let asset = Notes.asset("a")
    let value = Notes.value("a", "text")
    let event = AssetEvent(
      asset: asset, sequence: 0, previous: .zero, previousPosition: 0, operation: "put",
      valueDigest: .zero, actor: TestWorld.member, transactionID: .zero, callIndex: 0, height: 1,
      timeMs: 1, details: [])
    let leaf = AssetLeaf(
      sequence: 0, head: world.suite.hash(.assetEvent, event.encoded),
      valueDigest: world.suite.hash(.assetValue, value), position: 0)
    var item = trail(of: asset, leaf, value)
    item.trail.events = [event.encoded.data]
    let refusal = ProofFault.brokenTrail(
      asset, sequence: 0, reason: "it is not the newest on the ledger")
    #expect(throws: refusal) {
      try verifier.verify(bundle(proven(indexRoot: root(of: asset, leaf)), item))
    }
  }

  /// An index with one leaf: its hash is the root.
  private func root(of asset: AssetID, _ leaf: AssetLeaf) -> Digest {
    let indexLeaf = asset.indexKey(world.suite).bytes + leaf.digest(world.suite).bytes
    return world.suite.hash(domain: 0x02, indexLeaf.span)
  }

  private func trail(of asset: AssetID, _ leaf: AssetLeaf, _ value: [UInt8]) -> WireProofItem {
    var item = WireProofItem()
    item.trail.current.namespace = asset.namespace
    item.trail.current.key = asset.key
    item.trail.current.leaf = leaf.encoded.data
    item.trail.current.value = value.data
    return item
  }

  @Test("A record in the log that is no event is refused")
  func malformedRecord() throws {
    let record = LogRecord.event([0xff])
    var item = WireProofItem()
    item.log.kind = .event
    item.log.record = record.bytes.data
    let header = try proven(logRoot: record.leafHash(world.suite), logSize: 1)
    let refusal = ProofFault.malformed(.wire(.malformed(message: "yilian.v1.AssetEvent")))
    #expect(throws: refusal) { try verifier.verify(bundle(header, item)) }
  }
}
