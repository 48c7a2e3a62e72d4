internal import Cryptography
internal import Merkle
internal import Storage
internal import Synchronization

/// Reads index nodes from the store.
struct IndexNodes: IndexNodeSource {
  let store: any KeyValueStore

  func node(_ key: NodeKey) throws(LedgerFault) -> IndexNode? {
    let bytes: [UInt8]?
    do { bytes = try store.get(Tables.nodes, key.encoded) } catch { throw .storage(error) }
    guard let bytes else { return nil }
    do {
      return try IndexNode(decoding: bytes)
    } catch {
      throw .malformed(what: "index node", place: key.encoded.hex, reason: "\(error)")
    }
  }
}

/// The same with the newest state's nodes kept in memory: updates read them again and again, while
/// proofs of older states would only fill the memory with what is never read twice.
final class RecentNodes: IndexNodeSource, Sendable {
  /// Nodes kept. With 16 children each a node takes some 1.2 KB, but most have three or four.
  private static let countMax = 65_536

  private let source: IndexNodes
  private let recent = Mutex<[NodeKey: IndexNode]>([:])

  init(_ source: IndexNodes) {
    self.source = source
  }

  func node(_ key: NodeKey) throws(LedgerFault) -> IndexNode? {
    if let node = recent.withLock({ $0[key] }) { return node }
    let node = try source.node(key)
    if let node { recent.withLock { Self.keep(node, key, &$0) } }
    return node
  }

  /// Takes over the nodes of an update that was written.
  func adopt(_ update: IndexUpdate) {
    recent.withLock { recent in
      for key in update.staleNodes { recent[key] = nil }
      for (key, node) in update.newNodes { Self.keep(node, key, &recent) }
    }
  }

  /// When full, all but the upper levels go: those are read by every update.
  private static func keep(
    _ node: IndexNode, _ key: NodeKey, _ recent: inout [NodeKey: IndexNode]
  ) {
    if recent.count >= countMax { recent = recent.filter { $0.key.nibbleCount <= 3 } }
    recent[key] = node
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
