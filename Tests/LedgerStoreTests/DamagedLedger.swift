import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing
import Wire

/// A sound ledger, of which copies are damaged and opened.
///
/// Height 4, 295 records: one full page, then 39 records in the segments of four blocks.
struct DamagedLedger {
  let sample: TestLedger
  /// The newest state.
  let tip: ExecutedState

  /// - Parameter emptyBlocks: Further blocks, above the four.
  init(emptyBlocks: Int = 0) throws {
    var sample = try TestLedger(TestWorld())
    try sample.put((0..<140).map { ("note-\($0)", "text") })
    try sample.put(("a", "1"), ("b", "1"), ("c", "1"))
    try sample.put(("a", "2"))
    try sample.put(("a", "3"))
    for _ in 0..<emptyBlocks { try sample.run([]) }
    self.sample = sample
    tip = sample.ledger.executed
  }

  /// Expects that a copy with this damage is refused with this fault.
  func expectFault(
    _ fault: LedgerFault, sourceLocation: SourceLocation = #_sourceLocation,
    after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(throws: fault, sourceLocation: sourceLocation) { try sample.reopened(on: store) }
  }

  /// The same where only the hash found, which follows from the damage, is left open.
  func expectContradiction(
    of what: String, at place: String, expected: String,
    sourceLocation: SourceLocation = #_sourceLocation, after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(sourceLocation: sourceLocation) {
      try sample.reopened(on: store)
    } throws: { error in
      guard case .inconsistent(what, place, expected, let found)? = error as? LedgerFault else {
        return false
      }
      return found != expected
    }
  }

  /// Expects that the records behind the last full page are found not to be `expected`.
  func expectOpenPage(
    of expected: Int, found: Int, sourceLocation: SourceLocation = #_sourceLocation,
    after damage: (MemoryStore) throws -> Void
  ) throws {
    try expectFault(
      .inconsistent(
        what: "entries of the open log page", place: "level 0", expected: "\(expected)",
        found: "\(found)"), sourceLocation: sourceLocation, after: damage)
  }

  /// A copy of the store that was sound until it was damaged.
  func damaged(_ damage: (MemoryStore) throws -> Void) throws -> MemoryStore {
    let store = try sample.store.copy()
    _ = try sample.reopened(on: store)
    try damage(store)
    #expect(try store.contents() != sample.store.contents(), "nothing was damaged")
    return store
  }

  /// The same where the reason is left to the decoder.
  func expectMalformed(
    _ what: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation,
    after damage: (MemoryStore) throws -> Void
  ) throws {
    let store = try damaged(damage)
    #expect(sourceLocation: sourceLocation) {
      try sample.reopened(on: store)
    } throws: { error in
      guard case .malformed(what, place, _)? = error as? LedgerFault else { return false }
      return true
    }
  }
}

extension MemoryStore {
  /// Alters the bytes of one entry.
  func change(
    _ table: String, _ key: [UInt8], _ change: (inout [UInt8]) -> Void
  ) throws {
    var value = try #require(get(Table(table), key))
    change(&value)
    try put(table, key, value)
  }

  /// Alters the message of one block.
  func changeBlock(
    _ height: UInt64, _ change: (inout WireBlock) -> Void
  ) throws {
    let key = height.bigEndianBytes
    var block = try WireBlock(
      strict: try #require(get(Table("blocks"), key)), limit: 64 * 1_024)
    change(&block)
    try put("blocks", key, block.encoded)
  }
}
