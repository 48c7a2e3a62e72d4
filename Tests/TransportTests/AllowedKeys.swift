import Synchronization

@testable import Transport

/// The keys that a node lets in, which a test may change.
final class AllowedKeys: Sendable {
  private let keys: Mutex<Set<PeerKey>>

  init(_ keys: [PeerKey]) { self.keys = Mutex(Set(keys)) }

  func contains(_ key: PeerKey) -> Bool { keys.withLock { $0.contains(key) } }
  func insert(_ key: PeerKey) { keys.withLock { _ = $0.insert(key) } }
  func remove(_ key: PeerKey) { keys.withLock { _ = $0.remove(key) } }
}
