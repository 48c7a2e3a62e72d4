import Consensus
import Cryptography
import LedgerModel
import Testing

@Suite struct CertificateTests {
  @Test("Signers must ascend, so that none counts twice")
  func order() throws {
    #expect(throws: CertificateFault.signersNotAscending(position: 2)) {
      try certificate(nullify(1), by: [0, 1, 1])
    }
    #expect(throws: CertificateFault.signersNotAscending(position: 1)) {
      try certificate(nullify(1), by: [2, 0])
    }
    #expect(throws: CertificateFault.signerOutOfRange(31)) {
      try certificate(nullify(1), by: [0, 31])
    }
    #expect(throws: CertificateFault.signerOutOfRange(-1)) {
      try certificate(nullify(1), by: [-1])
    }
    #expect(throws: CertificateFault.countsDiffer(signers: 2, signatures: 1)) {
      try Certificate(subject: nullify(1), signers: [0, 1], signatures: [unchecked(0)])
    }
  }

  @Test("The map of signers reads back, and bit 31 is refused")
  func signerMap() throws {
    let original = try certificate(nullify(1), by: [0, 2, 30])
    #expect(original.signerMap == 0x4000_0005)
    #expect(
      try Certificate(
        subject: original.subject, signerMap: original.signerMap,
        signatures: original.signatures) == original)
    #expect(throws: CertificateFault.signerOutOfRange(31)) {
      try Certificate(subject: nullify(1), signerMap: 1 << 31, signatures: [unchecked(0)])
    }
  }

  @Test("Only a quorum of true signatures certifies", arguments: SuiteID.allCases)
  func verification(_ id: SuiteID) throws {
    let suite = id.suite
    let keys = try (0..<4).map { _ in try suite.generateSigningKey() }
    let set = try ValidatorSet(
      keys.enumerated().map { Validator(name: "v\($0.offset)", publicKey: $0.element.publicKey) })
    let chain = try digest(1)
    let subject = try proposal(7, on: 6, 9).finalize
    let signatures = try keys.map {
      try suite.sign(subject.signingBytes(chainID: chain).span, with: $0)
    }
    func verify(_ signers: [Int], _ signatures: [Signature], chain: Digest) throws {
      try Certificate(subject: subject, signers: signers, signatures: signatures)
        .verify(by: set, chainID: chain, suite: suite)
    }

    try verify([0, 1, 2, 3], signatures, chain: chain)
    try verify([0, 2, 3], [signatures[0], signatures[2], signatures[3]], chain: chain)
    #expect(throws: CertificateFault.belowQuorum(found: 2, needed: 3)) {
      try verify([0, 1], Array(signatures[..<2]), chain: chain)
    }
    #expect(throws: CertificateFault.badSignature(signer: 3)) {
      try verify([0, 1, 3], Array(signatures[..<3]), chain: chain)
    }
    #expect(throws: CertificateFault.badSignature(signer: 0)) {
      try verify([0, 1, 2], Array(signatures[..<3]), chain: digest(2))
    }
    #expect(throws: CertificateFault.signerOutOfRange(4)) {
      try verify([0, 1, 4], Array(signatures[..<3]), chain: chain)
    }
  }
}
