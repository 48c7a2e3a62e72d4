public import Foundation

// Generated messages hold `Data`; everything above this layer holds `[UInt8]`.

extension Data {
  /// The bytes as an array.
  public var octets: [UInt8] { [UInt8](self) }
}

extension Array where Element == UInt8 {
  /// The bytes as a generated message's field wants them.
  public var data: Data { Data(self) }
}
