internal import Synchronization

/// The send queue of one link, filled by any thread and emptied by the link's event loop.
final class Outbox: Sendable {
  private struct State {
    var queue: SendQueue
    /// Whether the event loop knows that there is something to send.
    var isAwake = false
    var isClosed = false
  }

  private let record: PeerRecord
  private let signal: @Sendable (LinkSignal) -> Void
  private let state: Mutex<State>

  /// - Parameter signal: Reaches the link's handler later, on its event loop.
  init(
    limits: LinkLimits, record: PeerRecord, signal: @escaping @Sendable (LinkSignal) -> Void
  ) {
    self.record = record
    self.signal = signal
    state = Mutex(
      State(
        queue: SendQueue(
          urgentBytesMax: limits.urgentBytesMax, bulkBytesMax: limits.bulkBytesMax)))
  }

  /// Bytes of the messages that wait.
  var byteCount: Int { state.withLock { $0.queue.byteCount } }

  /// Whether there is something to send.
  var isAwake: Bool { state.withLock { $0.isAwake } }

  /// Adds a message, or counts it as dropped.
  func append(kind: UInt8, _ payload: [UInt8], _ urgency: MessageRule.Urgency) {
    var isDropped = false
    let message: LinkSignal? = state.withLock { state in
      guard !state.isClosed else {
        isDropped = true
        return nil
      }
      switch state.queue.append(kind: kind, payload, urgency) {
      case .queued:
        defer { state.isAwake = true }
        return state.isAwake ? nil : .drain
      case .dropped:
        isDropped = true
        return nil
      case .overflow:
        isDropped = true
        state.isClosed = true
        return .close(.notReading)
      }
    }
    if isDropped { record.count { $0.dropped += 1 } }
    if let message { signal(message) }
  }

  /// The frame to send next. After `nil` the next message calls the event loop again.
  func nextFrame() -> SendQueue.Frame? {
    state.withLock { state in
      let frame = state.isClosed ? nil : state.queue.nextFrame()
      if frame == nil { state.isAwake = false }
      return frame
    }
  }

  /// Drops what waits, and whatever is still added.
  func close() {
    let dropped = state.withLock { state in
      state.isClosed = true
      let dropped = state.queue.messageCount
      state.queue = SendQueue(urgentBytesMax: 0, bulkBytesMax: 0)
      return dropped
    }
    record.count { $0.dropped += UInt64(dropped) }
  }
}
