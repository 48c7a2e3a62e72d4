import BuiltinContracts
import Consensus
import Cryptography
import Execution
import LedgerModel
import LedgerStore
import LightVerifier
import NodeCore
import Storage
import Testing
import Wire

@Suite("A data directory of an earlier version is opened and means the same")
struct KeptLedgerTests {
  @Test("A directory for each suite in use is kept", .enabled(if: !Fixtures.isWriting))
  func kept() throws {
    #expect(Set(try KeptLedger.all()).isSuperset(of: ["0.2.0-intl", "0.2.0-sm"]))
  }

  @Test("The directories of this version are written", .enabled(if: Fixtures.isWriting))
  func write() throws {
    try KeptLedger.write("0.2.0-intl", .intl)
    try KeptLedger.write("0.2.0-sm", .sm)
  }

  @Test("It opens with all checks back to the first block, and has the roots that it had")
  func opening() throws {
    for name in try KeptLedger.all() {
      let kept = try KeptLedger(name)
      try kept.open { ledger in
        try ledger.checkChain(1...ledger.executed.height)
        #expect(ledger.damage(in: 1...ledger.executed.height).isEmpty, "\(name)")
        #expect(try ledger.lines() == kept.expected, "\(name)")
        #expect(ledger.epoch.number == 1 && ledger.executed.height == 12, "\(name)")
      }
    }
  }

  @Test("Executing every block from genesis gives the same roots, receipts and validators")
  func replaying() throws {
    for name in try KeptLedger.all() {
      let kept = try KeptLedger(name)
      try kept.open { ledger in
        let executor = BlockExecutor(suite: ledger.suite, contracts: BuiltinContracts.all)
        let again = try Ledger(
          store: MemoryStore(), genesis: kept.genesis,
          genesisState: BlockExecutor.genesisState(kept.genesis))
        for height in 1...ledger.executed.height {
          let package = try #require(try ledger.package(at: height))
          let transactions = try package.batches.joined().map {
            try Transaction(decoding: $0, suite: ledger.suite)
          }
          let result = try executor.execute(package.block, transactions, over: again)
          try again.commit(result, of: package.block)
          #expect(try again.executed(at: height) == ledger.executed(at: height), "\(name)")
        }
        #expect(try again.lines() == kept.expected, "\(name)")
        #expect(again.epoch.hash == ledger.epoch.hash, "\(name)")
        let size = ledger.executed.logSize
        #expect(try again.records(0..<size) == ledger.records(0..<size), "\(name)")
      }
    }
  }

  @Test("A node that holds nothing takes its blocks, epoch by epoch")
  func catchingUp() throws {
    for name in try KeptLedger.all() {
      try KeptLedger(name).open { ledger in
        var parent: BlockHeader?
        for number in 0...ledger.epoch.number {
          let epoch = try #require(try ledger.epoch(number))
          let from = epoch.after + 1
          let packages = try ledger.blocks(from: from, byteLimit: .max)
          let blocks = try CatchUpCheck(
            parent: parent, epoch: epoch, chainID: ledger.genesis.chainID, suite: ledger.suite
          ).check(CatchUpCheck.encode(packages, from: from))
          #expect(blocks.count == packages.count, "\(name)")
          parent = blocks.last?.block.header
        }
        #expect(parent == ledger.tip?.header, "\(name)")
      }
    }
  }

  @Test("What is proven from it is verified with the genesis document alone")
  func proving() throws {
    for name in try KeptLedger.all() {
      let kept = try KeptLedger(name)
      try kept.open { ledger in
        let anchor = try #require(try ledger.anchor())
        let invoice = InvoiceContract.asset(code: "46060226", number: "0001")
        let items = [
          try ledger.prove(invoice, at: anchor), try ledger.proveTrail(invoice, at: anchor),
          try ledger.prove(InvoiceContract.asset(code: "1", number: "1"), at: anchor),
          try ledger.proveTrail(Registry.validators, at: anchor),
          try ledger.proveRecord(at: 20, at: anchor),
          try ledger.proveConsistency(from: 3, at: anchor),
        ]
        let bytes = anchor.bundle(items).encoded
        let verified = try LightVerifier(genesis: kept.genesis).verify(
          WireProofBundle(strict: bytes, limit: Limits.bundleBytes))
        #expect(verified.facts.count == items.count, "\(name)")
        guard case .trail(let trail) = verified.facts[1] else {
          Issue.record("\(name): no trail")
          return
        }
        #expect(trail.events.map(\.operation) == ["putBlue", "redFlush"], "\(name)")
      }
    }
  }

  @Test("Its journal is read, each record as the one encoding of what it says")
  func journal() throws {
    for name in try KeptLedger.all() {
      try KeptLedger(name).open { ledger in
        let entries = try ledger.journal()
        #expect(entries.map(\.number) == (0..<47).map(UInt64.init), "\(name)")
        for entry in entries {
          #expect(try JournalRecord(decoding: entry.record).encoded == entry.record, "\(name)")
        }
      }
    }
  }
}
