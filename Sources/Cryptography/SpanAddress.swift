extension Span<UInt8> {
  /// Lends the address and the count of the bytes for a C call within `body`.
  ///
  /// The address is valid even for no bytes, where some of the C libraries accept no null.
  func withAddress<Result>(_ body: (UnsafePointer<UInt8>, Int) -> Result) -> Result {
    withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else {
        return withUnsafePointer(to: 0) { body($0, 0) }
      }
      return body(start, buffer.count)
    }
  }
}
