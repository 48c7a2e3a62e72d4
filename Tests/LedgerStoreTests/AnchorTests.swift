import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

@Suite("Proofs are of the state that the newest header commits to")
struct AnchorTests {
  @Test("There is no anchor before the first block")
  func noAnchor() throws {
    #expect(try TestLedger(TestWorld()).ledger.anchor() == nil)
  }

  @Test("The first block's header proves the genesis state")
  func genesis() throws {
    var sample = try TestLedger(TestWorld())
    try sample.put(("a", "1"))
    #expect(try sample.anchor.height == 0)
    try sample.expectProofs(at: sample.anchor)
    let item = try sample.ledger.prove(Notes.asset("a"), at: sample.anchor)
    #expect(item.absence.key == "a")
  }

  @Test("An anchor proves its own state while later blocks change everything")
  func heldAnchors() throws {
    var sample = try TestLedger(TestWorld())
    var anchors: [Ledger.Anchor] = []
    for number in 1...9 {
      // `a` changes in every block, some notes in some, one is new in each.
      try sample.put(
        [("a", "\(number)"), ("new-\(number)", "1")]
          + (number.isMultiple(of: 3) ? [("b", "\(number)"), ("a", "again")] : []))
      anchors.append(try sample.anchor)
      for anchor in anchors { try sample.expectProofs(at: anchor) }
    }
    #expect(anchors.map(\.height) == Array(0...8))
    let late = try sample.ledger.prove(Notes.asset("new-5"), at: anchors[4])
    #expect(late.absence.key == "new-5")
    let known = try sample.ledger.prove(Notes.asset("new-5"), at: anchors[5])
    #expect(known.value.value.octets == Notes.value("new-5", "1"))
  }

  @Test("Records and headers beyond an anchor are not available to it")
  func beyond() throws {
    var sample = try TestLedger(TestWorld())
    try sample.put(("a", "1"))
    let anchor = try sample.anchor
    try sample.put(("a", "2"))
    let size = anchor.proven.header.executed.logSize
    #expect(sample.ledger.executed.logSize == size + 4)
    _ = try sample.ledger.proveRecord(at: size - 1, at: anchor)
    for position in [size, size + 3, .max] {
      let fault = LedgerFault.notAvailable(
        what: "log record \(position) (the proven log has \(size))")
      #expect(throws: fault) { try sample.ledger.proveRecord(at: position, at: anchor) }
    }
    for height in [0, 2, UInt64.max] {
      #expect(throws: LedgerFault.notAvailable(what: "header \(height)")) {
        try sample.ledger.proveConsistency(from: height, at: anchor)
      }
    }
  }

  @Test("Readers on other threads get true proofs while blocks are committed")
  func concurrentReaders() async throws {
    var sample = try TestLedger(TestWorld())
    try sample.put(("a", "1"))
    try sample.put(("a", "2"))
    let (ledger, genesis) = (sample.ledger, sample.world.genesis)
    let asset = Notes.asset("a")
    let lastHeight: UInt64 = 60
    let readers = (0..<2).map { _ in
      Task {
        let verifier = LightVerifier(genesis: genesis)
        var proofs = 0
        var proven: UInt64 = 0
        while proven + 1 < lastHeight {
          try Task.checkCancellation()
          guard let anchor = try ledger.anchor() else { continue }
          let bundle = anchor.bundle([
            try ledger.proveTrail(asset, at: anchor),
            try ledger.proveRecord(at: anchor.height, at: anchor),
          ])
          let verified = try verifier.verify(bundle)
          guard case .trail(let trail)? = verified.facts.first else { return proofs }
          // Block h writes the text h.
          proven = verified.header.executed.height
          #expect(trail.current.value == Notes.value("a", "\(proven)"))
          #expect(UInt64(trail.events.count) == proven)
          proofs += 1
          await Task.yield()
        }
        return proofs
      }
    }
    defer { readers.forEach { $0.cancel() } }
    for height in 3...lastHeight {
      try sample.put(("a", "\(height)"))
      await Task.yield()
    }
    for reader in readers { #expect(try await reader.value > 0) }
  }
}
