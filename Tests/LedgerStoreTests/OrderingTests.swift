import Cryptography
import LedgerModel
import LedgerStore
import Storage
import TestLedger
import Testing

@Suite("What a vote relies on is kept before it leaves")
struct OrderingTests {
  private let sample: TestLedger
  private let transaction: Transaction
  private let batch: Batch
  private let content: [UInt8] = Array("scanned invoice".utf8)

  init() throws {
    sample = try TestLedger(TestWorld())
    let digest = sample.world.suite.hash(.attachment, content)
    let call = Notes.put("a", "1")
    transaction = try sample.world.transaction(
      [
        Transaction.Call(
          contract: call.contract, method: call.method, arguments: call.arguments,
          attachments: [digest])
      ], key: [1], attachments: [content])
    batch = Batch(
      [transaction, try sample.world.transaction([call], key: [2])], suite: sample.world.suite)
  }

  @Test("A prepared block, its batches and their attachments are found")
  func prepared() throws {
    let ledger = sample.ledger
    let block = try sample.block([batch.digest])
    try ledger.prepare(block, batches: [batch], journal: [], sync: true)
    #expect(try ledger.proposal(block.header.hash)?.header == block.header)
    #expect(try ledger.proposal(block.header.hash)?.batches == [batch.digest])
    let found = try ledger.transactions(ofBatch: batch.digest)
    #expect(found.map(\.id) == batch.transactions.map(\.id))
    #expect(found.map(\.signature) == batch.transactions.map(\.signature))
    #expect(found.map(\.attachments) == [[], []])
    #expect(Batch(found, suite: sample.world.suite).digest == batch.digest)
    let digest = try #require(transaction.calls.first?.attachments.first)
    #expect(try ledger.attachment(digest) == content)
    #expect(try ledger.attachment(.zero) == nil)
  }

  @Test("A committed block is no proposal any more")
  func committed() throws {
    var sample = sample
    let block = try sample.block([batch.digest])
    try sample.ledger.prepare(block, batches: [batch], journal: [], sync: false)
    #expect(try sample.run(batch.transactions).header == block.header)
    #expect(try sample.ledger.proposal(block.header.hash) == nil)
    #expect(try sample.ledger.block(at: 1)?.header == block.header)
  }

  @Test("A batch or a transaction of it that is gone is named")
  func missing() throws {
    let ledger = sample.ledger
    #expect(throws: LedgerFault.missing(what: "batch", place: batch.digest.hex)) {
      try ledger.transactions(ofBatch: batch.digest)
    }
    try ledger.prepare(nil, batches: [batch], journal: [], sync: false)
    try sample.store.remove("transactions", transaction.id.bytes)
    #expect(throws: LedgerFault.missing(what: "transaction", place: transaction.id.hex)) {
      try ledger.transactions(ofBatch: batch.digest)
    }
    try sample.store.put("batches", batch.digest.bytes, [0xff])
    #expect {
      try ledger.transactions(ofBatch: batch.digest)
    } throws: { error in
      guard case .malformed("batch", batch.digest.hex, _)? = error as? LedgerFault else {
        return false
      }
      return true
    }
  }

  @Test("The journal is read in the order of its numbers and forgotten from below")
  func journal() throws {
    let ledger = sample.ledger
    let entries = [256, 1, 255, 2].map { (number: UInt64) in
      JournalEntry(number: number, record: [UInt8(truncatingIfNeeded: number)])
    }
    try ledger.prepare(nil, batches: [], journal: entries, sync: true)
    #expect(try ledger.journal().map(\.number) == [1, 2, 255, 256])
    #expect(try sample.reopened().ledger.journal() == ledger.journal())
    try ledger.pruneJournal(below: 255)
    #expect(try ledger.journal() == [entries[2], entries[0]])
  }
}
