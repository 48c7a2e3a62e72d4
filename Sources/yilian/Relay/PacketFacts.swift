internal import Foundation
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import Synchronization
internal import Wire

/// What one chain proves of a packet: asked of a node, or read from a saved proof.
protocol PacketFacts: Sendable {
  var genesis: Genesis { get }
  /// The asset's complete history, `nil` if it is proven not to exist; and the proving header.
  func trail(of asset: AssetID) async throws -> (fact: ProvenTrail?, header: BlockHeader)
  func value(of asset: AssetID) async throws -> (fact: ProvenValue?, header: BlockHeader)
  func provenHeader(at height: UInt64) async throws -> BlockHeader
  /// Calls refused before a position of the log, or up to now, that came after a time. Where they
  /// are is a node's word, so a saved proof has none.
  func refusals(until end: UInt64?, since timeMs: UInt64) async throws -> [PacketTrace.Refused]
}

/// Asks a node, and keeps what it answered.
final class AskedFacts: PacketFacts {
  private let ledger: RemoteLedger
  private let kept = Mutex(WireChainProofs())

  init(_ ledger: RemoteLedger) { self.ledger = ledger }

  var genesis: Genesis { ledger.genesis }
  /// All that was answered so far.
  var proofs: WireChainProofs { kept.withLock { $0 } }

  func trail(of asset: AssetID) async throws -> (fact: ProvenTrail?, header: BlockHeader) {
    let answer = try await ledger.trail(of: asset)
    keep(answer.bundle)
    return (answer.fact, answer.header)
  }

  func value(of asset: AssetID) async throws -> (fact: ProvenValue?, header: BlockHeader) {
    let answer = try await ledger.value(of: asset)
    keep(answer.bundle)
    return (answer.fact, answer.header)
  }

  /// Links that an earlier bundle led over are not needed again.
  private func keep(_ bundle: WireProofBundle) {
    kept.withLock { kept in
      var bundle = bundle
      bundle.epochs.removeAll { link in kept.bundles.contains { $0.epochs.contains(link) } }
      kept.bundles.append(bundle)
    }
  }

  func provenHeader(at height: UInt64) async throws -> BlockHeader {
    let answer = try await ledger.headerProof(at: height)
    kept.withLock { $0.headers.append(answer.proof) }
    return answer.header
  }

  func refusals(until end: UInt64?, since timeMs: UInt64) async throws -> [PacketTrace.Refused] {
    try await ledger.refusals(until: end, since: timeMs)
  }
}

/// What a saved proof has of one chain, checked with its genesis document alone.
struct KeptFacts: PacketFacts {
  let genesis: Genesis
  private var trails: [AssetID: (fact: ProvenTrail?, header: BlockHeader)] = [:]
  private var values: [AssetID: (fact: ProvenValue?, header: BlockHeader)] = [:]
  private var headers: [UInt64: BlockHeader] = [:]

  /// - Throws: `ProofFault` for the first answer that is not proven.
  init(_ proofs: WireChainProofs, genesis: Genesis) throws(ProofFault) {
    self.genesis = genesis
    var verifier = LightVerifier(genesis: genesis)
    for bundle in proofs.bundles {
      let verified = try verifier.verify(bundle)
      // Headers that were asked for one by one come without the way to their epoch.
      for link in bundle.epochs {
        let epoch = verifier.epochs.newest
        try verifier.follow(link)
        // A second copy would not be looked at as closely.
        guard verifier.epochs.newest > epoch else {
          throw .malformedPart("a link that comes twice")
        }
      }
      for fact in verified.facts {
        switch fact {
        case .trail(let trail): trails[trail.current.asset] = (trail, verified.header)
        case .value(let value): values[value.asset] = (value, verified.header)
        case .absence(let asset):
          trails[asset] = (nil, verified.header)
          values[asset] = (nil, verified.header)
        case .event, .receipt, .consistency: break
        }
      }
    }
    for proof in proofs.headers {
      guard let header = try verifier.verify(proof.headers).first else {
        throw .malformedPart("a header proof without headers")
      }
      headers[header.height] = header
    }
  }

  func trail(of asset: AssetID) throws -> (fact: ProvenTrail?, header: BlockHeader) {
    guard let trail = trails[asset] else { throw missing("the trail of \(asset)") }
    return trail
  }

  func value(of asset: AssetID) throws -> (fact: ProvenValue?, header: BlockHeader) {
    guard let value = values[asset] else { throw missing("the value of \(asset)") }
    return value
  }

  func provenHeader(at height: UInt64) throws -> BlockHeader {
    guard let header = headers[height] else { throw missing("header \(height)") }
    return header
  }

  func refusals(until end: UInt64?, since timeMs: UInt64) -> [PacketTrace.Refused] { [] }

  private func missing(_ what: String) -> Failure {
    .refused("NOT PROVEN: the file lacks \(what) on \(genesis.name)")
  }
}
