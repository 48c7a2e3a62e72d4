import NIOCore
import Testing

@testable import Transport

/// Frames, messages and queues by themselves.
struct FrameTests {
  @Test("Frames are the same however the bytes are split", arguments: 0..<50)
  func split(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let frames = (0..<20).map { _ in
      generator.bytes(Int.random(in: 1...200, using: &generator))
    }
    var bytes = frames.flatMap { Array(FrameReader.frame($0).readableBytesView) }[...]
    var reader = FrameReader()
    var read: [[UInt8]] = []
    while !bytes.isEmpty {
      let count = min(bytes.count, Int.random(in: 1...90, using: &generator))
      reader.append(ByteBuffer(bytes: bytes.prefix(count)))
      bytes = bytes.dropFirst(count)
      while let frame = try reader.next(byteCountMax: 200) { read.append(frame) }
    }
    #expect(read == frames)
  }

  @Test("A length of zero or over the limit is refused before its bytes come")
  func badLength() throws {
    var reader = FrameReader()
    reader.append(ByteBuffer(bytes: [0]))
    #expect(try reader.next(byteCountMax: 5) == nil)
    reader.append(ByteBuffer(bytes: [6]))
    #expect(throws: LinkRefusal.malformed) { try reader.next(byteCountMax: 5) }
    var other = FrameReader()
    other.append(ByteBuffer(bytes: [0, 0]))
    #expect(throws: LinkRefusal.malformed) { try other.next(byteCountMax: 5) }
  }

  @Test("Bytes written once are written ever after")
  func golden() {
    #expect(LinkFrame.ping == [0])
    #expect(
      LinkFrame.message(.urgent, kind: 9, [1, 2]) == [1, 0, 9, 0, 0, 0, 2, 1, 2])
    #expect(LinkFrame.message(.bulk, kind: 3, []) == [1, 1, 3, 0, 0, 0, 0])
    let long = [UInt8](repeating: 5, count: 65_536)
    let first = LinkFrame.message(.bulk, kind: 3, long)
    #expect(first.count == 65_519)
    #expect(Array(first.prefix(8)) == [1, 1, 3, 0, 1, 0, 0, 5])
    #expect(LinkFrame.continuation(.bulk, long, sent: 65_533) == [2, 1, 5, 5, 5])
    #expect(Array(FrameReader.frame([7, 8]).readableBytesView) == [0, 2, 7, 8])
    #expect(LinkRefusal.allCases.map(\.rawValue) == Array(1...14))
  }

  private static func assembler() -> MessageAssembler {
    MessageAssembler { $0 == 1 ? MessageRule(.urgent, byteCountMax: 4) : MessageRule() }
  }

  @Test(
    "Frames that no honest peer sends are refused",
    arguments: [
      [], [0, 0], [3], [1], [2], [1, 2, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 0],
      // More than announced, at once.
      [1, 0, 1, 0, 0, 0, 1, 9, 9],
      // A continuation of nothing.
      [2, 0, 9], [2, 1, 9],
    ] as [[UInt8]])
  func malformed(_ frame: [UInt8]) {
    var assembler = Self.assembler()
    #expect(throws: LinkRefusal.malformed) { try assembler.read(frame) }
  }

  @Test("A message is refused by its announced length, at its kind's limit exactly")
  func limits() throws {
    var assembler = Self.assembler()
    #expect(try assembler.read([1, 0, 1, 0, 0, 0, 4, 1, 2]) == nil)
    #expect(throws: LinkRefusal.malformed, "one message of a class at a time") {
      try assembler.read([1, 0, 1, 0, 0, 0, 1, 1])
    }
    #expect(throws: LinkRefusal.malformed, "an empty continuation") {
      try assembler.read([2, 0])
    }
    #expect(try assembler.read([2, 0, 3, 4]) == .init(kind: 1, payload: [1, 2, 3, 4]))
    #expect(throws: LinkRefusal.tooLarge) { try assembler.read([1, 0, 1, 0, 0, 0, 5, 1, 2]) }
    #expect(throws: LinkRefusal.tooLarge) { try assembler.read([1, 0, 1, 0xff, 0xff, 0xff, 0xff]) }
    #expect(try assembler.read([1, 0, 1, 0, 0, 0, 3, 1]) == nil)
    #expect(throws: LinkRefusal.malformed, "more than announced, later") {
      try assembler.read([2, 0, 1, 1, 1])
    }
  }
}
