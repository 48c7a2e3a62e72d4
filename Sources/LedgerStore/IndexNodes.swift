internal import Cryptography
internal import Merkle
internal import Storage
internal import Synchronization

/// Reads index nodes from the store, the upper levels from memory.
final class IndexNodes: IndexNodeSource, Sendable {
  /// Nodes with at most this many half-bytes stay in memory: 16³ + 16² + 16 + 1 = 4,369 at most.
  private static let levelMax = 3

  private let store: any KeyValueStore
  private let cache = Mutex<[NodeKey: IndexNode]>([:])

  init(_ store: any KeyValueStore) {
    self.store = store
  }

  func node(_ key: NodeKey) throws(LedgerFault) -> IndexNode? {
    if key.nibbleCount <= Self.levelMax, let node = cache.withLock({ $0[key] }) { return node }
    let bytes: [UInt8]?
    do { bytes = try store.get(Tables.nodes, key.encoded) } catch { throw .storage(error) }
    guard let bytes else { return nil }
    do {
      return try IndexNode(decoding: bytes)
    } catch {
      throw .malformed(what: "index node", place: key.encoded.hex, reason: "\(error)")
    }
  }

  /// Takes over the nodes of an update that was written. Reading adds none, so what is kept is
  /// bounded by the newest state.
  func adopt(_ update: IndexUpdate) {
    cache.withLock { cache in
      for key in update.staleNodes { cache[key] = nil }
      for (key, node) in update.newNodes where key.nibbleCount <= Self.levelMax {
        cache[key] = node
      }
    }
  }
}

/// Reads full log pages from the store.
struct LogPages: LogPageSource {
  let store: any KeyValueStore

  func digests(level: UInt8, index: UInt64) throws(LedgerFault) -> [Digest]? {
    let key = LogPage.key(level: level, index: index)
    let bytes: [UInt8]?
    do { bytes = try store.get(Tables.pages, key) } catch { throw .storage(error) }
    guard let bytes else { return nil }
    let page: LogPage
    do {
      page = try LogPage(decoding: bytes)
    } catch {
      throw .malformed(what: "log page", place: "level \(level), \(index)", reason: "\(error)")
    }
    return page.level == level && page.index == index ? page.digests : nil
  }
}
