import Synchronization

@testable import Transport

/// What a node's links reported. Messages are held until `release`.
final class Recorder: Sendable {
  private struct State {
    var messages: [PeerKey: [LinkMessage]] = [:]
    var ups: [PeerKey: Int] = [:]
    var downs: [PeerKey: [String]] = [:]
  }

  private let state = Mutex(State())

  func record(_ event: LinkEvent) {
    state.withLock { state in
      switch event {
      case .up(let peer): state.ups[peer, default: 0] += 1
      case .down(let peer, let reason): state.downs[peer, default: []].append(reason)
      case .message(let peer, let message): state.messages[peer, default: []].append(message)
      }
    }
  }

  func messages(from peer: PeerKey) -> [LinkMessage] {
    state.withLock { $0.messages[peer] ?? [] }
  }

  func ups(of peer: PeerKey) -> Int { state.withLock { $0.ups[peer] ?? 0 } }
  func downs(of peer: PeerKey) -> [String] { state.withLock { $0.downs[peer] ?? [] } }

  /// Whether the link to `peer` stands.
  func isUp(_ peer: PeerKey) -> Bool { ups(of: peer) > downs(of: peer).count }

  /// Lets go of all messages.
  /// - Returns: How many there were.
  func release() -> Int {
    // They go outside the lock, since letting go of a message calls its link.
    let released = state.withLock { state in
      defer { state.messages = [:] }
      return state.messages
    }
    return released.values.reduce(0) { $0 + $1.count }
  }
}
