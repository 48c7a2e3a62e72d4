internal import CLibXML2
internal import Glibc

/// Owns one iconv descriptor, which turns a Chinese encoding into UTF-8.
struct TextDecoder: ~Copyable {
  enum Result {
    case text([UInt8])
    /// The bytes from this offset on are no character.
    case invalid(offset: Int)
    /// The last character is cut.
    case incomplete
  }

  private let descriptor: iconv_t

  /// - Returns: `nil` where the host does not know the encoding.
  init?(from name: String) {
    guard let opened = iconv_open("UTF-8", name), opened != Self.failure else { return nil }
    descriptor = opened
  }

  deinit {
    iconv_close(descriptor)
  }

  func decode(_ bytes: [UInt8]) -> Result {
    // Two bytes of GBK become at most three of UTF-8, four of GB18030 at most four.
    let capacity = bytes.count * 3 / 2 + 4
    var input = bytes
    var inputLeft = input.count
    var outputLeft = capacity
    var failed = false
    var reason: Int32 = 0
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeMutableBytes { input in
        var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
        var to = UnsafeMutableRawPointer(output.baseAddress)?.assumingMemoryBound(to: CChar.self)
        failed = iconv(descriptor, &from, &inputLeft, &to, &outputLeft) == -1
        reason = errno
      }
      count = capacity - outputLeft
    }
    guard failed else { return .text(output) }
    return reason == EINVAL ? .incomplete : .invalid(offset: bytes.count - inputLeft)
  }

  /// What `iconv_open` returns when it fails: the pointer −1.
  private static var failure: iconv_t? { iconv_t(bitPattern: -1) }
}
