import Cryptography
import LedgerModel
import Testing
import Wire

/// Bytes that peers, clients and auditors of other versions also write. A change here is a change
/// of format: it needs a new format number and a word on how old data is read.
struct GoldenTests {
  @Test("A signed transaction has these bytes and this id", arguments: [Golden.sm, .intl])
  func transaction(golden: Golden) throws {
    let bytes = try Samples.signed(golden.suite)
    // The body, the signature and the attachment, each with its tag and length.
    let expected =
      "0a8401" + golden.body + "1240" + String(repeating: "5a", count: 64) + "1a067365616c6564"
    #expect(bytes.hex == expected)
    let transaction = try Transaction(decoding: bytes, suite: golden.suite)
    #expect(transaction.id.hex == golden.transactionID)
    #expect(Batch([transaction], suite: golden.suite).digest.hex == golden.batch)
  }

  @Test("A receipt has these bytes")
  func receipt() throws {
    let start =
      "0a20d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1100118ac"
        + "02220466756e642a07696e766f6963653204706f7374"
    #expect(try Samples.receipt(.done(events: 2)).encoded.hex == start + "3a020802")
    let refused =
      "42360a0e696e766f6963652e6c6f636b65641206686f6c6465721a1c656d706c6f7965722075"
        + "6e74696c2031373637323235363030303030"
    #expect(try Samples.receipt(Samples.refusal).encoded.hex == start + refused)
  }

  @Test("An event has these bytes")
  func event() throws {
    let expected =
      "0a07696e766f696365120d34363036303232363a3030303118022220e1e1e1e1e1e1e1e1e1e1"
        + "e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e12a04706f73743220e2e2e2e2e2e2e2e2"
        + "e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e23a0466756e644220e3e3e3e3e3e3"
        + "e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3e3480150ac025880d0eab6b733"
        + "62020a01708101"
    #expect(try Samples.event().encoded.hex == expected)
  }

  @Test("A leaf of the index has these bytes")
  func leaf() throws {
    let expected =
      "08021220f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f11a20"
        + "f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2208201"
    #expect(try Samples.leaf().encoded.hex == expected)
  }

  @Test("A header has these bytes and this hash", arguments: [Golden.sm, .intl])
  func header(golden: Golden) throws {
    let header = try Samples.header(golden.suite)
    #expect(header.encoded.hex == golden.header)
    #expect(header.hash.hex == golden.headerHash)
  }

  @Test("Log entries, leaves and names have these digests", arguments: [Golden.sm, .intl])
  func digests(golden: Golden) throws {
    let suite = golden.suite
    let receipt = LogRecord.receipt(try Samples.receipt(Samples.refusal).encoded)
    #expect(receipt.leafHash(suite).hex == golden.receiptLeaf)
    let event = try Samples.event()
    #expect(LogRecord.event(event.encoded).leafHash(suite).hex == golden.eventLeaf)
    #expect(try Samples.leaf().digest(suite).hex == golden.indexLeaf)
    #expect(event.asset.indexKey(suite).hex == golden.indexKey)
    #expect(Member.keyID(of: [1, 2, 3], suite: suite).hex == golden.keyID)
  }

  @Test(
    "A genesis document is written like this and names its chain", arguments: [Golden.sm, .intl])
  func genesis(golden: Golden) throws {
    let document = try Samples.genesis(golden.suite.id)
    if golden.suite.id == .intl {
      #expect(String(decoding: document, as: UTF8.self) == Golden.document)
    }
    let genesis = try Genesis(document: document)
    #expect(genesis.chainID.hex == golden.chainID)
    #expect(genesis.members.map(\.id) == ["fund-1"])
  }
}
