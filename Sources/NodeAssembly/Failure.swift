internal import Synchronization

/// The first error that ends the node, for whoever waits for it.
final class Failure: Sendable {
  private struct State {
    var error: (any Error)?
    var isReleased = false
    var waiter: CheckedContinuation<(any Error)?, Never>?
  }

  private let state = Mutex(State())

  var error: (any Error)? { state.withLock { $0.error } }

  func report(_ error: any Error) {
    let waiter = state.withLock { state in
      if state.error == nil { state.error = error }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: error)
  }

  /// Ends the waiting: the node stops without a failure.
  func release() {
    let waiter = state.withLock { state in
      state.isReleased = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: nil)
  }

  /// The error, once there is one; `nil` after `release`.
  func wait() async -> (any Error)? {
    await withCheckedContinuation { continuation in
      let (isOver, error) = state.withLock { state in
        if state.error == nil, !state.isReleased { state.waiter = continuation }
        return (state.error != nil || state.isReleased, state.error)
      }
      if isOver { continuation.resume(returning: error) }
    }
  }
}
