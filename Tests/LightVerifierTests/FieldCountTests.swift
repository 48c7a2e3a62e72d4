import Testing
import Wire

/// Fields of messages that are counted before anything is decoded.
struct FieldCountTests {
  @Test("Fields of every kind are counted, those of inner messages are not")
  func count() {
    var answer = WireRouterAnswer()
    answer.number = 1
    answer.channel = "c"
    answer.packets = [WireCarriedPacket(), WireCarriedPacket()]
    answer.packets[0].proof.path.siblings = [[1, 2].data, [3].data]
    #expect(fieldCount(of: answer.encoded, most: 4) == 4)
    #expect(fieldCount(of: [], most: 0) == 0)
    // Fixed lengths: eight bytes, then four.
    #expect(fieldCount(of: [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0d, 1, 2, 3, 4], most: 2) == 2)
  }

  @Test("Many empty packets are refused before they are decoded")
  func many() {
    let bytes = [[UInt8]](repeating: [0x2a, 0x00], count: 1_000).flatMap { $0 }
    #expect(fieldCount(of: bytes, most: 1_000) == 1_000)
    #expect(fieldCount(of: bytes, most: 999) == nil)
  }

  @Test(
    "What is no message has no count",
    arguments: [
      [0x2a], [0x2a, 2, 0], [0x08], [0x08, 0x80], [0x0b, 0], [0x0f],
      [0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [UInt8](repeating: 0xff, count: 11),
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(fieldCount(of: bytes, most: 100) == nil)
  }
}
