/// A running digest of all that happened, to compare runs (FNV-1a, 64 bits).
struct Transcript {
  private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  }

  mutating func add(_ numbers: UInt64...) {
    for number in numbers { digest = (digest ^ number) &* 0x0000_0100_0000_01b3 }
  }
}
