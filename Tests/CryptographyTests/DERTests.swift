import Testing

@testable import Cryptography

struct DERTests {
  @Test(
    "Numbers are written in as few bytes as possible",
    arguments: [
      ("00", "020100"), ("0000", "020100"), ("007f", "02017f"), ("80", "02020080"),
      ("0001ff", "020201ff"), ("", "020100"),
    ])
  func integers(number: String, encoded: String) throws {
    #expect(DER.integer(try bytes(number)[...]).hex == encoded)
  }

  @Test("A sequence gives back what it was made of, short and long")
  func roundTrip() throws {
    var generator = SeededGenerator(seed: 3)
    for count in [0, 16, 52, 53, 64, 120] {
      let number = [0, 0] + generator.bytes(30)
      let octets = generator.bytes(count)
      let encoded = DER.sequence(DER.integer(number[...]) + DER.octets(octets[...]))
      var reader = try #require(DER.Reader(sequence: encoded[...]))
      #expect(reader.integer() == number)
      #expect(!reader.isAtEnd)
      #expect(reader.octets() == octets)
      #expect(reader.isAtEnd)
      for cut in encoded.indices { #expect(DER.Reader(sequence: encoded[..<cut]) == nil) }
      #expect(DER.Reader(sequence: (encoded + [0])[...]) == nil)
    }
  }

  @Test("A value of another type or beyond 32 bytes is not read")
  func refusals() throws {
    let long = DER.integer([1] + [UInt8](repeating: 0, count: 32))
    var reader = try #require(DER.Reader(sequence: DER.sequence(long)[...]))
    #expect(reader.integer() == nil)
    var other = try #require(DER.Reader(sequence: DER.sequence(DER.integer([5]))[...]))
    #expect(other.octets() == nil)
  }
}
