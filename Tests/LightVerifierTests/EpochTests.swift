import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("Links lead a client from the genesis document through every epoch")
struct EpochTests {
  @Test("A bundle of any epoch is proven with the genesis document alone", arguments: [0, 1, 2, 5])
  func bundles(epochs: Int) throws {
    let sample = try epochLedger(epochs: epochs)
    let newest = UInt64(3 * (epochs + 1))
    for older in 1...newest {
      let bundle = try sample.consistencyBundle(from: older)
      #expect(bundle.epochs.count == epochs)
      let verified = try sample.verifier.verify(bundle)
      #expect(verified.header.epoch == UInt64(epochs))
      #expect(verified.onlyFact?.older?.height == older)
      #expect(verified.onlyFact?.older?.epoch == (older - 1) / 3)
    }
  }

  @Test("A client that has followed links needs no more of them")
  func kept() throws {
    let sample = try epochLedger(epochs: 3)
    var verifier = sample.verifier
    for link in try sample.ledger.epochLinks(from: 0) { try verifier.follow(link) }
    #expect(verifier.epochs.newest == 3)
    let anchor = try #require(try sample.ledger.anchor(knownEpoch: 3))
    let bundle = anchor.bundle([try sample.ledger.prove(Notes.asset("a"), at: anchor)])
    #expect(bundle.epochs.isEmpty)
    #expect(try verifier.verify(bundle).header.epoch == 3)
    #expect(throws: ProofFault.unknownEpoch(3, newest: 0)) { try sample.verifier.verify(bundle) }
    // Complete bundles and some of the links go as well.
    _ = try verifier.verify(sample.valueBundle(Notes.asset("a")))
    let some = try #require(try sample.ledger.anchor(knownEpoch: 2))
    let shorter = some.bundle([try sample.ledger.prove(Notes.asset("a"), at: some)])
    #expect(shorter.epochs.count == 1)
    _ = try verifier.verify(shorter)
    // The verifier keeps only what it was told to follow.
    let stranger = sample.verifier
    _ = try stranger.verify(sample.valueBundle(Notes.asset("a")))
    #expect(stranger.epochs.newest == 0)
  }

  @Test("Following the same link twice changes nothing, another last header is refused")
  func again() throws {
    let sample = try epochLedger(epochs: 2)
    var fork = try TestLedger(sample.world)
    try fork.endEpoch(electing: offices[1])
    let links = try sample.ledger.epochLinks(from: 0)
    var verifier = sample.verifier
    try verifier.follow(links[0])
    try verifier.follow(links[0])
    #expect(verifier.epochs.newest == 1)
    let other = try #require(try fork.ledger.epochLinks(from: 0).first)
    #expect(throws: ProofFault.brokenLink(epoch: 0, reason: "another header was its last")) {
      try verifier.follow(other)
    }
    try verifier.follow(links[1])
    #expect(verifier.epochs.newest == 2)
  }

  @Test("A list of headers over several epochs is proven, and each break in it is named")
  func lists() throws {
    let sample = try epochLedger(epochs: 2)
    var verifier = sample.verifier
    for link in try sample.ledger.epochLinks(from: 0) { try verifier.follow(link) }
    let all = try sample.ledger.headers(from: 1, limit: 100).map(\.wire)
    #expect(try verifier.verify(all).map(\.height) == Array(1...9))
    #expect(all.map(\.hasFinalization) == [true, false, true, true, false, true, true, false, true])
    let unproven = ProofFault.notFinalised(reason: "no header after it has a certificate")
    #expect(throws: unproven) { try verifier.verify(Array(all.prefix(2))) }
    #expect(throws: ProofFault.notLinked(height: 3)) { try verifier.verify([all[0], all[2]]) }
    #expect(throws: ProofFault.notLinked(height: 1)) { try verifier.verify([all[2], all[0]]) }
    #expect(throws: ProofFault.notLinked(height: 1)) { try verifier.verify([all[0], all[0]]) }
    #expect(throws: ProofFault.malformedPart("a list of 0 headers")) {
      try verifier.verify([WireProvenHeader]())
    }
    #expect(throws: ProofFault.malformedPart("a list of 1001 headers")) {
      try verifier.verify(Array(repeating: all[0], count: 1_001))
    }
    #expect(throws: ProofFault.notFinalised(reason: "it has no certificate")) {
      try verifier.verify(all[1])
    }
    var altered = all
    try altered[1].alterHeader { $0.timeMs += 1 }
    #expect(throws: ProofFault.notLinked(height: 3)) { try verifier.verify(altered) }
    altered = all
    altered[2].clearFinalization()
    #expect(throws: ProofFault.notFinalised(reason: "it has no certificate")) {
      try verifier.verify(altered)
    }
    #expect(throws: ProofFault.unknownEpoch(1, newest: 0)) { try sample.verifier.verify(all) }
  }
}
