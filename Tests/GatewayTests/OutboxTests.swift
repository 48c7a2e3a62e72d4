import Cryptography
import Storage
import Testing

@testable import GatewayKit

@Suite("Outbox")
struct OutboxTests {
  private let store = MemoryStore()
  private var outbox: Outbox { Outbox(store, lane: 1, source: "a", target: "b") }

  private func entries(_ table: Table) -> [String] {
    var found: [String] = []
    store.scan(table, in: KeyRange(), reversed: false) { key, value in
      found.append("\(key.hex) \(value.hex)")
      return true
    }
    return found
  }

  /// Two documents: the second waits, the first is to be settled; one failure.
  private func fill() throws {
    let id = try DocumentID(origin: "o", key: "k")
    let document = try GatewayDocument(
      id: id,
      heading: .init(
        messageType: "t", sender: "s", recipient: "r", policy: "p", purpose: "u", timeoutMs: 6,
        businessKey: "y"),
      body: [0xa1], content: .init(schema: 2, schemaVersion: 3, bytes: [0xa2]))
    let first = Lane.Entry(number: 1, id: id, stage: .waiting)
    let second = Lane.Entry(number: 2, id: id, stage: .waiting)
    try outbox.write([
      .add(first, document), .add(second, document),
      .state(cursor: GatewayCursor([0xc1, 0xc2]), pulled: 2, failures: 0),
    ])
    try outbox.write([
      .move(Lane.Entry(number: 1, id: id, stage: .settling(.refused(.late)))),
      .note(1, GatewayFailure(id: id, stage: .delivery, code: .late), keeping: 10),
      .state(cursor: GatewayCursor([0xc1, 0xc2]), pulled: 2, failures: 1),
    ])
  }

  @Test("Lanes, entries, failures and documents are kept as these bytes")
  func golden() throws {
    try fill()
    let id = "0a060a016f12016b"
    let late = "0c676174657761792e6c617465"
    #expect(
      entries(Outbox.lanes) == [
        "0100 0801" + "120161" + "1a0162" + "2202c1c2" + "2802" + "3001",
        "01010000000000000001 " + id + "1002" + "1a10" + "0803" + "12" + late,
        "01010000000000000002 " + id,
        "01020000000000000001 " + id + "1a" + late,
      ])
    #expect(
      entries(Outbox.documents) == [
        "010000000000000002 0801" + "12060a016f12016b" + "1a0174" + "220173" + "2a0172" + "320170"
          + "3a0175" + "4006" + "4a0179" + "5201a1" + "5802" + "6003" + "6a01a2"
      ])
  }

  @Test("What was written is found again, by another process too")
  func contents() throws {
    try fill()
    let found = try outbox.contents()
    let id = try DocumentID(origin: "o", key: "k")
    #expect(
      found.entries == [
        Lane.Entry(number: 1, id: id, stage: .settling(.refused(.late))),
        Lane.Entry(number: 2, id: id, stage: .waiting),
      ])
    #expect(found.cursor == GatewayCursor([0xc1, 0xc2]))
    #expect((found.pulled, found.failures) == (2, 1))
    #expect(try outbox.document(2).id == id)
    #expect(throws: OutboxFault.damaged(what: "document 1 is missing")) {
      try outbox.document(1)
    }
    let other = Outbox(store, lane: 2, source: "a", target: "b")
    #expect(try other.contents() == OutboxContents(), "lanes share nothing")
  }

  @Test("An outbox of other places, another format or damaged bytes is refused")
  func refusals() throws {
    try fill()
    #expect(throws: OutboxFault.otherPlaces(source: "a", target: "b")) {
      try Outbox(store, lane: 1, source: "a", target: "c").contents()
    }
    func put(_ key: [UInt8], _ value: [UInt8]) throws {
      var batch = WriteBatch()
      batch.put(Outbox.lanes, key, value)
      try store.write(batch, sync: true)
    }
    try put([1, 0], [8, 2])
    #expect(throws: OutboxFault.format(found: 2)) { try outbox.contents() }
    try put([1, 0], [8, 1, 0xff])
    #expect(throws: OutboxFault.self) { try outbox.contents() }
    try put([1, 0], [8, 1, 0x12, 1, 0x61, 0x1a, 1, 0x62])
    _ = try outbox.contents()
    // An entry that is settled as pending.
    try put([1, 1, 0, 0, 0, 0, 0, 0, 0, 1], [10, 6, 10, 1, 0x6f, 18, 1, 0x6b, 16, 2, 26, 2, 8, 1])
    #expect(throws: OutboxFault.damaged(what: "entry 1")) { try outbox.contents() }
  }

  @Test("Of failures, the newest are kept")
  func failuresKept() throws {
    let id = try DocumentID(origin: "o", key: "k")
    for number in UInt64(1)...5 {
      let code = try code("n\(number)")
      try outbox.write([
        .note(number, GatewayFailure(id: id, stage: .delivery, code: code), keeping: 3)
      ])
    }
    #expect(try outbox.failures().map(\.code.description) == ["n3", "n4", "n5"])
  }

  @Test("A full device is a fault, and nothing of the change is there")
  func fullDevice() throws {
    let full = Outbox(MemoryStore(failingAfterWrites: 0), lane: 0, source: "a", target: "b")
    #expect(throws: OutboxFault.self) {
      try full.write([.state(cursor: nil, pulled: 1, failures: 0)])
    }
    #expect(try full.contents() == OutboxContents())
  }
}
