/// Puts messages together from frames, one message of each class at a time.
///
/// A message's length is checked against its kind before anything of it is kept; memory grows with
/// what has come, not with what was announced.
/// - Source: docs/spec/15-links.md, rule N5.
struct MessageAssembler {
  /// A whole message.
  struct Whole: Equatable {
    let kind: UInt8
    let payload: [UInt8]
  }

  private struct Partial {
    let kind: UInt8
    let byteCount: Int
    var bytes: [UInt8]
  }

  private let rule: @Sendable (UInt8) -> MessageRule
  private var urgent: Partial?
  private var bulk: Partial?

  init(rule: @escaping @Sendable (UInt8) -> MessageRule) { self.rule = rule }

  /// Takes the plaintext of the next frame.
  /// - Returns: The message that it completes, if it does.
  /// - Throws: `tooLarge` for a message over its kind's limit, `malformed` for any other frame that
  ///   a peer cannot have sent.
  mutating func read(_ frame: [UInt8]) throws(LinkRefusal) -> Whole? {
    guard let first = frame.first, let form = LinkFrame.Form(rawValue: first) else {
      throw .malformed
    }
    if form == .ping {
      guard frame.count == 1 else { throw .malformed }
      return nil
    }
    guard frame.count >= 2, let urgency = MessageRule.Urgency(rawValue: frame[1]) else {
      throw .malformed
    }
    switch urgency {
    case .urgent: return try Self.extend(&urgent, form, frame, rule)
    case .bulk: return try Self.extend(&bulk, form, frame, rule)
    }
  }

  private static func extend(
    _ partial: inout Partial?, _ form: LinkFrame.Form, _ frame: [UInt8],
    _ rule: (UInt8) -> MessageRule
  ) throws(LinkRefusal) -> Whole? {
    if form == .message {
      guard partial == nil, frame.count >= LinkFrame.messageHeadByteCount else { throw .malformed }
      let byteCount = frame[3..<7].reduce(0) { $0 << 8 | Int($1) }
      guard byteCount <= rule(frame[2]).byteCountMax else { throw .tooLarge }
      let part = frame[LinkFrame.messageHeadByteCount...]
      partial = Partial(kind: frame[2], byteCount: byteCount, bytes: Array(part))
    } else {
      guard frame.count > LinkFrame.continuationHeadByteCount, partial != nil else {
        throw .malformed
      }
      partial?.bytes += frame[LinkFrame.continuationHeadByteCount...]
    }
    guard let current = partial, current.bytes.count >= current.byteCount else { return nil }
    guard current.bytes.count == current.byteCount else { throw .malformed }
    partial = nil
    return Whole(kind: current.kind, payload: current.bytes)
  }
}
