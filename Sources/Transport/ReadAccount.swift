internal import Synchronization

/// Counts the delivered bytes of one link that nobody has released yet.
///
/// At the limit reading stops; it goes on when half of that is released, so that it does not stop
/// and go with every message.
final class ReadAccount: Sendable {
  private struct State {
    var unreleased = 0
    var isPaused = false
    var isClosed = false
  }

  private let byteCountMax: Int
  private let resume: @Sendable () -> Void
  private let state = Mutex(State())

  /// - Parameter resume: Called on any thread when reading may go on.
  init(byteCountMax: Int, resume: @escaping @Sendable () -> Void) {
    self.byteCountMax = byteCountMax
    self.resume = resume
  }

  /// Counts a message that is about to be delivered.
  func take(_ byteCount: Int) -> ReadCredit {
    state.withLock { $0.unreleased += byteCount }
    return ReadCredit(byteCount, from: self)
  }

  /// Whether to read on. If not, `resume` is called later.
  func mayRead() -> Bool {
    state.withLock { state in
      state.isPaused = state.unreleased >= byteCountMax && state.unreleased > 0
      return !state.isPaused
    }
  }

  /// Calls `resume` no more: the link has ended.
  func close() { state.withLock { $0.isClosed = true } }

  func giveBack(_ byteCount: Int) {
    let resumes = state.withLock { state in
      state.unreleased -= byteCount
      guard !state.isClosed, state.isPaused, state.unreleased <= byteCountMax / 2 else {
        return false
      }
      state.isPaused = false
      return true
    }
    if resumes { resume() }
  }
}
