/// How many fields of each number an encoded message may have, and the messages inside it.
///
/// Two bytes can be a field that takes a hundred once it is decoded, so who accepts large messages
/// of strangers counts first.
public struct FieldCounts: Sendable {
  private let most: [UInt64: Int]
  private let inner: [UInt64: FieldCounts]

  /// - Parameters:
  ///   - most: Of repeated fields, by number. Any other is there once at most.
  ///   - inner: Of fields whose messages have repeated fields, by number.
  public init(most: [UInt64: Int] = [:], inner: [UInt64: FieldCounts] = [:]) {
    self.most = most
    self.inner = inner
  }

  /// Whether the bytes have no more fields, and those in order of number, as W2 wants them.
  /// Decodes nothing.
  public func allow(_ bytes: [UInt8]) -> Bool { allow(bytes[...]) }

  private func allow(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    var (last, count): (UInt64, Int) = (0, 0)
    while !rest.isEmpty {
      guard let tag = rest.popVarint() else { return false }
      let number = tag >> 3
      count = number == last ? count + 1 : 1
      guard number >= last, count <= most[number] ?? 1 else { return false }
      last = number
      let length: UInt64? =
        switch tag & 7 {
        case 0: rest.popVarint().map { _ in 0 }
        case 1: 8
        case 2: rest.popVarint()
        case 5: 4
        default: nil
        }
      guard let length, length <= rest.count else { return false }
      if tag & 7 == 2, let counts = inner[number], !counts.allow(rest.prefix(Int(length))) {
        return false
      }
      rest.removeFirst(Int(length))
    }
    return true
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func popVarint() -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard let byte = popFirst() else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
