import Testing

@testable import Cryptography

struct SecretBytesTests {
  @Test("A secret holds the bytes it was made from", arguments: [0, 1, 32, 4_095, 4_096, 100_000])
  func contents(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let bytes = generator.bytes(count)
    let secret = SecretBytes(copying: bytes)
    #expect(secret.count == count)
    #expect(secret.copyBytes() == bytes)
    #expect(SecretBytes(copying: bytes.span) == secret)
    let sum = secret.withBytes { span in span.indices.reduce(0) { $0 + Int(span[$1]) } }
    #expect(sum == bytes.reduce(0) { $0 + Int($1) })
  }

  @Test("Secrets are equal if all their bytes are")
  func equality() {
    var generator = SeededGenerator(seed: 5)
    let bytes = generator.bytes(40)
    let secret = SecretBytes(copying: bytes)
    #expect(secret == SecretBytes(copying: bytes))
    for index in bytes.indices {
      #expect(secret != SecretBytes(copying: bytes.flipping(index, mask: 0x80)))
    }
    #expect(secret != SecretBytes(copying: Array(bytes.dropLast())))
    #expect(SecretBytes(copying: [UInt8]()) == SecretBytes(randomByteCount: 0))
  }

  @Test("Printing shows no byte of a secret")
  func printing() throws {
    let bytes = [UInt8](repeating: 0xa7, count: 32)
    let secret = SecretBytes(copying: bytes)
    #expect("\(secret)" == "<32 secret bytes>")
    #expect(String(reflecting: secret) == "<32 secret bytes>")
    for id in SuiteID.allCases {
      let key = try id.suite.privateKey(secret, use: .signing)
      var dumped = ""
      dump(key, to: &dumped)
      for text in ["\(key)", String(reflecting: key), dumped] {
        #expect(!text.contains("a7a7"))
        #expect(!text.contains("167, 167"))
        #expect(!text.contains("- 167"))
      }
    }
  }

  @Test("More secrets than are guarded are still kept")
  func manySecrets() {
    let secrets = (0..<3 * SecretBytes.guardedCountMax).map {
      SecretBytes(copying: [UInt8(truncatingIfNeeded: $0), 1])
    }
    #expect(
      secrets.indices.allSatisfy {
        secrets[$0].copyBytes() == [UInt8(truncatingIfNeeded: $0), 1]
      })
  }

  @Test("Two draws of random bytes differ")
  func randomness() {
    #expect(randomBytes(0) == [])
    #expect(randomBytes(32).count == 32)
    #expect(randomBytes(32) != randomBytes(32))
    #expect(SecretBytes(randomByteCount: 32) != SecretBytes(randomByteCount: 32))
  }

  @Test("Joined secrets come apart again")
  func halves() {
    var generator = SeededGenerator(seed: 6)
    let (first, second) = (generator.bytes(32), generator.bytes(32))
    let joined = SecretBytes(
      joining: SecretBytes(copying: first), SecretBytes(copying: second))
    #expect(joined.copyBytes() == first + second)
    #expect(joined.halves().0.copyBytes() == first)
    #expect(joined.halves().1.copyBytes() == second)
  }
}
