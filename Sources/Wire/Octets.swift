public import Foundation

// Generated messages hold `Data`; everything above this layer holds `[UInt8]`.

extension Data {
  /// The bytes as an array, copied in one piece: as a sequence they would pass one by one.
  public var octets: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}

extension Array where Element == UInt8 {
  /// Whether both are the same bytes; looks at all of them, which is many times faster than `==`.
  func hasBytes(of other: [UInt8]) -> Bool {
    let (left, right) = (span, other.span)
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }

  /// The bytes as a generated message's field wants them.
  public var data: Data { Data(self) }
}
