import LedgerModel
import LedgerStore
import LightVerifier
import TestLedger
import Testing
import Wire

extension TestLedger {
  var anchor: Ledger.Anchor {
    get throws { try #require(try ledger.anchor()) }
  }

  /// Trails of all assets of the anchor's state, its first and last records, and consistency with
  /// the first header.
  func everything(at anchor: Ledger.Anchor) throws -> WireProofBundle {
    let twin = try twin(at: anchor.height)
    let assets = twin.values.keys.sorted { "\($0)" < "\($1)" }
    var items = try assets.map { try ledger.proveTrail($0, at: anchor) }
    for position in [0, UInt64(twin.records.count) - 1] {
      items.append(try ledger.proveRecord(at: position, at: anchor))
    }
    items.append(try ledger.proveConsistency(from: 1, at: anchor))
    return anchor.bundle(items)
  }

  /// Checks that what the ledger proves at the anchor is verified and what was executed.
  func expectProofs(at anchor: Ledger.Anchor) throws {
    let twin = try twin(at: anchor.height)
    let verified = try LightVerifier(genesis: world.genesis).verify(everything(at: anchor))
    #expect(verified.facts.count == twin.values.count + 3)
    for case .trail(let trail) in verified.facts {
      #expect(trail.events == twin.trails[trail.current.asset])
      #expect(trail.current.value == twin.values[trail.current.asset])
    }
  }
}
