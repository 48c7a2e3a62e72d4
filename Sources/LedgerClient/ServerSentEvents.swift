/// Reads server-sent events out of a byte stream, however it is cut.
///
/// Understands what a node sends: `event` and `data` lines that end in a line feed; `id` repeats
/// the item's position and is skipped, as are comments.
/// - Source: WHATWG HTML, section 9.2.6.
struct ServerSentEvents {
  /// One event with its data lines joined.
  struct Event: Hashable {
    var name = ""
    var data: [UInt8] = []
  }

  /// Most bytes of one event; a node that sends more is refused.
  let bytesMax: Int
  private var line: [UInt8] = []
  private var event = Event()

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// The events that `bytes` complete.
  mutating func read(_ bytes: some Sequence<UInt8>) throws(ClientFault) -> [Event] {
    var events: [Event] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        guard line.count + event.data.count < bytesMax else {
          throw .protocolViolation(reason: "an event has more than \(bytesMax) bytes")
        }
        line.append(byte)
        continue
      }
      if line.isEmpty {
        if !event.data.isEmpty { events.append(event) }
        event = Event()
      } else {
        take(line)
        line.removeAll(keepingCapacity: true)
      }
    }
    return events
  }

  private mutating func take(_ line: [UInt8]) {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "event": event.name = String(decoding: value, as: UTF8.self)
    case "data":
      if !event.data.isEmpty { event.data.append(UInt8(ascii: "\n")) }
      event.data += value
    default: break
    }
  }
}
