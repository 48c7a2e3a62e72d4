import BuiltinContracts
import Cryptography
import Execution
import LedgerModel
import Testing

/// Trails, the log and determinism.
struct TrailTests {
  @Test(
    "Each event names the digest and position of the one before, with no gap",
    arguments: SuiteID.allCases)
  func links(id: SuiteID) throws {
    var chain = try Self.busyChain(id)
    // Several events on one asset in one block, from one transaction and from two.
    _ = try chain.commit([
      chain.transaction("patient", [chain.print("1"), chain.print("1")]),
      chain.transaction("fund", [chain.post("1", 1), chain.post("1", 1), chain.unpost("1")]),
    ])

    var heads: [AssetID: AssetLeaf] = [:]
    for (position, record) in chain.log.enumerated() where record.kind == 1 {
      let event = try AssetEvent(decoding: record.bytes)
      let before = heads[event.asset]
      #expect(event.sequence == before.map { $0.sequence + 1 } ?? 0)
      #expect(event.previous == before?.head ?? .zero)
      #expect(event.previousPosition == before?.position ?? 0)
      heads[event.asset] = AssetLeaf(
        sequence: event.sequence, head: chain.suite.hash(.assetEvent, record.bytes),
        valueDigest: event.valueDigest, position: UInt64(position))
    }
    #expect(heads[TestChain.asset("1")]?.sequence == 6)
    for (asset, head) in heads {
      let state = try #require(chain.asset(asset))
      #expect(state.leaf == head)
      #expect(chain.suite.hash(.assetValue, state.value) == head.valueDigest)
    }
    #expect(heads.count == chain.state.assets.count)
  }

  @Test("An event says who did what, when, in which call, and with which arguments")
  func event() throws {
    var chain = try TestChain()
    try chain.given("hospital", chain.blue("1"))
    let (time, post) = (chain.timeMs, chain.post("1", 7))
    let transaction = try chain.transaction("fund", [chain.unlock("1"), post])

    _ = try chain.commit([transaction])

    let event = try #require(try chain.trail(TestChain.asset("1")).last)
    #expect(event.operation == "post")
    #expect(event.actor == "fund")
    #expect(event.transactionID == transaction.id)
    #expect(event.callIndex == 1)
    #expect(event.height == chain.height)
    #expect(event.timeMs == time)
    #expect(event.details == post.arguments)
    #expect(event.origin == nil)
  }

  @Test("A transaction's events precede its receipts, which are where the result says")
  func receipts() throws {
    var chain = try TestChain()
    let start = chain.log.count
    let result = try chain.commit([
      chain.transaction("hospital", [chain.blue("1"), chain.blue("2")]),
      chain.transaction("patient", [chain.print("1")]),
    ])

    #expect(result.records.map(\.kind) == [1, 1, 1, 1, 2, 2, 1, 2])
    for executed in result.transactions {
      for (index, receipt) in executed.receipts.enumerated() {
        let position = Int(executed.firstReceipt) + index
        #expect(chain.log[position] == .receipt(receipt.encoded))
        #expect(try Receipt(decoding: chain.log[position].bytes) == receipt)
      }
    }
    #expect(result.logStart == UInt64(start))
    #expect(result.logSize == UInt64(start + 8))
    #expect(result.leafHashes == result.records.map { $0.leafHash(chain.suite) })
  }

  @Test("Genesis gives organisations, members, validators, roster and settings one event each")
  func genesis() throws {
    let chain = try TestChain()
    let members = chain.genesis.members.count
    #expect(members == 14)
    #expect(chain.log.map(\.kind) == Array(repeating: 1, count: 5 + members + 3))
    let last = try chain.log.suffix(3).map { try AssetEvent(decoding: $0.bytes).asset }
    #expect(last == [Registry.validators, Roster.asset, ChainSettings.asset])
    #expect(try chain.registry().roster == Roster(active: TestChain.organisations))
    #expect(try chain.registry().settings == .standard)
    let trail = try chain.trail(Member.asset("patient"))
    #expect(trail.map(\.operation) == ["genesis"])
    #expect(trail.map(\.transactionID) == [chain.genesis.chainID])
    let value = try #require(chain.asset(Member.asset("patient"))?.value)
    #expect(try Member(decoding: value) == chain.member("patient"))
  }

  @Test("A block executed twice, or over a state kept in another order, gives the same bytes")
  func determinism() throws {
    var chain = try Self.busyChain()
    let block = try Self.busyBlock(chain)

    let first = try chain.execute(block)
    let second = try chain.execute(block)
    chain.state = chain.state.reordered()
    let third = try chain.execute(block)

    #expect(first.updates.count > 4)
    #expect(Bytes(first) == Bytes(second))
    #expect(Bytes(first) == Bytes(third))
  }

  @Test("Assets loaded in another order change nothing")
  func loadOrder() throws {
    var chain = try Self.busyChain()
    // Its repetition has no effect, but its assets are loaded first and in reverse.
    let earlier = try chain.transaction(
      "hospital", [chain.print("4"), chain.print("3"), chain.print("2"), chain.print("1")])
    _ = try chain.commit([earlier])
    let block = try Self.busyBlock(chain)

    let plain = try chain.execute(block)
    let reversed = try chain.execute([earlier] + block)

    #expect(Bytes(plain) == Bytes(reversed))
  }

  @Test("Updates come once per asset, in the order of index keys, with what they replace")
  func updates() throws {
    let chain = try Self.busyChain()

    let result = try chain.execute(try Self.busyBlock(chain))

    let keys = result.updates.map(\.indexKey)
    #expect(keys == keys.sorted())
    #expect(Set(keys).count == keys.count)
    for update in result.updates {
      #expect(update.indexKey == update.asset.indexKey(chain.suite))
      #expect(update.before == chain.asset(update.asset))
    }
  }

  /// Four invoices, one of them reversed.
  private static func busyChain(_ id: SuiteID = .intl) throws -> TestChain {
    var chain = try TestChain(id)
    _ = try chain.commit([
      chain.transaction("hospital", [chain.blue("1"), chain.blue("2"), chain.blue("3")]),
      chain.transaction("hospital", [chain.red("4", of: "3")]),
      chain.transaction("patient", [chain.authorise("1", "relative"), chain.print("1")]),
    ])
    return chain
  }

  /// Accepted and refused calls over all of them, of all modes.
  private static func busyBlock(_ chain: TestChain) throws -> [Transaction] {
    [
      try chain.transaction("fund", [chain.post("1", 5), chain.post("3", 5), chain.post("2", 5)]),
      try chain.transaction(
        "hospital", [chain.blue("5"), chain.red("6", of: "1")], allOrNothing: true),
      try chain.transaction("hospital", [chain.blue("5"), chain.detail("2")]),
      try chain.transaction("patient", [chain.revoke("1", "relative"), chain.print("4")]),
      try chain.transaction("stranger", [chain.print("1")]),
    ]
  }
}

/// Everything of a result, as bytes.
private struct Bytes: Equatable {
  let records: [LogRecord]
  let leafHashes: [Digest]
  let updates: [[UInt8]]
  let receipts: [[UInt8]]

  init(_ result: BlockResult) {
    records = result.records
    leafHashes = result.leafHashes
    updates = result.updates.map { update in
      update.indexKey.bytes + (update.before?.leaf.encoded ?? []) + update.after.leaf.encoded
        + update.after.value
    }
    receipts = result.transactions.flatMap { executed in
      executed.receipts.map { executed.id.bytes + executed.idempotencyKey + $0.encoded }
    }
  }
}
