package import Cryptography
package import LedgerModel
package import NodeCore

/// Looks at a run from outside and shares no code with what it checks.
///
/// - K1. All honest nodes have the same block and the same state at every height.
/// - K2. No honest key gives out two votes that exclude each other, over all lives.
/// - K3. What one honest node has executed is in every honest ledger in the end, once.
/// - K4. No honest node accuses another one or refuses what it says.
/// - K7. A lie that an honest node notices is in every honest ledger in the end, once, if that node
///   lives on and the epoch does not end.
package struct Checker: Sendable {
  struct Height: Hashable {
    let block: Digest
    let state: ExecutedState
    /// Who was first.
    let node: Int
  }

  /// That a validator lied in an epoch.
  package struct Lie: Hashable, Sendable {
    let epoch: UInt64
    let validator: String

    package init(epoch: UInt64, validator: String) {
      self.epoch = epoch
      self.validator = validator
    }
  }

  /// What a key has said about a view.
  private struct Said {
    var notarized: Set<[UInt8]> = []
    var finalized: Set<[UInt8]> = []
    var nullified = false
  }

  private struct Place: Hashable {
    let key: PeerID
    let epoch: UInt64
    let view: UInt64
  }

  /// What is wrong, in the order found.
  package private(set) var faults: [String] = []
  private var heights: [UInt64: Height] = [:]
  private var said: [Place: Said] = [:]
  /// Transactions that an honest node has executed, and where.
  private(set) var executed: [Digest: UInt64] = [:]
  /// Lies that honest nodes noticed, each with a node, in which of its lives.
  private var lies: [Lie: [(node: Int, life: Int)]] = [:]
  private var proposers: [Digest: PeerID] = [:]

  package init() {}

  package mutating func fault(_ text: String) { faults.append(text) }

  /// The highest block that an honest node has executed.
  package var height: UInt64 { heights.keys.max() ?? 0 }

  /// K1.
  package mutating func committed(
    height: UInt64, block: Digest, state: ExecutedState, transactions: [Digest], node: Int
  ) {
    if let known = heights[height] {
      if known.block != block {
        fault("K1 fork: node \(node) has another block at height \(height) than \(known.node)")
      } else if known.state != state {
        fault("K1 state: node \(node) has another state at height \(height) than \(known.node)")
      }
    } else {
      heights[height] = Height(block: block, state: state, node: node)
    }
    for id in transactions {
      if let earlier = executed[id], earlier != height {
        fault("K3 twice: node \(node) executed \(id.hex.prefix(8)) at \(earlier) and \(height)")
      }
      executed[id] = height
    }
  }

  /// K2. A vote of an honest key that has left a node.
  package mutating func said(_ subject: VoteSubject, by key: PeerID) {
    let place = Place(key: key, epoch: subject.epoch, view: subject.view)
    var before = said[place] ?? Said()
    switch subject.statement {
    case .notarize(let parentView, let block):
      before.notarized.insert(Self.bytes(parentView, block))
    case .finalize(let parentView, let block):
      before.finalized.insert(Self.bytes(parentView, block))
    case .nullify: before.nullified = true
    }
    said[place] = before
    let words = "in epoch \(subject.epoch), view \(subject.view)"
    if before.notarized.count > 1 { fault("K2: \(key) notarized twice \(words)") }
    if before.finalized.count > 1 { fault("K2: \(key) finalized twice \(words)") }
    if before.nullified, !before.finalized.isEmpty {
      fault("K2: \(key) nullified and finalized \(words)")
    }
  }

  private static func bytes(_ parentView: UInt64, _ block: Digest) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: parentView >> (8 * $0)) } + block.bytes
  }

  /// Remembers who built a block.
  mutating func proposed(_ block: Digest, by key: PeerID) {
    if proposers[block] == nil { proposers[block] = key }
  }

  func proposer(_ block: Digest) -> PeerID? { proposers[block] }

  package mutating func noticed(_ lie: Lie, node: Int, life: Int) {
    lies[lie, default: []].append((node, life))
  }

  /// K7. Lies that the trails of all honest nodes must have by now, in order.
  /// - Parameter lives: Of each node.
  package func provable(epoch: UInt64, lives: [Int: Int]) -> [Lie] {
    lies.filter { lie, witnesses in
      lie.epoch == epoch && witnesses.contains { lives[$0.node] == $0.life }
    }.keys.sorted { $0.validator < $1.validator }
  }

  /// K7. What the trail of an honest node says in the end.
  package mutating func finished(node: Int, reported: [Lie], provable: [Lie]) {
    for lie in provable where !reported.contains(lie) {
      fault("K7: node \(node) has no proof of the lie of \(lie.validator) in epoch \(lie.epoch)")
    }
    if Set(reported).count < reported.count {
      fault("K7: node \(node) has a lie of one validator in one epoch twice")
    }
  }

  /// K3. What the whole log of an honest node says in the end.
  package mutating func finished(
    node: Int, height: UInt64, receipts: [Digest: Int], calls: [Digest: Int]
  ) {
    for (id, executedAt) in executed.sorted(by: { $0.key < $1.key }) where executedAt <= height {
      let count = receipts[id] ?? 0
      if count != calls[id] ?? 1 {
        fault(
          "K3: node \(node) has \(count) receipts of \(id.hex.prefix(8)), executed at "
            + "\(executedAt), with \(calls[id] ?? 1) calls")
      }
    }
    for id in receipts.keys.sorted() where executed[id] == nil {
      fault("K3: node \(node) has receipts of \(id.hex.prefix(8)), which none has executed")
    }
  }
}
