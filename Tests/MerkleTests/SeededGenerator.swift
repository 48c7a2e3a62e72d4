import Cryptography

/// SplitMix64: the same seed gives the same run on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func digest() -> Digest {
    .of((0..<Digest.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &self) })
  }
}

extension Digest {
  /// The digest with these 32 bytes.
  static func of(_ bytes: [UInt8]) -> Digest {
    guard let digest = Digest(bytes) else { preconditionFailure("a digest has 32 bytes") }
    return digest
  }

  /// The digest whose bytes all are `byte`.
  static func filled(_ byte: UInt8) -> Digest {
    of([UInt8](repeating: byte, count: byteCount))
  }

  /// This digest with one bit of byte `index` changed.
  func altered(at index: Int) -> Digest {
    var bytes = bytes
    bytes[index] ^= 1 << UInt8(index % 8)
    return .of(bytes)
  }
}

extension [Digest] {
  /// All lists that differ from this one in one byte, lack one digest or have one more.
  var mutilations: [[Digest]] {
    var results: [[Digest]] = [self + [.zero], [.zero] + self]
    if let last { results.append(self + [last]) }
    for index in indices {
      var shorter = self
      shorter.remove(at: index)
      results.append(shorter)
      for byte in 0..<Digest.byteCount {
        var changed = self
        changed[index] = changed[index].altered(at: byte)
        results.append(changed)
      }
    }
    return results
  }
}
