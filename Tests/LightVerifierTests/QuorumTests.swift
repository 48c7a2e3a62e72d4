import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("Only a quorum of the chain's validators proves a header")
struct QuorumTests {
  private let world: TestWorld
  private let header: BlockHeader
  private let verifier: LightVerifier

  init() throws {
    var sample = try TestLedger(TestWorld(validators: 4))
    try sample.put(("a", "text"))
    try sample.put(("a", "other text"))
    world = sample.world
    header = try sample.anchor.proven.header
    verifier = sample.verifier
  }

  private var finalize: VoteSubject {
    VoteSubject(
      epoch: 0, view: header.view, statement: .finalize(parentView: 3, block: header.hash))
  }

  private func proven(_ certificate: Certificate) -> WireProvenHeader {
    ProvenHeader(header: header, finalization: certificate).wire
  }

  private func expect(_ reason: String, _ certificate: Certificate) {
    #expect(throws: ProofFault.notFinalised(reason: reason)) {
      try verifier.verify(proven(certificate))
    }
  }

  @Test("Any three of four validators, and all four, prove a header")
  func quorums() throws {
    for signers in [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3], [0, 1, 2, 3]] {
      let certificate = try world.certificate(for: finalize, signers: signers)
      #expect(try verifier.verify(proven(certificate)) == header)
    }
  }

  @Test("Two of four validators prove nothing")
  func tooFew() throws {
    for signers in [[], [2], [0, 1], [1, 3]] {
      expect(
        "belowQuorum(found: \(signers.count), needed: 3)",
        try world.certificate(for: finalize, signers: signers))
    }
  }

  @Test("A validator that signs twice counts once")
  func repeatedSigner() throws {
    var wire = proven(try world.certificate(for: finalize, signers: [0, 1, 2]))
    wire.finalization.signers = [0, 1, 1]
    wire.finalization.signatures[2] = wire.finalization.signatures[1]
    let refusal = ProofFault.malformed(
      .invalid(
        field: "finalization.signers", value: "3 signers",
        remedy: "name each signer once, ascending, with one signature each"))
    #expect(throws: refusal) { try verifier.verify(wire) }
  }

  @Test("A signer beyond the validator set is refused")
  func signerOutOfRange() throws {
    let honest = try world.certificate(for: finalize, signers: [0, 1, 2])
    expect(
      "signerOutOfRange(4)",
      try Certificate(subject: finalize, signers: [0, 1, 4], signatures: honest.signatures))
    var wire = proven(honest)
    for signer in [31, UInt32.max] {
      wire.finalization.signers[2] = signer
      let refusal = ProofFault.malformed(
        .invalid(
          field: "finalization.signers", value: "3 signers",
          remedy: "name each signer once, ascending, with one signature each"))
      #expect(throws: refusal) { try verifier.verify(wire) }
    }
  }

  @Test("A signature by an unregistered key is refused")
  func stranger() throws {
    var signatures = try world.certificate(for: finalize).signatures
    signatures[2] = try world.signAsStranger(finalize)
    expect(
      "badSignature(signer: 2)",
      try Certificate(subject: finalize, signers: [0, 1, 2], signatures: signatures))
  }

  @Test("Votes to notarize do not finalise")
  func notarization() throws {
    let notarize = VoteSubject(
      epoch: 0, view: header.view, statement: .notarize(parentView: 3, block: header.hash))
    let signatures = try world.certificate(for: notarize).signatures
    expect(
      "badSignature(signer: 0)",
      try Certificate(subject: finalize, signers: [0, 1, 2], signatures: signatures))
  }

  @Test("A certificate of another view or epoch is refused, though a quorum signed it")
  func otherView() throws {
    for (epoch, view) in [(UInt64(0), header.view + 1), (1, header.view)] {
      let subject = VoteSubject(
        epoch: epoch, view: view, statement: .finalize(parentView: 3, block: header.hash))
      expect("the certificate is for another view", try world.certificate(for: subject))
    }
  }

  @Test("A certificate of another header is refused, though a quorum signed it")
  func otherHeader() throws {
    let subject = VoteSubject(
      epoch: 0, view: header.view, statement: .finalize(parentView: 3, block: header.parent))
    expect("the certificate is for another header", try world.certificate(for: subject))
  }

  @Test("Votes of the same validators on another chain do not count")
  func otherChainVotes() throws {
    let signatures = try (0..<3).map {
      try world.sign(finalize, by: $0, chainID: header.parent)
    }
    expect(
      "badSignature(signer: 0)",
      try Certificate(subject: finalize, signers: [0, 1, 2], signatures: signatures))
  }

  @Test("A proof is refused by whoever holds another chain's genesis document")
  func otherGenesis() throws {
    let other = try TestWorld(validators: 4, name: "other-chain")
    let refusal = ProofFault.otherChain(
      expected: other.genesis.chainID.hex, found: world.genesis.chainID.hex)
    let honest = proven(try world.certificate(for: finalize))
    #expect(throws: refusal) { try LightVerifier(genesis: other.genesis).verify(honest) }
  }

  @Test("A header of another suite is refused before anything is hashed")
  func otherSuite() throws {
    let nist = try TestWorld(.nist, validators: 4)
    let refusal = ProofFault.malformed(
      .invalid(field: "header.suite", value: "2", remedy: "the chain's suite is nist"))
    let honest = proven(try world.certificate(for: finalize))
    #expect(throws: refusal) { try LightVerifier(genesis: nist.genesis).verify(honest) }
  }
}
