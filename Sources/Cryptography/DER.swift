/// The few forms of ASN.1's distinguished encoding in which OpenSSL takes and gives signatures and
/// SM2 ciphertexts. It never leaves this module (D7).
enum DER {
  /// Most bytes of an encoding; the longest, an SM2 ciphertext of 64 bytes, takes 173.
  static let byteCountMax = 255

  private enum Tag {
    static let integer: UInt8 = 0x02
    static let octets: UInt8 = 0x04
    static let sequence: UInt8 = 0x30
  }

  /// A length that takes one more byte than itself.
  private static let longLength: UInt8 = 0x81

  /// A sequence of already encoded values.
  static func sequence(_ values: [UInt8]) -> [UInt8] { value(Tag.sequence, values) }

  /// A string of bytes.
  static func octets(_ bytes: ArraySlice<UInt8>) -> [UInt8] { value(Tag.octets, Array(bytes)) }

  /// A natural number, most significant byte first, in as few bytes as possible.
  static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let digits = bytes.drop { $0 == 0 }
    // A first bit of 1 would mean a negative number.
    let needsZero = digits.first.map { $0 >= 0x80 } ?? true
    return value(Tag.integer, (needsZero ? [0] : []) + digits)
  }

  private static func value(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
    precondition(contents.count <= byteCountMax, "signatures and wrapped secrets are short")
    let length = UInt8(contents.count)
    return (length < 0x80 ? [tag, length] : [tag, longLength, length]) + contents
  }

  /// Reads the values of a sequence that OpenSSL wrote.
  struct Reader {
    private var rest: ArraySlice<UInt8>

    /// - Returns: `nil` unless `encoded` is exactly one sequence.
    init?(sequence encoded: ArraySlice<UInt8>) {
      rest = encoded
      guard let contents = value(Tag.sequence), rest.isEmpty else { return nil }
      rest = contents
    }

    /// Whether every value has been read.
    var isAtEnd: Bool { rest.isEmpty }

    /// A natural number in exactly 32 bytes.
    mutating func integer() -> [UInt8]? {
      let byteCount = EllipticCurve.coordinateByteCount
      guard let digits = value(Tag.integer)?.drop(while: { $0 == 0 }), digits.count <= byteCount
      else { return nil }
      return Array(repeating: 0, count: byteCount - digits.count) + digits
    }

    /// A string of bytes.
    mutating func octets() -> [UInt8]? { value(Tag.octets).map(Array.init) }

    private mutating func value(_ tag: UInt8) -> ArraySlice<UInt8>? {
      guard rest.popFirst() == tag, var length = rest.popFirst() else { return nil }
      if length == DER.longLength {
        guard let longer = rest.popFirst() else { return nil }
        length = longer
      } else if length > 0x7f {
        return nil
      }
      guard rest.count >= Int(length) else { return nil }
      defer { rest = rest.dropFirst(Int(length)) }
      return rest.prefix(Int(length))
    }
  }
}
