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

  @Test("A certificate that is stored is kept, though the block came without; a lost one is not")
  func certificate() throws {
    func uncertified(_ height: UInt64) throws -> BlockPackage {
      let package = try package(height)
      return BlockPackage(
        block: StoredBlock(header: package.block.header, batches: package.block.batches),
        batches: package.batches)
    }
    let before = try store.contents()
    for entry in try store.entries(of: Table("attachments")) {
      try store.remove("attachments", entry.key)
    }
    for height in [1, 3, 4] as [UInt64] {
      try damaged.repair(uncertified(height), records: nil)
    }
    try damaged.repair(package(2), records: nil)
    #expect(try store.contents() == before)
    // The newest block's is the only one that proves it; an older block is proven by those above.
    try store.remove("blocks", UInt64(4).bigEndianBytes)
    #expect(throws: LedgerFault.missing(what: "certificate", place: "height 4")) {
      try damaged.repair(uncertified(4), records: nil)
    }
    try damaged.repair(package(4), records: nil)
    try store.remove("blocks", UInt64(3).bigEndianBytes)
    try damaged.repair(uncertified(3), records: nil)
    #expect(try damaged.block(at: 3)?.finalization == nil)
    #expect(damaged.damage(in: 1...4).isEmpty)
    #expect(try damaged.headers(from: 3, limit: 1).count == 2)
  }

  @Test("A ledger opens with a damaged block if a certificate above proves what it was")
  func opening() throws {
    func open(_ store: MemoryStore) throws -> Ledger {
      try Ledger(
        store: store, genesis: sample.world.genesis,
        genesisState: sample.results[0], opensDamaged: true)
    }
    try store.change("blocks", UInt64(2).bigEndianBytes) { $0[$0.count / 3] ^= 1 }
    #expect(throws: LedgerFault.self) { try sample.reopened(on: store) }
    let ledger = try open(store)
    #expect(ledger.damage(in: 1...4).first?.height == 2)
    try ledger.repair(package(2), records: nil)
    _ = try sample.reopened(on: store)
    // The newest names itself, and a recorded state is no block's.
    for (table, height) in [("blocks", 4), ("states", 2)] as [(String, UInt64)] {
      let copy = try store.copy()
      try copy.change(table, height.bigEndianBytes) { $0[$0.count / 2] ^= 1 }
      #expect(throws: LedgerFault.self) { try open(copy) }
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
