import Testing
import Wire

/// Fields of messages that are counted before anything is decoded.
struct FieldCountTests {
  @Test("Repeated fields may be there as often as is said, any other once")
  func count() {
    var answer = WireRouterAnswer()
    answer.number = 1
    answer.channel = "c"
    answer.packets = [WireCarriedPacket(), WireCarriedPacket()]
    #expect(FieldCounts(most: [5: 2]).allow(answer.encoded))
    #expect(!FieldCounts(most: [5: 1]).allow(answer.encoded))
    #expect(!FieldCounts().allow(answer.encoded))
    #expect(FieldCounts().allow([]))
    // Fixed lengths: eight bytes, then four.
    #expect(FieldCounts().allow([0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4]))
  }

  @Test("Many empty packets are refused before they are decoded")
  func many() {
    let bytes = [[UInt8]](repeating: [0x2a, 0x00], count: 1_000).flatMap { $0 }
    #expect(FieldCounts(most: [5: 1_000]).allow(bytes))
    #expect(!FieldCounts(most: [5: 999]).allow(bytes))
  }

  @Test("Fields of messages inside are counted for each of these, on the paths that are named")
  func nested() {
    var answer = WireRouterAnswer()
    var link = WireEpochLink()
    link.validators = [WireValidatorRecord(), WireValidatorRecord()]
    link.last.finalization.signers = [0, 1, 2]
    link.last.finalization.signatures = [[1].data, [2].data, [3].data]
    answer.links = [link, link]
    answer.packets = [WireCarriedPacket()]
    answer.packets[0].proof.path.siblings = [[1, 2].data, [3].data]
    let bytes = answer.encoded
    #expect(Self.counts().allow(bytes))
    #expect(!Self.counts(validators: 1).allow(bytes))
    #expect(!Self.counts(signatures: 2).allow(bytes))
    #expect(!Self.counts(siblings: 1).allow(bytes))
    // Nothing is said of what is inside.
    #expect(FieldCounts(most: [3: 2]).allow(bytes))
  }

  /// Of an answer with these links and packets.
  private static func counts(
    validators: Int = 2, signatures: Int = 3, siblings: Int = 2
  ) -> FieldCounts {
    let header = FieldCounts(inner: [2: FieldCounts(most: [6: signatures])])
    let link = FieldCounts(most: [2: validators], inner: [1: header])
    let proof = FieldCounts(inner: [5: FieldCounts(most: [1: siblings])])
    return FieldCounts(most: [3: 2], inner: [3: link, 5: FieldCounts(inner: [1: proof])])
  }

  @Test("A field that is not repeated cannot be there again to bring more of what is inside")
  func again() {
    // ProvenHeader with two finalizations: a decoder would join their signatures.
    let header = FieldCounts(inner: [2: FieldCounts(most: [6: 1])])
    let finalization: [UInt8] = [0x12, 2, 0x32, 0]
    #expect(header.allow(finalization))
    #expect(!header.allow(finalization + finalization))
    // A field that comes back after another one is not in order.
    #expect(!FieldCounts().allow([0x08, 1, 0x10, 1, 0x08, 1]))
  }

  @Test(
    "What is no message is not allowed",
    arguments: [
      [0x2a], [0x2a, 2, 0], [0x08], [0x08, 0x80], [0x0b, 0], [0x0f],
      [0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [UInt8](repeating: 0xff, count: 11),
    ] as [[UInt8]])
  func malformed(bytes: [UInt8]) {
    #expect(!FieldCounts(most: [5: 100]).allow(bytes))
  }
}
