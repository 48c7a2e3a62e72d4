internal import RouterCore
internal import Synchronization

/// The newest view of each channel, for those who wait for a newer one.
final class ChangeBoard: Sendable {
  private struct Waiter {
    let channel: String
    let number: UInt64
    let continuation: CheckedContinuation<Void, Never>
    let timeout: Task<Void, Never>
  }

  private struct State {
    var views: [String: (number: UInt64, view: ChannelView)] = [:]
    var nextID: UInt64 = 0
    var waiters: [UInt64: Waiter] = [:]
  }

  private let state = Mutex(State())

  /// The newest view, and its number; 0 before the first.
  func version(of channel: String) -> (number: UInt64, view: ChannelView?) {
    state.withLock { state in
      state.views[channel].map { ($0.number, $0.view) } ?? (0, nil)
    }
  }

  var views: [ChannelView] {
    state.withLock { state in state.views.sorted { $0.key < $1.key }.map(\.value.view) }
  }

  /// Shows a view, and wakes who waits for one.
  func show(_ view: ChannelView) {
    let woken = state.withLock { state in
      let number = (state.views[view.id]?.number ?? 0) + 1
      state.views[view.id] = (number, view)
      let woken = state.waiters.filter { $0.value.channel == view.id && $0.value.number < number }
      for id in woken.keys { state.waiters[id] = nil }
      return Array(woken.values)
    }
    for waiter in woken {
      waiter.timeout.cancel()
      waiter.continuation.resume()
    }
  }

  /// Waits for a view after the one of this number, or until the time is over.
  func wait(_ channel: String, after number: UInt64, milliseconds: Int) async {
    guard milliseconds > 0 else { return }
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    await withTaskCancellationHandler {
      await wait(channel, after: number, milliseconds: milliseconds, id)
    } onCancel: {
      expire(id)
    }
  }

  private func wait(
    _ channel: String, after number: UInt64, milliseconds: Int, _ id: UInt64
  ) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if (state.views[channel]?.number ?? 0) > number || Task.isCancelled { return true }
        // Made under the lock, so that it cannot expire before the waiter is there.
        let timeout = Task {
          try? await Task.sleep(for: .milliseconds(milliseconds))
          expire(id)
        }
        state.waiters[id] = Waiter(
          channel: channel, number: number, continuation: continuation, timeout: timeout)
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  private func expire(_ id: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume()
  }
}
