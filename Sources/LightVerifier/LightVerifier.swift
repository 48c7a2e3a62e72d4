internal import Cryptography
public import LedgerModel
public import Wire

/// Judges proofs with nothing but the genesis document and the links that lead on from it. A pure
/// function of its arguments and the epochs it has been led to.
///
/// - Source: docs/spec/05-proofs.md, rules P1 to P10.
public struct LightVerifier: Sendable {
  /// The epochs whose headers can be judged without further links.
  public private(set) var epochs: TrustedEpochs
  let suite: any CryptoSuite
  /// Headers that were proven lately, the newest first: answers about one state come with the same
  /// one, and its certificate is most of what judging them costs.
  private var remembered: [(wire: WireProvenHeader, header: BlockHeader)] = []
  private static let rememberedMax = 4

  public init(genesis: Genesis) {
    self.init(epochs: TrustedEpochs(genesis: genesis))
  }

  /// Begins with epochs that are trusted for another reason than a genesis document.
  public init(epochs: TrustedEpochs) {
    self.epochs = epochs
    suite = epochs.suite
  }

  /// P10. Goes on to the next epoch, and keeps it.
  public mutating func follow(_ link: WireEpochLink) throws(ProofFault) {
    try epochs.follow(link)
  }

  /// Takes note of a header that a verified bundle came with: the same bytes are not judged again.
  public mutating func remember(_ wire: WireProvenHeader, _ verified: VerifiedBundle) {
    guard !remembered.contains(where: { $0.wire == wire }) else { return }
    remembered.insert((wire, verified.header), at: 0)
    if remembered.count > Self.rememberedMax { remembered.removeLast() }
  }

  /// P1. A header is proven when a quorum of its epoch's validators signed its hash.
  public func verify(_ wire: WireProvenHeader) throws(ProofFault) -> BlockHeader {
    let (header, isCertified) = try judge(wire)
    guard isCertified else { throw .notFinalised(reason: "it has no certificate") }
    return header
  }

  /// P9. Consecutive headers are proven when each names the hash of the one before, and the last
  /// one has a certificate.
  public func verify(_ wires: [WireProvenHeader]) throws(ProofFault) -> [BlockHeader] {
    guard 1...Limits.headersPerCertificate ~= wires.count else {
      throw .malformedPart("a list of \(wires.count) headers")
    }
    var headers: [BlockHeader] = []
    var isProven = false
    for wire in wires {
      let (header, isCertified) = try judge(wire)
      if let parent = headers.last {
        guard parent.height < .max, header.height == parent.height + 1,
          header.parent == parent.hash, header.validatorSet == parent.nextValidatorSet
        else { throw .notLinked(height: header.height) }
      }
      headers.append(header)
      isProven = isCertified
    }
    guard isProven else { throw .notFinalised(reason: "no header after it has a certificate") }
    return headers
  }

  /// All that P1 asks of a header, and whether it has a certificate of its own. An epoch's last
  /// header must have one.
  private func judge(_ wire: WireProvenHeader) throws(ProofFault) -> (BlockHeader, Bool) {
    let proven: ProvenHeader
    do {
      proven = try ProvenHeader(wire, suite: suite)
    } catch {
      throw .malformed(error)
    }
    let header = proven.header
    guard header.chainID == epochs.chainID else {
      throw .otherChain(expected: epochs.chainID.hex, found: header.chainID.hex)
    }
    let epoch = try epochs.epoch(of: header)
    guard header.executed.height < header.height,
      header.height - header.executed.height <= Limits.executionLag
    else {
      throw .contradiction(field: "executed.height", value: "\(header.executed.height)")
    }
    guard let certificate = proven.finalization else {
      guard !header.endsEpoch else { throw .notFinalised(reason: "it has no certificate") }
      return (header, false)
    }
    do {
      try epoch.verify(certificate, for: header, suite: suite)
    } catch {
      throw .notFinalised(reason: "\(error)")
    }
    return (header, true)
  }

  /// P8. A bundle is proven when its header and every item is.
  public func verify(_ bundle: WireProofBundle) throws(ProofFault) -> VerifiedBundle {
    guard bundle.format == 1 else {
      throw .malformedPart("bundle format \(bundle.format); this version reads format 1")
    }
    guard !bundle.items.isEmpty else { throw .malformedPart("the bundle proves nothing") }
    guard bundle.epochs.count <= Limits.epochLinks else {
      throw .malformedPart("\(bundle.epochs.count) links between epochs")
    }
    var led = self
    var previous: UInt64?
    for link in bundle.epochs {
      let ended = try led.epochs.follow(link)
      if let previous, ended != previous + 1 {
        throw .brokenLink(epoch: ended, reason: "the link before is of epoch \(previous)")
      }
      previous = ended
    }
    let header: BlockHeader
    if let known = remembered.first(where: { $0.wire == bundle.header }) {
      header = known.header
    } else {
      header = try led.verify(bundle.header)
    }
    if let previous, header.epoch != previous + 1 {
      throw .malformedPart("links to epoch \(previous + 1), a header of \(header.epoch)")
    }
    return VerifiedBundle(header: header, facts: try led.facts(of: bundle.items, header))
  }

  private func facts(
    of items: [WireProofItem], _ header: BlockHeader
  ) throws(ProofFault) -> [ProvenFact] {
    var facts: [ProvenFact] = []
    for item in items {
      switch item.proof {
      case .value(let proof): facts.append(.value(try header.verify(proof)))
      case .absence(let proof): facts.append(.absence(try header.verify(proof)))
      case .trail(let proof): facts.append(.trail(try verify(proof, header)))
      case .log(let proof): facts.append(try verify(proof, header))
      case .consistency(let proof): facts.append(.consistency(older: try verify(proof, header)))
      case nil: throw .malformedPart("an item without a proof")
      }
    }
    return facts
  }
}
