import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("A node that lies about epochs is caught")
struct EpochLieTests {
  private func broken(_ epoch: UInt64, _ reason: String) -> ProofFault {
    .brokenLink(epoch: epoch, reason: reason)
  }

  /// The link's last header signed anew: by the first quorum of `set`, with a late view or not.
  private func signed(
    _ link: WireEpochLink, by set: [Int], lateness: UInt64 = 0, in sample: TestLedger
  ) throws -> WireFinalization {
    let header = try BlockHeader(
      decoding: link.last.header.octets, suite: sample.world.suite)
    return try sample.world.certificate(for: header, of: set, lateness: lateness).wire
  }

  @Test("Each lie in the links of a bundle is refused by name", arguments: [2, 5])
  func links(epochs: Int) throws {
    let sample = try epochLedger(epochs: epochs)
    let last = UInt64(epochs) - 1
    let lies = [
      Lie("no links", .unknownEpoch(UInt64(epochs), newest: 0)) { $0.epochs = [] },
      Lie("the first link left out", broken(1, "no link leads to this epoch")) {
        $0.epochs.removeFirst()
      },
      Lie("the last link left out", .unknownEpoch(UInt64(epochs), newest: last)) {
        $0.epochs.removeLast()
      },
      Lie("an older header", .malformedPart("links to epoch \(epochs), a header of \(last)")) {
        $0.header = $0.epochs[epochs - 1].last
      },
      Lie("a link repeated", broken(0, "the link before is of epoch 0")) {
        $0.epochs.insert($0.epochs[0], at: 0)
      },
      Lie("links out of order", broken(1, "no link leads to this epoch")) {
        $0.epochs.swapAt(0, 1)
      },
      Lie("links told twice", broken(0, "the link before is of epoch \(last)")) {
        $0.epochs += $0.epochs
      },
      Lie("two validators exchanged", broken(0, "the header commits to other validators")) {
        $0.epochs[0].validators.swapAt(0, 1)
      },
      Lie("validators of another epoch", broken(0, "the header commits to other validators")) {
        $0.epochs[0].validators = $0.epochs[1].validators
      },
      Lie("a validator left out", broken(0, "the header commits to other validators")) {
        $0.epochs[0].validators.removeLast()
      },
      Lie("another key", broken(0, "the header commits to other validators")) {
        $0.epochs[0].validators[2].signingKey = $0.epochs[1].validators[0].signingKey
      },
      Lie("signed by the next set", broken(0, "badSignature(signer: 0)")) {
        $0.epochs[0].last.finalization = try signed(
          $0.epochs[0], by: [20, 21, 22, 23], in: sample)
      },
      Lie("the new set signs its own election", broken(1, "badSignature(signer: 0)")) {
        $0.epochs[1].last.finalization = try signed(
          $0.epochs[1], by: offices[2] + [14, 15, 16], in: sample)
      },
      Lie("too few signers", broken(1, "belowQuorum(found: 4, needed: 5)")) {
        $0.epochs[1].last.finalization.signers.removeLast()
        $0.epochs[1].last.finalization.signatures.removeLast()
      },
      Lie("no certificate", broken(0, "no certificate")) {
        $0.epochs[0].last.clearFinalization()
      },
      Lie("an earlier view", broken(1, "the certificate is for another view")) {
        $0.epochs[1].last.finalization.view = 1
      },
      Lie("another epoch's certificate", broken(0, "the certificate is for another header")) {
        $0.epochs[0].last.finalization = $0.epochs[1].last.finalization
      },
      Lie("a certificate of the next epoch", broken(0, "the certificate is for another view")) {
        $0.epochs[0].last.finalization.epoch = 1
      },
      Lie("a header within the epoch", broken(0, "the header is not its last")) {
        $0.epochs[0].last = try #require(try sample.ledger.headers(from: 1, limit: 1).first).wire
      },
      Lie("an altered header", broken(0, "the certificate is for another header")) {
        try $0.epochs[0].last.alterHeader { $0.timeMs += 1 }
      },
      Lie("another election", broken(0, "the header commits to other validators")) {
        try $0.epochs[0].last.alterHeader {
          $0.nextValidatorSet = $0.nextValidatorSet.altered
        }
      },
      Lie("too many links", .malformedPart("10001 links between epochs")) {
        $0.epochs = Array(repeating: $0.epochs[0], count: 10_001)
      },
    ]
    try expectRefusals(of: lies, in: sample.valueBundle(Notes.asset("a")), by: sample.verifier)
  }

  @Test("A link may be of a later view, if the set signed that view")
  func lateView() throws {
    let sample = try epochLedger(epochs: 2)
    var links = try sample.ledger.epochLinks(from: 0)
    links[0].last.finalization = try signed(links[0], by: offices[0], lateness: 40, in: sample)
    var verifier = sample.verifier
    try verifier.follow(links[0])
    #expect(verifier.epochs.newest == 1)
    var unsigned = sample.verifier
    links[0].last.finalization.view += 1
    #expect(throws: broken(0, "badSignature(signer: 0)")) { try unsigned.follow(links[0]) }
    #expect(unsigned.epochs.newest == 0)
  }

  @Test("Each lie about the epoch of the bundle's header is refused by name")
  func header() throws {
    let sample = try epochLedger(epochs: 2)
    let world = sample.world
    func forged(
      epoch: UInt64, set: [Int], height: UInt64, view: UInt64 = 9, signers: [Int]? = nil,
      lateness: UInt64 = 0, electing next: [Int]? = nil
    ) throws -> WireProvenHeader {
      let hash = try world.validators(set).hash(epoch: epoch, suite: world.suite)
      let header = BlockHeader(
        chainID: world.genesis.chainID, suite: world.suite, epoch: epoch, height: height,
        view: view, parent: .zero, timeMs: 1, batches: [],
        executed: ExecutedState(height: height - 1, indexRoot: .zero, logRoot: .zero, logSize: 0),
        validatorSet: hash,
        nextValidatorSet: try next.map {
          try world.validators($0).hash(epoch: epoch + 1, suite: world.suite)
        } ?? hash)
      return ProvenHeader(
        header: header,
        finalization: try world.certificate(for: header, of: signers ?? set, lateness: lateness)
      ).wire
    }
    var verifier = sample.verifier
    for link in try sample.ledger.epochLinks(from: 0) { try verifier.follow(link) }
    #expect(try verifier.verify(forged(epoch: 2, set: offices[2], height: 7)).height == 7)
    let cases: [(ProofFault, WireProvenHeader)] = [
      // The old set on a header of the new epoch.
      (
        .notFinalised(reason: "signerOutOfRange(4)"),
        try forged(epoch: 2, set: offices[2], height: 9, signers: offices[1])
      ),
      (
        .notFinalised(reason: "badSignature(signer: 0)"),
        try forged(epoch: 2, set: offices[2], height: 9, signers: offices[0])
      ),
      (.otherValidators, try forged(epoch: 2, set: offices[1], height: 9)),
      (.otherValidators, try forged(epoch: 1, set: offices[0], height: 5)),
      // The old set goes on after its epoch, or ends it elsewhere.
      (
        .contradiction(field: "height", value: "7"),
        try forged(epoch: 1, set: offices[1], height: 7)
      ),
      (
        .contradiction(field: "height", value: "6"),
        try forged(epoch: 2, set: offices[2], height: 6)
      ),
      (.unknownEpoch(3, newest: 2), try forged(epoch: 3, set: offices[3], height: 10)),
      (
        .unknownEpoch(.max, newest: 2), try forged(epoch: .max, set: offices[3], height: 10)
      ),
      // A later view is for an epoch's last block alone.
      (
        .notFinalised(reason: "the certificate is for another view"),
        try forged(epoch: 2, set: offices[2], height: 8, lateness: 1)
      ),
    ]
    for (refusal, header) in cases {
      #expect(throws: refusal) { try verifier.verify(header) }
    }
    for height in [5, 6] as [UInt64] {
      let other = try forged(epoch: 1, set: offices[1], height: height, electing: [30])
      let digest = try BlockHeader(
        decoding: other.header.octets, suite: world.suite
      ).nextValidatorSet
      #expect(throws: ProofFault.contradiction(field: "next_validator_set", value: "\(digest)")) {
        try verifier.verify(other)
      }
    }
    let ending = try forged(epoch: 2, set: offices[2], height: 8, lateness: 3, electing: [30])
    #expect(try verifier.verify(ending).endsEpoch)
  }

  @Test("A header that others prove, and they, cannot be altered, left out or doubled")
  func descendants() throws {
    let sample = try epochLedger(epochs: 2)
    let honest = try sample.consistencyBundle(from: 5)
    #expect(honest.items[0].consistency.descendants.count == 1)
    let unproven = ProofFault.notFinalised(reason: "no header after it has a certificate")
    let lies = [
      Lie("left out", unproven) { $0.items[0].consistency.descendants = [] },
      Lie("without certificate", .notFinalised(reason: "it has no certificate")) {
        $0.items[0].consistency.descendants[0].clearFinalization()
      },
      Lie("the older header altered", .notLinked(height: 6)) {
        try $0.items[0].consistency.older.alterHeader { $0.executed.logSize += 1 }
      },
      Lie("doubled", .notLinked(height: 6)) {
        $0.items[0].consistency.descendants.append($0.items[0].consistency.descendants[0])
      },
      Lie(
        "proven twice", .malformedPart("headers that prove one with a certificate of its own")
      ) { $0.items[0].consistency.older = $0.items[0].consistency.descendants[0] },
    ]
    try expectRefusals(of: lies, in: honest, by: sample.verifier)
  }

  @Test("A bundle with links and any one byte altered is refused")
  func alteredByte() throws {
    let sample = try epochLedger(epochs: 2)
    let bytes = try sample.consistencyBundle(from: 5).encoded
    _ = try sample.verifier.verify(WireProofBundle(strict: bytes, limit: Limits.bundleBytes))
    var generator = SeededGenerator(seed: 12)
    for index in bytes.indices {
      var altered = bytes
      altered[index] ^= UInt8.random(in: 1...255, using: &generator)
      #expect(throws: (any Error).self, "byte \(index)") {
        try sample.verifier.verify(WireProofBundle(strict: altered, limit: Limits.bundleBytes))
      }
    }
  }
}
