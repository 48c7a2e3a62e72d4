/// A 32-byte hash or authentication tag of the chain's suite.
///
/// Kept as four words so that it compares and hashes without touching the heap.
public struct Digest: Hashable, Sendable {
  /// Length of every digest, in bytes.
  public static let byteCount = 32

  /// The digest of nothing: the parent of the first block and the predecessor of a first event.
  public static let zero = Digest(words: (0, 0, 0, 0))

  private let word0: UInt64
  private let word1: UInt64
  private let word2: UInt64
  private let word3: UInt64

  private init(words: (UInt64, UInt64, UInt64, UInt64)) {
    (word0, word1, word2, word3) = words
  }

  /// Reads a digest, first byte most significant.
  /// - Returns: `nil` unless there are exactly 32 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      switch index / 8 {
      case 0: words.0 = words.0 << 8 | UInt64(byte)
      case 1: words.1 = words.1 << 8 | UInt64(byte)
      case 2: words.2 = words.2 << 8 | UInt64(byte)
      default: words.3 = words.3 << 8 | UInt64(byte)
      }
    }
    self.init(words: words)
  }

  /// Reads a digest out of a longer byte string, much faster than from a general collection.
  /// - Returns: `nil` unless the slice has exactly 32 bytes.
  public init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self = bytes.withUnsafeBytes { Digest(reading: $0) }
  }

  /// The same for an array: the generic form is slow where it is not specialised.
  public init?(_ bytes: [UInt8]) {
    self.init(bytes[...])
  }

  /// Reads the 64 hexadecimal digits that `hex` writes, in either case.
  public init?(hex: String) {
    guard let bytes = [UInt8](hex: hex) else { return nil }
    self.init(bytes)
  }

  /// The 32 bytes, most significant first.
  public var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      write(to: UnsafeMutableRawBufferPointer(buffer))
      count = Self.byteCount
    }
  }

  /// 64 lowercase hexadecimal digits.
  public var hex: String { bytes.hex }

  /// Bit `index` counted from the most significant bit of the first byte, 0 ..< 256.
  public func bit(_ index: Int) -> Bool {
    (word(index >> 6) >> UInt64(63 - (index & 63))) & 1 == 1
  }

  /// Half-byte `index` counted from the most significant one, 0 ..< 64.
  public func nibble(_ index: Int) -> Int {
    Int((word(index >> 4) >> UInt64(60 - 4 * (index & 15))) & 15)
  }

  private func word(_ index: Int) -> UInt64 {
    switch index {
    case 0: word0
    case 1: word1
    case 2: word2
    default: word3
    }
  }

  /// Writes the 32 bytes to the start of `buffer`, which must hold them.
  func write(to buffer: UnsafeMutableRawBufferPointer) {
    buffer.storeBytes(of: word0.bigEndian, toByteOffset: 0, as: UInt64.self)
    buffer.storeBytes(of: word1.bigEndian, toByteOffset: 8, as: UInt64.self)
    buffer.storeBytes(of: word2.bigEndian, toByteOffset: 16, as: UInt64.self)
    buffer.storeBytes(of: word3.bigEndian, toByteOffset: 24, as: UInt64.self)
  }

  /// Reads 32 bytes from the start of `buffer`, which must hold them.
  init(reading buffer: UnsafeRawBufferPointer) {
    self.init(
      words: (
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
      ))
  }
}

extension Digest: Comparable {
  /// Orders as the bytes do, which is the order of keys in the index.
  public static func < (left: Digest, right: Digest) -> Bool {
    (left.word0, left.word1, left.word2, left.word3)
      < (right.word0, right.word1, right.word2, right.word3)
  }
}

extension Digest: CustomStringConvertible {
  /// The hexadecimal form.
  public var description: String { hex }
}
