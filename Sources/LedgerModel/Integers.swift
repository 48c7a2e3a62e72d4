extension FixedWidthInteger {
  /// Most significant byte first, so that keys sort as numbers do.
  @inlinable public var bigEndianBytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.bitWidth / 8)
    var rest = self
    for index in bytes.indices.reversed() {
      bytes[index] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
    }
    return bytes
  }

  /// Reads what `bigEndianBytes` writes.
  /// - Returns: `nil` unless the number of bytes is this type's.
  @inlinable public init?(bigEndian bytes: some Collection<UInt8>) {
    guard bytes.count == Self.bitWidth / 8 else { return nil }
    self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
