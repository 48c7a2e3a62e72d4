import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing
import Wire

@Suite("A node that catches up gets whole blocks")
struct PackageTests {
  private var sample: TestLedger
  private var transactions: [[Transaction]] = [[]]

  /// Heights 1 to 6; 2 and 3 are final through 4, which ends the epoch.
  init() throws {
    sample = try TestLedger(TestWorld(.sm))
    for height in 1...6 as ClosedRange<UInt64> {
      let contents = (0..<2).map { [UInt8](repeating: UInt8($0), count: 700 * Int(height)) }
      let digests = contents.map { sample.world.suite.hash(.attachment, $0) }
      let call = Transaction.Call(
        contract: "note", method: "put", arguments: Notes.value("a", "\(height)"),
        attachments: digests)
      let block = try (0..<2).map {
        try sample.world.transaction(
          [call], key: [UInt8(height), $0], attachments: contents)
      }
      try order(block)
      try sample.run(
        block, electing: height == 4 ? [3] : nil, isCertified: ![2, 3].contains(height))
      transactions.append(block)
    }
  }

  private func order(_ transactions: [Transaction]) throws {
    try sample.ledger.prepare(
      nil, batches: [Batch(transactions, suite: sample.world.suite)], journal: [], sync: false)
  }

  @Test("Each block comes with its transactions and attachments as they were submitted")
  func content() throws {
    for height in 1...6 {
      let package = try #require(try sample.ledger.package(at: UInt64(height)))
      #expect(package.batches == [transactions[height].map { $0.encoded() }])
      #expect(package.block.header.height == UInt64(height))
    }
    #expect(try sample.ledger.package(at: 0) == nil)
    #expect(try sample.ledger.package(at: 7) == nil)
  }

  @Test("A range ends with a certificate, within the bytes if it can, and never crosses an epoch")
  func ranges() throws {
    func heights(from: UInt64, _ byteLimit: Int) throws -> [UInt64] {
      try sample.ledger.blocks(from: from, byteLimit: byteLimit).map(\.block.header.height)
    }
    let all = Int.max
    #expect(try heights(from: 1, all) == [1, 2, 3, 4])
    #expect(try heights(from: 1, 0) == [1])
    let sizes = try (1...4).map { try sample.ledger.package(at: $0)?.byteCount ?? 0 }
    #expect(try heights(from: 1, sizes.reduce(0, +)) == [1, 2, 3, 4])
    #expect(try heights(from: 1, sizes.reduce(0, +) - 1) == [1])
    #expect(try heights(from: 2, 0) == [2, 3, 4])
    #expect(try heights(from: 4, all) == [4])
    #expect(try heights(from: 5, all) == [5, 6])
    #expect(try heights(from: 5, 1) == [5])
    for height in [0, 7, UInt64.max] { #expect(try heights(from: height, all).isEmpty) }
  }

  @Test("Blocks that nothing proves yet are not given")
  func unproven() throws {
    var sample = sample
    try order([])
    for _ in 0..<2 { try sample.run([], isCertified: false) }
    #expect(try sample.ledger.blocks(from: 7, byteLimit: .max).isEmpty)
    #expect(try sample.ledger.blocks(from: 6, byteLimit: .max).count == 1)
  }

  @Test("A transaction that came again with another signature leaves the first block whole")
  func signedAgain() throws {
    let first = transactions[1][0]
    var wire = try WireSignedTransaction(strict: first.encoded(), limit: .max)
    // SM2 signs differently each time; only the digest of the batch matters here.
    wire.signature = transactions[2][0].signature.bytes.data
    let again = try Transaction(decoding: wire.encoded, suite: sample.world.suite)
    #expect(again.id == first.id)
    try order([again])
    let package = try #require(try sample.ledger.package(at: 1))
    #expect(package.batches == [transactions[1].map { $0.encoded() }])
  }

  @Test("Content that is gone or altered is named, not given")
  func damage() throws {
    let store = try sample.store.copy()
    let ledger = try sample.reopened(on: store).ledger
    let id = transactions[1][1].id
    let attachment = try #require(transactions[1][1].calls.first?.attachments.last)
    let digest = Batch(transactions[1], suite: sample.world.suite).digest
    func expect(
      _ fault: LedgerFault, _ table: String, _ key: [UInt8],
      sourceLocation: SourceLocation = #_sourceLocation, _ damage: (inout [UInt8]?) throws -> Void
    ) throws {
      let intact = try #require(store.get(Table(table), key))
      var damaged: [UInt8]? = intact
      try damage(&damaged)
      if let damaged { try store.put(table, key, damaged) } else { try store.remove(table, key) }
      #expect(throws: fault, sourceLocation: sourceLocation) { try ledger.package(at: 1) }
      try store.put(table, key, intact)
    }
    try expect(.missing(what: "batch", place: digest.hex), "batches", digest.bytes) { $0 = nil }
    try expect(.missing(what: "transaction", place: id.hex), "transactions", id.bytes) { $0 = nil }
    try expect(
      .missing(what: "attachment", place: attachment.hex), "attachments", attachment.bytes
    ) { $0 = nil }
    try expect(
      .malformed(
        what: "attachment", place: attachment.hex, reason: "the content has another digest"),
      "attachments", attachment.bytes
    ) { $0?[5] ^= 1 }
    let other = Batch([transactions[1][0]], suite: sample.world.suite).digest
    try expect(
      .inconsistent(
        what: "batch", place: digest.hex, expected: "\(digest)", found: "\(other)"),
      "batches", digest.bytes
    ) {
      var batch = try WireBatch(strict: try #require($0), limit: .max)
      batch.transactionIds.removeLast()
      batch.signatures.removeLast()
      $0 = batch.encoded
    }
    #expect(try ledger.package(at: 1) != nil)
  }
}
