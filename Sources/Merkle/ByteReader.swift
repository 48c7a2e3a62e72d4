internal import Cryptography

/// Why stored bytes are not a page, node or key.
public enum MerkleDecodingFault: Error, Hashable, Sendable {
  /// What was found to be wrong.
  public enum Field: Hashable, Sendable {
    case pageLevel, childMaps, childVersion, pathLength, pathPadding
  }
  /// The bytes end in the middle of a field.
  case truncated
  /// Bytes are left over after the last field.
  case trailingBytes(Int)
  /// A field holds a value that is never written.
  case malformed(Field)
}

/// Reads fields from the front of a byte string and refuses to read past its end.
struct ByteReader {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func byte() throws(MerkleDecodingFault) -> UInt8 {
    guard offset < bytes.count else { throw .truncated }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// A big-endian integer.
  mutating func integer<Value: FixedWidthInteger & UnsignedInteger>()
    throws(MerkleDecodingFault) -> Value
  {
    var value: Value = 0
    for _ in 0..<Value.bitWidth / 8 { value = value << 8 | Value(try byte()) }
    return value
  }

  /// An integer in 7-bit groups, lowest first, in the only form that `appendVarint` writes.
  mutating func varint() throws(MerkleDecodingFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let group = try byte()
      let bits = UInt64(group & 0x7f)
      guard (bits << shift) >> shift == bits else { throw .malformed(.childVersion) }
      value |= bits << shift
      if group < 0x80 {
        guard group > 0 || shift == 0 else { throw .malformed(.childVersion) }
        return value
      }
    }
    throw .malformed(.childVersion)
  }

  mutating func digest() throws(MerkleDecodingFault) -> Digest {
    let end = offset + Digest.byteCount
    guard end <= bytes.count, let digest = Digest(bytes[offset..<end]) else { throw .truncated }
    offset = end
    return digest
  }

  /// Everything that has not been read.
  mutating func rest() -> [UInt8] {
    defer { offset = bytes.count }
    return Array(bytes[offset...])
  }

  func finish() throws(MerkleDecodingFault) {
    guard offset == bytes.count else { throw .trailingBytes(bytes.count - offset) }
  }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// The bytes, most significant first.
  var bigEndianBytes: [UInt8] {
    stride(from: Self.bitWidth - 8, through: 0, by: -8).map { shift in
      UInt8(truncatingIfNeeded: self >> shift)
    }
  }
}

extension [UInt8] {
  /// Appends `value` in 7-bit groups, lowest first, each but the last marked by its top bit.
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
