import Execution
import Foundation
import LedgerModel
import LedgerStore
import RocksStorage
import Storage
import TestLedger
import Testing

@testable import NodeCore

@Suite("A node finds what its disk has lost and fetches it from peers by proof")
struct InspectionTests {
  private func node(_ damage: (MemoryStore) throws -> Void) throws -> RepairingNode {
    try RepairingNode(MemoryStore(), copy: MemoryStore(), damage: damage)
  }

  @Test("A sound ledger is looked through to the first block, and nobody is asked")
  func sound() throws {
    var node = try node { _ in }
    try node.link(2)
    #expect(node.isInspected && node.damaged.isEmpty && node.asked.isEmpty)
    #expect(node.core.overview.damage.isEmpty)
  }

  @Test(
    "A flipped bit in a block is found at the start, and the block fetched and written",
    arguments: 1...11 as ClosedRange<UInt64>)
  func block(height: UInt64) throws {
    var node = try node { try $0.damage("blocks", [height.bigEndianBytes]) }
    #expect(node.damaged == [height] && node.asked.isEmpty)
    #expect(
      node.core.overview.damage == "block \(height) is damaged here: "
        + "waits for a peer that has it")
    try node.link(2)
    #expect(node.asked.map(\.height) == [height])
    try node.answerAll()
    #expect(node.repaired == [height] && node.isInspected)
    #expect(node.core.overview.damage.isEmpty)
    #expect(node.ledger.damage(in: 1...12).isEmpty)
    #expect(try node.ledger.lines() == node.sound.lines())
  }

  @Test(
    "Batches, transactions and contents are fetched with their block",
    arguments: ["batches", "transactions", "attachments"])
  func content(table: String) throws {
    var node = try node { try $0.damage(table) }
    #expect(node.damaged == [12])
    try node.link(2)
    try node.answerAll()
    #expect(node.isInspected && node.repaired == node.damaged && node.repaired.count > 3)
    #expect(node.ledger.damage(in: 1...12).isEmpty)
  }

  @Test("Log records need no peer: executing the block again gives them")
  func records() throws {
    var sample = try TestLedger(TestWorld())
    for notes in [(0..<140).map { "note-\($0)" }, ["a"], ["a"]] {
      let transaction = try sample.world.transaction(
        notes.map { Notes.put($0, "text") }, key: (sample.height + 1).bigEndianBytes)
      try sample.ledger.prepare(
        nil, batches: [Batch([transaction], suite: sample.world.suite)], journal: [], sync: false)
      try sample.run([transaction])
    }
    let executor = BlockExecutor(suite: sample.world.suite, contracts: [Notes.contract])
    func run(_ task: Inspection.Task) -> Inspection.Finding {
      Inspection(ledger: sample.ledger, executor: executor, task: task).run()
    }
    let start = try #require(try sample.ledger.executed(at: 0)).logSize
    let before = try sample.ledger.records(start..<start + 10)
    try sample.store.damage("log", [start.bigEndianBytes])
    guard case .damaged(1, _) = run(.look(1...3)) else {
      Issue.record("the damage is not found")
      return
    }
    guard case .repaired(1) = run(.repair(height: 1)) else {
      Issue.record("the damage is not repaired")
      return
    }
    #expect(try sample.ledger.records(start..<start + 10) == before)
    #expect(sample.ledger.damage(in: 1...3).isEmpty)
  }

  @Test("All that is damaged is repaired, from the newest down")
  func several() throws {
    var node = try node { store in
      try store.damage("blocks", [3, 4, 9].map { UInt64($0).bigEndianBytes })
      try store.damage("attachments")
    }
    try node.link(2)
    try node.answerAll()
    #expect(node.isInspected && node.repaired == node.damaged)
    #expect(node.repaired == node.repaired.sorted(by: >))
    #expect(node.ledger.damage(in: 1...12).isEmpty)
  }

  @Test("A peer that lies is refused and another one asked; nothing of the lie is written")
  func liar() throws {
    var node = try node { try $0.damage("blocks", [UInt64(4).bigEndianBytes]) }
    try node.link(2)
    try node.link(3)
    let first = try #require(node.takeAsked().first)
    let (honest, other) = (
      try #require(try node.sound.package(at: 4)), try #require(try node.sound.package(at: 3))
    )
    try node.answer(
      [BlockPackage(block: honest.block, batches: other.batches)], from: 4, first.peer)
    #expect(node.refused == [first.peer] && node.repaired.isEmpty)
    #expect(throws: LedgerFault.self) { try node.ledger.package(at: 4) }
    let second = try #require(node.takeAsked().first)
    #expect(second.peer != first.peer && second.height == 4)
    try node.answer([other], from: 4, second.peer)
    #expect(node.refused == [first.peer, second.peer] && node.takeAsked().isEmpty)
    // Both rest; then one is asked again.
    try node.pass(milliseconds: 2_000)
    try node.answerAll()
    #expect(node.repaired == [4] && node.ledger.damage(in: 1...12).isEmpty)
  }

  @Test("A peer that does not answer, or was not asked, is no help; the next one is asked")
  func silence() throws {
    var node = try node { try $0.damage("blocks", [UInt64(4).bigEndianBytes]) }
    try node.link(2)
    try node.link(3)
    let first = try #require(node.takeAsked().first)
    let other = try RepairingNode.peer(first.peer == RepairingNode.peer(2) ? 3 : 2)
    try node.answer(node.sound.blocks(from: 4, byteLimit: .max), from: 4, other)
    #expect(node.repaired.isEmpty && node.takeAsked().isEmpty)
    try node.pass(milliseconds: NodeCore.Bound.catchUpTimeoutMs)
    #expect(node.asked.map(\.peer) == [other])
    try node.answerAll()
    #expect(node.repaired == [4])
  }

  @Test("A recorded state that no block can mend is named, and the search goes on below it")
  func beyondRepair() throws {
    let node = try RepairingNode(MemoryStore(), copy: MemoryStore()) { _ in
    } rot: {
      try $0.damage("states", [UInt64(7).bigEndianBytes])
    }
    #expect(node.isInspected && node.beyondRepair == [8] && node.asked.isEmpty)
    #expect(node.core.overview.damage.contains("beyond repair"))
  }

  @Test("The same on a real disk")
  func onDisk() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "inspection-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func store(_ name: String) throws -> RocksStore {
      try RocksStore(path: folder.appending(path: name).path, tables: Tables.all)
    }
    var node = try RepairingNode(store("damaged"), copy: store("sound")) { store in
      try store.damage("blocks", [UInt64(5).bigEndianBytes])
      try store.damage("attachments")
    }
    try node.link(2)
    try node.answerAll()
    #expect(node.isInspected && node.repaired.contains(5) && node.beyondRepair.isEmpty)
    #expect(node.ledger.damage(in: 1...12).isEmpty)
    #expect(try node.ledger.lines() == node.sound.lines())
  }
}
