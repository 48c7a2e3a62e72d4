internal import Dispatch
internal import Synchronization

/// Messages from any thread to one thread that waits for them.
///
/// Senders bound what they put in: each message stands for a transaction, block or request that was
/// admitted under a limit of its own.
final class Mailbox<Message: Sendable>: Sendable {
  private let messages = Mutex<[Message]>([])
  private let arrived = DispatchSemaphore(value: 0)

  func send(_ message: Message) {
    messages.withLock { $0.append(message) }
    arrived.signal()
  }

  /// All messages that have arrived, waiting for the first up to a number of milliseconds.
  func receive(waitMs: Int) -> [Message] {
    let isWoken = arrived.wait(timeout: .now() + .milliseconds(waitMs)) == .success
    let received = messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
    // One signal was sent for each message: the others of this batch are used up here.
    for _ in 0..<max(0, received.count - (isWoken ? 1 : 0)) {
      _ = arrived.wait(timeout: .now())
    }
    return received
  }
}
