extension FixedWidthInteger {
  /// Most significant byte first, so that keys sort as numbers do.
  public var bigEndianBytes: [UInt8] {
    (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (Self.bitWidth - 8 - 8 * $0)) }
  }

  /// Reads what `bigEndianBytes` writes.
  /// - Returns: `nil` unless the number of bytes is this type's.
  public init?(bigEndian bytes: some Collection<UInt8>) {
    guard bytes.count == Self.bitWidth / 8 else { return nil }
    self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
  }
}
