internal import Synchronization

/// Lets tasks wait until a number that only grows has reached a target.
final class Gate: Sendable {
  private struct Waiter {
    let target: UInt64
    let continuation: CheckedContinuation<Bool, Never>
    let timeout: Task<Void, Never>
  }

  private struct State {
    var value: UInt64
    var nextID: UInt64 = 0
    var waiters: [UInt64: Waiter] = [:]
  }

  private let state: Mutex<State>

  init(_ value: UInt64) {
    state = Mutex(State(value: value))
  }

  var value: UInt64 { state.withLock { $0.value } }

  /// Raises the number and wakes those whose target it reached.
  func raise(to value: UInt64) {
    let reached = state.withLock { state in
      state.value = max(state.value, value)
      let reached = state.waiters.filter { $0.value.target <= state.value }
      for id in reached.keys { state.waiters[id] = nil }
      return Array(reached.values)
    }
    for waiter in reached {
      waiter.timeout.cancel()
      waiter.continuation.resume(returning: true)
    }
  }

  /// Waits until the number is at least `target`.
  /// - Returns: False if that did not happen in time.
  func wait(for target: UInt64, milliseconds: Int) async -> Bool {
    if value >= target { return true }
    if milliseconds <= 0 { return false }
    return await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        if state.value >= target { return true }
        state.nextID += 1
        let id = state.nextID
        // Made under the lock, so that it cannot expire before the waiter is there.
        let timeout = Task {
          try? await Task.sleep(for: .milliseconds(milliseconds))
          expire(id)
        }
        state.waiters[id] = Waiter(target: target, continuation: continuation, timeout: timeout)
        return false
      }
      if isReached { continuation.resume(returning: true) }
    }
  }

  private func expire(_ id: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume(returning: false)
  }
}
