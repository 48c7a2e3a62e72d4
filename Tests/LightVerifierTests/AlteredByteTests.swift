import LedgerModel
import LedgerStore
import LightVerifier
import SwiftProtobuf
import TestLedger
import Testing
import Wire

@Suite("No byte of a bundle can be altered unnoticed")
struct AlteredByteTests {
  /// Bundles with one fact that leave no choice: any other fact is a lie.
  enum Kind: String, CaseIterable, Sendable {
    case value, shortTrail, longTrail, event, receipt, consistency

    func bundle(_ sample: TestLedger) throws -> WireProofBundle {
      switch self {
      case .value: try sample.valueBundle(Notes.asset("once"))
      case .shortTrail: try sample.trailBundle(Notes.asset("once"))
      case .longTrail: try sample.trailBundle(Notes.asset("ten"))
      case .event: try sample.logBundle(sample.firstPosition(ofKind: 1))
      case .receipt: try sample.logBundle(sample.firstPosition(ofKind: 2))
      case .consistency: try sample.consistencyBundle(from: 2)
      }
    }
  }

  /// What a client accepts that reads the bytes as a protobuf message and verifies it.
  private func accepted(_ bytes: [UInt8], by verifier: LightVerifier) -> VerifiedBundle? {
    guard let bundle = try? WireProofBundle(serializedBytes: bytes) else { return nil }
    return try? verifier.verify(bundle)
  }

  /// Every bundle that differs from `bytes` in one byte and is accepted all the same.
  private func accepted(
    alterationsOf bytes: [UInt8], seed: UInt64, by verifier: LightVerifier
  ) -> [(bytes: [UInt8], verified: VerifiedBundle)] {
    var generator = SeededGenerator(seed: seed)
    return bytes.indices.compactMap { index in
      var altered = bytes
      altered[index] ^= UInt8.random(in: 1...255, using: &generator)
      return accepted(altered, by: verifier).map { (altered, $0) }
    }
  }

  @Test(
    "A bundle with any one byte altered is refused, also by who remembers its header",
    arguments: Kind.allCases, [false, true])
  func oneFact(_ kind: Kind, remembers: Bool) throws {
    let sample = try sampleLedger()
    let bundle = try kind.bundle(sample)
    let bytes = bundle.encoded
    var verifier = sample.verifier
    let verified = try #require(accepted(bytes, by: verifier))
    if remembers { verifier.remember(bundle.header, verified) }
    let lies = accepted(alterationsOf: bytes, seed: 7, by: verifier)
    #expect(lies.isEmpty, "\(lies.count) of \(bytes.count) alterations were accepted")
  }

  @Test("A bundle cut off anywhere is refused", arguments: Kind.allCases)
  func cutOff(_ kind: Kind) throws {
    let sample = try sampleLedger()
    let bytes = try kind.bundle(sample).encoded
    let lies = stride(from: 0, to: bytes.count, by: 3).filter {
      accepted(Array(bytes.prefix($0)), by: sample.verifier) != nil
    }
    #expect(lies.isEmpty)
  }

  @Test(
    "An altered proof of absence proves at most another true absence", arguments: [true, false])
  func absence(besideLeaf: Bool) throws {
    let sample = try sampleLedger()
    let asset = try sample.absentNote(besideLeaf: besideLeaf)
    let bytes = try sample.valueBundle(asset).encoded
    let values = try sample.provenTwin.values
    let alterations = accepted(alterationsOf: bytes, seed: 8, by: sample.verifier)
    try #require(!alterations.isEmpty, "nothing is tested: take another seed")
    for (_, verified) in alterations {
      let other = try #require(verified.onlyFact?.absent)
      #expect(other != asset && values[other] == nil)
    }
  }

  @Test("Of several facts an altered byte can hide some, which strict reading refuses")
  func severalFacts() throws {
    let sample = try sampleLedger()
    let bytes = try sample.bundle { ledger, anchor in
      [
        try ledger.prove(Notes.asset("once"), at: anchor),
        try ledger.proveRecord(at: 3, at: anchor),
      ]
    }.encoded
    let alterations = accepted(alterationsOf: bytes, seed: 9, by: sample.verifier)
    try #require(!alterations.isEmpty, "nothing is tested: take another seed")
    for (altered, verified) in alterations {
      let fact = try #require(verified.onlyFact)
      #expect(fact.value?.asset == Notes.asset("once") || fact.record?.position == 3)
      #expect(throws: WireFault.notCanonical(message: WireProofBundle.protoMessageName)) {
        try WireProofBundle(strict: altered, limit: Limits.bundleBytes)
      }
    }
  }
}
