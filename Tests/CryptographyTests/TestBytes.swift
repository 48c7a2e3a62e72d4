import Testing

@testable import Cryptography

/// The bytes of hexadecimal digits, which may be spaced as the standards print them.
func bytes(_ hex: String) throws -> [UInt8] {
  try #require([UInt8](hex: hex.filter { !$0.isWhitespace }))
}

/// The bytes of `text`.
func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A secret from hexadecimal digits.
func secret(_ hex: String) throws -> SecretBytes { SecretBytes(copying: try bytes(hex)) }

extension Array where Element == UInt8 {
  /// The same bytes but for one bit of byte `index`.
  func flipping(_ index: Int, mask: UInt8 = 1) -> [UInt8] {
    var copy = self
    copy[index] ^= mask
    return copy
  }
}

/// A repeatable source of numbers for property tests (Steele, Lea and Flood's SplitMix).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

extension CryptoSuite {
  /// `isValid` for arrays: a macro cannot pass a span on.
  func isValid(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool {
    isValid(signature, of: message.span, by: key)
  }
}
