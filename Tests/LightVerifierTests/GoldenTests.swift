import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("The format of proofs does not change unnoticed")
struct GoldenTests {
  @Test("A bundle of fixed content has the bytes that it always had")
  func bundle() throws {
    let sample = try sampleLedger(validators: 4)
    let absent = try sample.absentNote(besideLeaf: true)
    let bytes = try sample.bundle { ledger, anchor in
      [
        try ledger.prove(Notes.asset("ten"), at: anchor),
        try ledger.proveTrail(Notes.asset("ten"), at: anchor),
        try ledger.prove(absent, at: anchor),
        try ledger.proveRecord(at: 0, at: anchor),
        try ledger.proveRecord(at: 20, at: anchor),
        try ledger.proveConsistency(from: 2, at: anchor),
      ]
    }.encoded
    // All keys and inputs are constant and Ed25519 signs the same way twice. Other bytes mean
    // another format of proofs, headers, certificates, events or the genesis document: clients
    // that have the old one can no longer read new proofs.
    #expect(bytes.count == 4_508)
    let digest = "552a3455d49e82ba417e30e17e9581ce7bf03b27a326070938148eeb9c4ffa7c"
    #expect(IntlSuite().hash(bytes.span).hex == digest)
  }

  @Test("A bundle with links between epochs has the bytes that it always had")
  func links() throws {
    let sample = try epochLedger(epochs: 2)
    let bytes = try sample.bundle { ledger, anchor in
      [
        try ledger.prove(Notes.asset("a"), at: anchor),
        try ledger.proveConsistency(from: 2, at: anchor),
      ]
    }.encoded
    #expect(bytes.count == 3_303)
    let digest = "ecde092fa063d97a91774b214d18bc1a69295e42648e153ec5385704eac4b49c"
    #expect(IntlSuite().hash(bytes.span).hex == digest)
  }
}
