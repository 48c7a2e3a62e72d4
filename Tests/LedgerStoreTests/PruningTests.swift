import Cryptography
import LedgerModel
import LedgerStore
import Merkle
import Storage
import TestLedger
import Testing

@Suite("Index nodes that no proof needs any more are deleted")
struct PruningTests {
  private let notes: [(key: String, text: String)] = (0..<20).map { ("note-\($0)", "text") }

  @Test("Proofs are possible for as many versions as promised, and no node is forgotten")
  func window() throws {
    // Pruning happens at heights divisible by 64; 1,088 is the first with something to prune.
    let height: UInt64 = 1_088
    let oldest = height - Ledger.versionsKept - 1
    var sample = try TestLedger(TestWorld())
    var held: [UInt64: Ledger.Anchor] = [:]
    try sample.put(notes)
    while sample.height < height {
      try sample.put(("note-\(sample.height % 20)", "\(sample.height)"))
      let anchor = try sample.anchor
      if anchor.height < oldest + 3 { held[anchor.height] = anchor }
    }
    for version in [oldest, oldest + 1, oldest + 2] {
      try sample.expectProofs(at: try #require(held[version]))
    }
    try sample.expectProofs(at: sample.anchor)
    let root = NodeKey(rootOf: IndexVersion(oldest - 1)).encoded
    #expect(throws: LedgerFault.missing(what: "index node", place: root.hex)) {
      try sample.ledger.prove(Notes.asset("note-1"), at: try #require(held[oldest - 1]))
    }

    let stale = try staleNodes(sample.store)
    #expect(stale.heights.first == oldest + 1)
    #expect(stale.heights.last == height)
    // The shape of the index depends on its keys alone, so a short history has as many live nodes.
    var short = try TestLedger(TestWorld())
    try short.put(notes)
    let live = try liveNodes(short.store)
    #expect(live > 1)
    #expect(try liveNodes(sample.store) == live)

    let reopened = try sample.reopened()
    try reopened.expectProofs(at: try #require(held[oldest]))
    try reopened.ledger.checkChain(1...height)
  }

  /// Nodes that are stored and not noted as stale.
  private func liveNodes(_ store: any KeyValueStore) throws -> Int {
    let stored = Set(try store.entries(of: Table("nodes")).map(\.key))
    let stale = try staleNodes(store).keys
    #expect(stale.isSubset(of: stored))
    return stored.count - stale.count
  }

  private func staleNodes(
    _ store: any KeyValueStore
  ) throws -> (heights: [UInt64], keys: Set<[UInt8]>) {
    var (heights, keys): ([UInt64], Set<[UInt8]>) = ([], [])
    for entry in try store.entries(of: Table("stale")) {
      heights.append(try #require(UInt64(bigEndian: entry.key)))
      var rest = entry.value[...]
      while let length = rest.popFirst() {
        keys.insert(Array(rest.prefix(Int(length))))
        rest = rest.dropFirst(Int(length))
      }
    }
    return (heights, keys)
  }
}
