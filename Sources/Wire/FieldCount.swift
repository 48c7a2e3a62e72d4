/// Counts the fields at the top level of an encoded message without decoding any.
///
/// Two bytes can be a field that takes a hundred once it is decoded, so who accepts large messages
/// of strangers counts first.
/// - Returns: `nil` if there are more than `most`, or the bytes are no message.
public func fieldCount(of bytes: [UInt8], most: Int) -> Int? {
  var rest = bytes[...]
  var count = 0
  while !rest.isEmpty {
    count += 1
    guard count <= most, let tag = rest.popVarint() else { return nil }
    let length: UInt64? =
      switch tag & 7 {
      case 0: rest.popVarint().map { _ in 0 }
      case 1: 8
      case 2: rest.popVarint()
      case 5: 4
      default: nil
      }
    guard let length, length <= rest.count else { return nil }
    rest.removeFirst(Int(length))
  }
  return count
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
