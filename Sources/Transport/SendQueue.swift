internal import NIOCore

/// What waits to be sent to one peer: two classes, each in order, the urgent one first.
///
/// Urgent messages overtake even between two frames of one bulk message.
/// - Source: docs/spec/15-links.md, rule N6.
struct SendQueue {
  /// What became of a message.
  enum Outcome {
    case queued
    /// The bulk queue is full.
    case dropped
    /// The urgent queue is full: the peer does not read.
    case overflow
  }

  /// A frame to seal and send.
  struct Frame {
    let plaintext: [UInt8]
    /// Whether a message ends with it.
    let endsMessage: Bool
  }

  private struct Message {
    let kind: UInt8
    let payload: [UInt8]
    var isBegun = false
    var sent = 0

    /// Bytes that the message counts for: empty ones take room too.
    var cost: Int { payload.count + SendQueue.messageOverhead }
  }

  private struct Lane {
    let urgency: MessageRule.Urgency
    var messages = CircularBuffer<Message>()
    var byteCount = 0

    mutating func append(_ message: Message) {
      messages.append(message)
      byteCount += message.cost
    }

    mutating func nextFrame() -> Frame? {
      guard let message = messages.first else { return nil }
      let plaintext: [UInt8]
      let head: Int
      if message.isBegun {
        plaintext = LinkFrame.continuation(urgency, message.payload, sent: message.sent)
        head = LinkFrame.continuationHeadByteCount
      } else {
        plaintext = LinkFrame.message(urgency, kind: message.kind, message.payload)
        head = LinkFrame.messageHeadByteCount
      }
      let sent = message.sent + plaintext.count - head
      guard sent == message.payload.count else {
        messages[messages.startIndex].isBegun = true
        messages[messages.startIndex].sent = sent
        return Frame(plaintext: plaintext, endsMessage: false)
      }
      messages.removeFirst()
      byteCount -= message.cost
      return Frame(plaintext: plaintext, endsMessage: true)
    }
  }

  /// Bytes that a message takes besides its payload, about.
  static let messageOverhead = 64

  private let urgentBytesMax: Int
  private let bulkBytesMax: Int
  private var urgent = Lane(urgency: .urgent)
  private var bulk = Lane(urgency: .bulk)

  init(urgentBytesMax: Int, bulkBytesMax: Int) {
    self.urgentBytesMax = urgentBytesMax
    self.bulkBytesMax = bulkBytesMax
  }

  /// Bytes of all that waits.
  var byteCount: Int { urgent.byteCount + bulk.byteCount }
  /// The number of messages that wait, begun ones included.
  var messageCount: Int { urgent.messages.count + bulk.messages.count }

  /// Adds a message, unless its class is full. One message of any size fits an empty class.
  mutating func append(
    kind: UInt8, _ payload: [UInt8], _ urgency: MessageRule.Urgency
  ) -> Outcome {
    let message = Message(kind: kind, payload: payload)
    switch urgency {
    case .urgent:
      guard Self.fits(message, urgent, urgentBytesMax) else { return .overflow }
      urgent.append(message)
    case .bulk:
      guard Self.fits(message, bulk, bulkBytesMax) else { return .dropped }
      bulk.append(message)
    }
    return .queued
  }

  /// The frame to send next.
  mutating func nextFrame() -> Frame? { urgent.nextFrame() ?? bulk.nextFrame() }

  private static func fits(_ message: Message, _ lane: Lane, _ byteCountMax: Int) -> Bool {
    lane.messages.isEmpty || lane.byteCount + message.cost <= byteCountMax
  }
}
