import Cryptography
import LedgerModel
import LedgerStore
import LightVerifier
import Storage
import TestLedger
import Testing
import Wire

@Suite("Epochs follow one another in the store")
struct EpochTests {
  /// Three epochs: heights 1 to 3, 4 and 5, and 6; 2, 4 and 6 have no certificate.
  private func sample(store: any KeyValueStore = MemoryStore()) throws -> TestLedger {
    var sample = try TestLedger(TestWorld(validators: 4), store: store)
    try sample.put(("a", "1"))
    try sample.putUncertified("a", "2")
    try sample.endEpoch(electing: [2, 3, 4, 5, 6], ("a", "3"))
    try sample.putUncertified("a", "4")
    try sample.endEpoch(electing: [9], lateness: 4)
    try sample.putUncertified("a", "6")
    return sample
  }

  @Test(
    "Each epoch has its number, validators and beginning, on any device and after a restart",
    arguments: Device.allCases)
  func epochs(_ device: Device) throws {
    try device.run { open in
      var heights: [UInt64: UInt64] = [:]
      func check(_ ledger: Ledger) throws {
        #expect(ledger.epoch.number == 2)
        #expect(ledger.epoch.after == 5)
        #expect(ledger.epoch.validators.validators.map(\.name) == ["validator-9"])
        #expect(try (0...3).map { try ledger.epoch($0)?.after } == [0, 3, 5, nil])
        #expect(
          try (0...3).map { try ledger.epoch($0)?.validators.committee.count } == [4, 5, 1, nil])
        heights = [:]
        for height in 0...7 as ClosedRange<UInt64> {
          heights[height] = try ledger.epoch(ofBlock: height)?.number
        }
        #expect(heights == [0: 0, 1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 2, 7: 2])
        #expect(try ledger.epoch(ofBlock: 8) == nil)
        #expect(try ledger.epoch(ofBlock: .max) == nil)
        for number in 0...2 as ClosedRange<UInt64> {
          let epoch = try #require(try ledger.epoch(number))
          let header = try #require(try ledger.block(at: epoch.after + 1)).header
          #expect(epoch.hash == header.validatorSet)
          #expect(epoch.number == header.epoch)
        }
      }
      let world: TestWorld
      do {
        let sample = try sample(store: open())
        world = sample.world
        try check(sample.ledger)
        try sample.ledger.checkChain(1...6)
      }
      try check(TestLedger(world, store: open()).ledger)
    }
  }

  @Test("A chain that ends with an epoch's last block opens in the next epoch")
  func atTheEnd() throws {
    var sample = try TestLedger(TestWorld())
    try sample.endEpoch(electing: [1, 2, 3, 4])
    let again = try sample.reopened()
    #expect(again.ledger.epoch.number == 1)
    #expect(again.ledger.epoch.after == 1)
    #expect(try again.ledger.epoch(ofBlock: 1)?.number == 0)
    #expect(try again.ledger.epoch(ofBlock: 2)?.number == 1)
  }

  @Test("The nearest certificate below and above is found")
  func certified() throws {
    let ledger = try sample().ledger
    let below = try (0...7).map { try ledger.certified(atOrBelow: $0)?.header.height }
    #expect(below == [nil, 1, 1, 3, 3, 5, 5, 5])
    let above = try (1...7).map { try ledger.certified(atOrAbove: $0)?.header.height }
    #expect(above == [1, 3, 3, 5, 5, nil, nil])
    #expect(try ledger.anchor()?.proven.header.height == 5)
  }

  @Test("A list of headers ends with a certificate, however long that takes")
  func headers() throws {
    let ledger = try sample().ledger
    func heights(from: UInt64, _ limit: Int) throws -> [UInt64] {
      try ledger.headers(from: from, limit: limit).map(\.header.height)
    }
    #expect(try heights(from: 1, 1) == [1])
    #expect(try heights(from: 1, 2) == [1])
    #expect(try heights(from: 2, 1) == [2, 3])
    #expect(try heights(from: 2, 3) == [2, 3])
    #expect(try heights(from: 1, 9) == [1, 2, 3, 4, 5])
    #expect(try heights(from: 6, 9).isEmpty)
    #expect(try heights(from: 7, 9).isEmpty)
    #expect(try heights(from: 0, 9).isEmpty)
    #expect(try heights(from: .max, 9).isEmpty)
  }

  @Test("Links are read from any epoch, as many as asked for")
  func links() throws {
    let ledger = try sample().ledger
    func ended(_ links: [WireEpochLink]) throws -> [UInt64] {
      try links.map { try EpochLink($0, suite: ledger.suite).last.header.height }
    }
    #expect(try ended(ledger.epochLinks(from: 0)) == [3, 5])
    #expect(try ended(ledger.epochLinks(from: 0)) == [3, 5])
    #expect(try ended(ledger.epochLinks(from: 1)) == [5])
    #expect(try ended(ledger.epochLinks(from: 0, limit: 1)) == [3])
    for first in [2, 3, UInt64.max] { #expect(try ledger.epochLinks(from: first).isEmpty) }
  }

  @Test("Damage to an epoch's record or to what leads to it is named at the start")
  func damage() throws {
    let sample = try sample()
    func expect(
      _ fault: LedgerFault, sourceLocation: SourceLocation = #_sourceLocation,
      after damage: (MemoryStore) throws -> Void
    ) throws {
      let store = try sample.store.copy()
      try damage(store)
      do {
        _ = try sample.reopened(on: store)
        Issue.record("it was opened", sourceLocation: sourceLocation)
      } catch let error as LedgerFault {
        #expect(error == fault, sourceLocation: sourceLocation)
      }
    }
    func record(_ store: MemoryStore, _ change: (inout WireEpochRecord) -> Void) throws {
      let key = UInt64(2).bigEndianBytes
      var record = try WireEpochRecord(
        strict: try #require(store.get(Table("epochs"), key)), limit: 64 * 1_024)
      change(&record)
      try store.put("epochs", key, record.encoded)
    }
    let committed = try #require(try sample.ledger.block(at: 5)).header.nextValidatorSet
    let others = try sample.world.validators([8]).records
    let other = try sample.world.validators([8]).hash(epoch: 2, suite: sample.world.suite)
    for number in [1, 2] as [UInt64] {
      try expect(.missing(what: "epoch", place: "\(number)")) {
        try $0.remove("epochs", number.bigEndianBytes)
      }
    }
    try expect(
      .inconsistent(
        what: "validators of the epoch", place: "epoch 2", expected: "\(committed)",
        found: "\(other)")
    ) { try record($0) { $0.validators = others } }
    try expect(
      .inconsistent(
        what: "beginning of the epoch", place: "epoch 2", expected: "5", found: "4")
    ) { try record($0) { $0.after = 4 } }
    // The last block of an epoch needs its certificate: below the newest one, too.
    try expect(.missing(what: "certificate", place: "height 3")) {
      try $0.changeBlock(3) { $0.clearFinalization() }
    }
    try expect(.missing(what: "certificate", place: "height 5")) {
      try $0.changeBlock(5) { $0.clearFinalization() }
    }
    try expect(
      .malformed(what: "certificate", place: "height 5", reason: "badSignature(signer: 0)")
    ) { try $0.changeBlock(5) { $0.finalization.view += 1 } }
    try expect(
      .malformed(
        what: "certificate", place: "height 5", reason: "the certificate is for another view")
    ) { try $0.changeBlock(5) { $0.finalization.view = 1 } }
    // A block above the newest certificate must be linked to it.
    let original = try #require(try sample.ledger.block(at: 6)).header
    var fields = try WireBlockHeader(strict: original.encoded, limit: Limits.headerBytes)
    fields.epoch = 1
    let altered = fields.encoded.data
    try expect(
      .inconsistent(what: "header's epoch", place: "height 6", expected: "2", found: "1")
    ) { try $0.changeBlock(6) { $0.header = altered } }
  }

  @Test("An epoch's record has the bytes that it always had")
  func golden() throws {
    let sample = try sample()
    let records = try sample.store.entries(of: Table("epochs"))
    #expect(records.map(\.key) == [UInt64(1).bigEndianBytes, UInt64(2).bigEndianBytes])
    let record =
      "0805122f0a0b76616c696461746f722d3912"
      + "2043a72e714401762df66b68c26dfbdf2682aaec9f2474eca4613e424a0fbafd3c"
    #expect(records.last?.value.hex == record)
  }
}
