internal import Cryptography
internal import LedgerModel

/// The batches that may be ordered: this node's own and its peers', in order of arrival.
///
/// Bounded for each author, so that no peer's flood takes the place of others.
struct HeldBatches {
  struct Held {
    var batch: CheckedBatch
    /// Who sent it first; `nil` for this node's own.
    let author: PeerID?
    let sinceMs: UInt64
    /// Of its arrival: a batch that was taken out and came again has a new one.
    fileprivate let number: UInt64
  }

  /// Bytes held for each author.
  let bytesPerAuthor: Int
  private var held: [Digest: Held] = [:]
  /// Every arrival, oldest first; those taken out since are dropped from time to time.
  private var order: [(number: UInt64, digest: Digest)] = []
  private var arrivals: UInt64 = 0
  private var bytesByAuthor: [PeerID?: Int] = [:]
  /// Digests ordered a short time ago, so that a late copy is not held again; two generations.
  private var ordered: (newer: Set<Digest>, older: Set<Digest>) = ([], [])
  private static let orderedKept = 8_192

  init(bytesPerAuthor: Int) {
    self.bytesPerAuthor = bytesPerAuthor
  }

  var isEmpty: Bool { held.isEmpty }
  var count: Int { held.count }
  var byteCount: Int { bytesByAuthor.values.reduce(0, +) }

  func bytes(of author: PeerID?) -> Int { bytesByAuthor[author, default: 0] }

  subscript(digest: Digest) -> Held? { held[digest] }

  /// Whether a block with this batch was delivered a short time ago.
  func wasOrdered(_ digest: Digest) -> Bool {
    ordered.newer.contains(digest) || ordered.older.contains(digest)
  }

  /// Every held batch, oldest first.
  var all: [Held] { order.compactMap { current($0) } }

  private func current(_ arrival: (number: UInt64, digest: Digest)) -> Held? {
    held[arrival.digest].flatMap { $0.number == arrival.number ? $0 : nil }
  }

  /// Holds a batch.
  /// - Parameter isWanted: A proposal names it: then it is held in any case.
  /// - Returns: False if it is known, was ordered, or its author has too much here.
  mutating func add(
    _ batch: CheckedBatch, author: PeerID?, isWanted: Bool, atMs now: UInt64
  ) -> Bool {
    let digest = batch.batch.digest
    guard held[digest] == nil, !wasOrdered(digest) else { return false }
    let bytes = bytesByAuthor[author, default: 0]
    // An author with nothing here may send a batch of any size, or a large one could never pass.
    guard isWanted || author == nil || bytes == 0 || bytes + batch.byteCount <= bytesPerAuthor
    else { return false }
    arrivals += 1
    held[digest] = Held(batch: batch, author: author, sinceMs: now, number: arrivals)
    order.append((arrivals, digest))
    bytesByAuthor[author] = bytes + batch.byteCount
    return true
  }

  /// Takes a batch out: it was ordered, or can no longer be.
  mutating func remove(_ digest: Digest) {
    guard let gone = held.removeValue(forKey: digest) else { return }
    let bytes = bytesByAuthor[gone.author, default: 0] - gone.batch.byteCount
    bytesByAuthor[gone.author] = bytes <= 0 ? nil : bytes
    if order.first?.number == gone.number {
      order.removeFirst()
    } else if order.count > 2 * held.count + 64 {
      order = order.filter { current($0) != nil }
    }
  }

  /// Takes out what a delivered block named.
  mutating func order(_ digests: [Digest]) {
    for digest in digests {
      remove(digest)
      ordered.newer.insert(digest)
    }
    if ordered.newer.count > Self.orderedKept { ordered = ([], ordered.newer) }
  }

  /// Notes that a batch was checked again, under the registry of a new epoch; a late answer for an
  /// earlier one changes nothing.
  mutating func replace(_ batch: CheckedBatch) {
    guard let known = held[batch.batch.digest], known.batch.epoch < batch.epoch else { return }
    held[batch.batch.digest]?.batch = batch
  }
}
