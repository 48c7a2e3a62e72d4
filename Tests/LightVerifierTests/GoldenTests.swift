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
    #expect(bytes.count == 4_542)
    let digest = "23e9a16e400cc13d7b69f1f4bf2f63beaae50795bb32d716c2211116920fe7b7"
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
    #expect(bytes.count == 3_405)
    let digest = "685eee985a8afa369712e416a1547340cf0751313ece33b7c84e4e948b5dce2b"
    #expect(IntlSuite().hash(bytes.span).hex == digest)
  }
}
