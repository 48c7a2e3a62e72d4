import Cryptography
import FuzzEntries
import LedgerModel
import NodeCore
import TestLedger
import Testing
import Wire

@Suite("A batch is held only if all of it is valid")
struct BatchCheckTests {
  private let chain: FuzzChain
  private let check: BatchCheck

  init() throws {
    let chain = try FuzzChain()
    self.chain = chain
    let keys = try Dictionary(
      uniqueKeysWithValues: chain.genesis.members.map {
        ($0.id, try chain.suite.publicKey($0.signingKey, use: .signing))
      })
    check = BatchCheck(suite: chain.suite, chainID: chain.genesis.chainID) { keys[$0] }
  }

  private func transaction(_ key: UInt8 = 1, of world: TestWorld? = nil) throws -> Transaction {
    try (world ?? chain.world).transaction([Notes.put("a", "1"), Notes.put("b", "1")], key: [key])
  }

  private func expect(
    _ fault: BatchFault, of transactions: [Transaction],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: fault, sourceLocation: sourceLocation) {
      try check.check(BatchCheck.encode(transactions.map { $0.encoded() }), epoch: 0)
    }
    #expect(throws: fault, sourceLocation: sourceLocation) {
      try check.check(Batch(transactions, suite: chain.suite))
    }
  }

  @Test("Valid transactions are accepted in their order, with their sizes and the epoch")
  func valid() throws {
    let transactions = try [transaction(1), transaction(2)]
    let checked = try check.check(
      BatchCheck.encode(transactions.map { $0.encoded() }), epoch: 7)
    #expect(checked.batch.digest == Batch(transactions, suite: chain.suite).digest)
    #expect(checked.epoch == 7)
    #expect(checked.byteCount == transactions[0].byteCount + transactions[1].byteCount)
  }

  @Test("A transaction of another chain is refused")
  func otherChain() throws {
    let other = try TestWorld(.intl, validators: 4, name: "other")
    expect(
      .otherChain(other.genesis.chainID), of: [try transaction(), try transaction(2, of: other)])
  }

  @Test("A transaction of a member that is not registered is refused")
  func unknownMember() throws {
    let key = try chain.suite.privateKey(
      SecretBytes(copying: [UInt8](repeating: 100, count: 32)), use: .signing)
    let stranger = try Transaction(
      chainID: chain.genesis.chainID, member: "stranger", idempotencyKey: [1], validUntil: 9,
      allOrNothing: false, calls: [Notes.put("a", "1")], attachments: [], key: key,
      suite: chain.suite)
    expect(.unknownMember("stranger"), of: [try transaction(), stranger])
  }

  @Test("A wrong signature is refused wherever it stands")
  func wrongSignature() throws {
    let good = try [transaction(1), transaction(2)]
    let forged = try transaction(3).with(signature: good[0].signature)
    for position in 0...2 {
      var transactions = good
      transactions.insert(forged, at: position)
      expect(
        .wrongSignature(transaction: forged.id, member: TestWorld.member), of: transactions)
    }
  }

  @Test("A batch has 1 to 128 transactions")
  func count() throws {
    let bytes = try transaction().encoded()
    func decode(_ count: Int) throws -> Int {
      try BatchCheck.decode(
        BatchCheck.encode(Array(repeating: bytes, count: count)), suite: chain.suite
      ).transactions.count
    }
    #expect(try decode(1) == 1)
    #expect(try decode(128) == 128)
    #expect(throws: BatchFault.count(129)) { try decode(129) }
    #expect(throws: BatchFault.count(0)) { try decode(0) }
  }

  @Test("Bytes that are no batch, and a transaction that is none, are refused by name")
  func malformed() throws {
    #expect(
      throws: BatchFault.malformed(.wire(.malformed(message: "yilian.v1.PeerBatch")))
    ) { try BatchCheck.decode([0x0a], suite: chain.suite) }
    #expect(
      throws: BatchFault.malformed(.wire(.malformed(message: "yilian.v1.SignedTransaction")))
    ) { try BatchCheck.decode(BatchCheck.encode([[0x0a]]), suite: chain.suite) }
  }
}
