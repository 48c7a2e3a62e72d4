internal import Cryptography

/// The plaintext of one sealed frame.
///
/// ```
/// ping          00
/// message       01 ‖ class 1 ‖ kind 1 ‖ length of the message 4 ‖ first bytes of the message
/// continuation  02 ‖ class 1 ‖ next bytes of the message of that class
/// ```
/// - Source: docs/spec/15-links.md, rule N5.
enum LinkFrame {
  /// First byte of each form.
  enum Form: UInt8 {
    case ping = 0
    case message = 1
    case continuation = 2
  }

  static let ping: [UInt8] = [Form.ping.rawValue]
  static let messageHeadByteCount = 7
  static let continuationHeadByteCount = 2
  /// Most bytes of a plaintext.
  static let byteCountMax = NoiseSuite.messageByteCountMax - NoiseSuite.tagByteCount
  /// Bytes of the shortest sealed frame.
  static let sealedByteCountMin = 1 + NoiseSuite.tagByteCount

  /// The frame that begins a message, with as much of it as fits.
  static func message(
    _ urgency: MessageRule.Urgency, kind: UInt8, _ payload: [UInt8]
  ) -> [UInt8] {
    let count = UInt32(payload.count)
    let head: [UInt8] = [
      Form.message.rawValue, urgency.rawValue, kind, UInt8(truncatingIfNeeded: count >> 24),
      UInt8(truncatingIfNeeded: count >> 16), UInt8(truncatingIfNeeded: count >> 8),
      UInt8(truncatingIfNeeded: count),
    ]
    return joined(head, payload.prefix(byteCountMax - messageHeadByteCount))
  }

  /// A frame with more of a message, of which `sent` bytes have gone.
  static func continuation(
    _ urgency: MessageRule.Urgency, _ payload: [UInt8], sent: Int
  ) -> [UInt8] {
    let rest = payload[sent...].prefix(byteCountMax - continuationHeadByteCount)
    return joined([Form.continuation.rawValue, urgency.rawValue], rest)
  }

  private static func joined(_ head: [UInt8], _ part: ArraySlice<UInt8>) -> [UInt8] {
    var frame: [UInt8] = []
    frame.reserveCapacity(head.count + part.count)
    frame += head
    frame += part
    return frame
  }
}
