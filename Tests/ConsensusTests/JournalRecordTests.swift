import Consensus
import Cryptography
import LedgerModel
import Testing

@Suite struct JournalRecordTests {
  static let epochAndView = "0000000000000000" + "0000000000000007"
  static let block = "0000000000000006" + String(repeating: "09", count: 32)

  private func samples() throws -> [(record: JournalRecord, hex: String)] {
    let block = try proposal(7, on: 6, 9)
    let signed = (0..<3).map { String(repeating: "0\($0)", count: 64) }.joined()
    return [
      (.vote(block.notarize), "0101" + Self.epochAndView + Self.block),
      (.vote(nullify(7)), "0102" + Self.epochAndView),
      (.vote(block.finalize), "0103" + Self.epochAndView + Self.block),
      (
        .certificate(try certificate(block.finalize, by: [0, 1, 2])),
        "0203" + Self.epochAndView + Self.block + "00000007" + signed
      ),
      (
        .certificate(try certificate(nullify(7), by: [0, 1, 2])),
        "0202" + Self.epochAndView + "00000007" + signed
      ),
      (.certified(block), "03" + Self.epochAndView + Self.block),
      (
        .lastBlock(epoch: 0, Tip(view: 7, block: block.block)),
        "04" + Self.epochAndView + String(repeating: "09", count: 32)
      ),
    ]
  }

  @Test("The bytes of a record never change, and read back")
  func goldenBytes() throws {
    for (record, hex) in try samples() {
      #expect(record.encoded.hex == hex)
      #expect(try JournalRecord(decoding: record.encoded) == record)
    }
    let longest = try certificate(proposal(1, on: 0, 1).finalize, by: Array(0..<31))
    #expect(JournalRecord.certificate(longest).encoded.count == JournalRecord.byteCountMax)
  }

  @Test("A record that is cut, prolonged or of an unknown kind is refused by name")
  func mutilated() throws {
    for (record, _) in try samples() {
      let bytes = record.encoded
      for count in bytes.indices {
        #expect(throws: JournalFault.truncated) {
          try JournalRecord(decoding: Array(bytes[..<count]))
        }
      }
      #expect(throws: JournalFault.surplus(bytes: 1)) {
        try JournalRecord(decoding: bytes + [0])
      }
      #expect(throws: JournalFault.unknownKind(9)) {
        try JournalRecord(decoding: [9] + bytes.dropFirst())
      }
    }
    #expect(throws: JournalFault.unknownKind(4)) { try JournalRecord(decoding: [1, 4]) }
    #expect(throws: JournalFault.tooLong(JournalRecord.byteCountMax + 1)) {
      try JournalRecord(
        decoding: [UInt8](repeating: 1, count: JournalRecord.byteCountMax + 1))
    }
  }

  @Test("Whatever bytes come, they are refused or are a record's only encoding")
  func mutated() throws {
    var generator = SeededGenerator(seed: 11)
    let originals = try samples().map(\.record.encoded)
    for _ in 0..<3_000 {
      var bytes = originals.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: bytes.indices, using: &generator)
        bytes[place] = UInt8.random(in: 0...255, using: &generator)
      }
      guard let record = try? JournalRecord(decoding: bytes) else { continue }
      #expect(record.encoded == bytes)
    }
  }
}
