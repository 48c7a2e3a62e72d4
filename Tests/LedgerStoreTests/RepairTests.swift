import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing
import Wire

@Suite("Damage is listed and mended with another node's content")
struct RepairTests {
  private var sample: TestLedger
  private let store: MemoryStore
  private let damaged: Ledger

  /// Heights 1 to 4 with one transaction each; 2 ends the epoch. The copy is damaged after it was
  /// opened.
  init() throws {
    sample = try TestLedger(TestWorld())
    for height in 1...4 as ClosedRange<UInt64> {
      let content = [UInt8](repeating: UInt8(height), count: 900)
      let call = Transaction.Call(
        contract: "note", method: "put", arguments: Notes.value("a", "\(height)"),
        attachments: [sample.world.suite.hash(.attachment, content)])
      let transaction = try sample.world.transaction(
        [call], key: [UInt8(height)], attachments: [content])
      try sample.ledger.prepare(
        nil, batches: [Batch([transaction], suite: sample.world.suite)], journal: [], sync: false)
      try sample.run([transaction], electing: height == 2 ? [3] : nil)
    }
    store = try sample.store.copy()
    damaged = try sample.reopened(on: store).ledger
  }

  private func records(of height: Int) -> [LogRecord] { sample.results[height].records }

  private func package(_ height: UInt64) throws -> BlockPackage {
    try #require(try sample.ledger.package(at: height))
  }

  @Test("A sound ledger has no damage")
  func sound() {
    #expect(damaged.damage(in: 0...9).isEmpty)
  }

  @Test(
    "Damage in each table is found at its height and gone after the repair",
    arguments: ["blocks", "batches", "transactions", "attachments", "log"])
  func each(_ table: String) throws {
    let before = try store.contents()
    for entry in try store.entries(of: Table(table)) {
      if table == "log", entry.key == UInt64(0).bigEndianBytes { continue }
      for change in [nil, UInt8(1)] {
        if let change {
          try store.change(table, entry.key) { $0[$0.count / 3] ^= change }
        } else {
          try store.remove(table, entry.key)
        }
        // Mended from the top, for a header is judged by the one above.
        let found = damaged.damage(in: 1...4)
        let height = try #require(found.first?.height)
        #expect(found.count <= 2)
        try damaged.repair(package(height), records: records(of: Int(height)))
        #expect(damaged.damage(in: 1...4).isEmpty)
        #expect(try store.contents() == before)
      }
    }
  }

  @Test("All damage is listed, not only the first")
  func several() throws {
    try store.remove("blocks", UInt64(1).bigEndianBytes)
    for entry in try store.entries(of: Table("attachments")) {
      try store.remove("attachments", entry.key)
    }
    #expect(damaged.damage(in: 1...4).map(\.height) == [4, 3, 2, 1])
    #expect(damaged.damage(in: 2...3).map(\.height) == [3, 2])
  }

  @Test("What is not the chain's is not written")
  func lies() throws {
    let before = try store.contents()
    func refuse(_ package: BlockPackage, _ records: [LogRecord]) throws {
      #expect(throws: LedgerFault.self) { try damaged.repair(package, records: records) }
      #expect(try store.contents() == before)
    }
    let honest = try package(2)
    let other = try package(3)
    try refuse(honest, records(of: 3))
    try refuse(honest, records(of: 2).dropLast())
    try refuse(honest, records(of: 2).reversed())
    try refuse(BlockPackage(block: honest.block, batches: other.batches), records(of: 2))
    try refuse(BlockPackage(block: honest.block, batches: []), records(of: 2))
    try refuse(BlockPackage(block: honest.block, batches: [[[0xff]]]), records(of: 2))
    let uncertified = StoredBlock(header: honest.block.header, batches: honest.block.batches)
    try refuse(BlockPackage(block: uncertified, batches: honest.batches), records(of: 2))
    let wrongly = StoredBlock(
      header: honest.block.header, batches: honest.block.batches,
      finalization: other.block.finalization)
    try refuse(BlockPackage(block: wrongly, batches: honest.batches), records(of: 2))
    let otherBatches = StoredBlock(
      header: honest.block.header, batches: other.block.batches,
      finalization: honest.block.finalization)
    try refuse(BlockPackage(block: otherBatches, batches: other.batches), records(of: 2))
    var forked = try TestLedger(sample.world)
    try forked.put(("a", "1"))
    let fork = try forked.put(("a", "other"))
    try refuse(BlockPackage(block: fork, batches: honest.batches), records(of: 2))
    try damaged.repair(honest, records: records(of: 2))
    #expect(try store.contents() == before)
  }
}
