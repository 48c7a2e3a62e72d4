import Testing

@testable import LedgerClient

@Suite("Server-sent events")
struct ServerSentEventsTests {
  private let stream =
    ":\n\nid: 4\nevent: receipt\ndata: {\"a\":1}\n\n: beat\n\nevent: event\ndata:x\ndata: y\n\n"

  private func event(_ name: String, _ data: String) -> ServerSentEvents.Event {
    ServerSentEvents.Event(name: name, data: Array(data.utf8))
  }

  @Test("Events are the same however the bytes are cut")
  func cuts() throws {
    let bytes = Array(stream.utf8)
    let wanted = [event("receipt", #"{"a":1}"#), event("event", "x\ny")]
    for size in 1...bytes.count {
      var parser = ServerSentEvents(bytesMax: 100)
      var events: [ServerSentEvents.Event] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        events += try parser.read(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(events == wanted)
    }
  }

  @Test("An event beyond the limit is refused, in one line or in many")
  func limit() throws {
    var parser = ServerSentEvents(bytesMax: 20)
    #expect(throws: ClientFault.self) { try parser.read("data: 0123456789012345".utf8) }
    parser = ServerSentEvents(bytesMax: 20)
    #expect(throws: ClientFault.self) {
      try parser.read(String(repeating: "data: 012\n", count: 5).utf8)
    }
  }

  @Test("An event cut short is not given out")
  func incomplete() throws {
    var parser = ServerSentEvents(bytesMax: 100)
    #expect(try parser.read("event: event\ndata: x\n".utf8).isEmpty)
  }
}
