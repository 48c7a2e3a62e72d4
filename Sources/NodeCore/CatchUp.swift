/// Whom a node asks for the final blocks that it misses: one request at a time.
struct CatchUp {
  struct Request {
    let from: UInt64
    let peer: PeerID
    let deadlineMs: UInt64
    /// The answer has come and is being judged.
    var isJudged = false
  }

  private(set) var request: Request?
  /// Blocks are known to be final that this node does not hold.
  var isNeeded = false
  /// Peers that failed, and until when they are not asked.
  private var resting: [PeerID: UInt64] = [:]
  private static let restMs: UInt64 = 2_000

  /// The peer to ask next: those that did not fail lately take turns.
  /// - Parameter peers: Heights of those that are ahead.
  mutating func next(
    from height: UInt64, peers: [(peer: PeerID, height: UInt64)], nowMs: UInt64, timeoutMs: UInt64
  ) -> PeerID? {
    if let request {
      guard !request.isJudged, request.deadlineMs <= nowMs else { return nil }
      fail(request.peer, nowMs: nowMs)
    }
    resting = resting.filter { $0.value > nowMs }
    let rested = peers.filter { resting[$0.peer] == nil }
    // Spread over the peers, so that no single one serves a node that starts empty.
    let candidates = rested.sorted { $0.peer < $1.peer }
    guard !candidates.isEmpty else { return nil }
    let chosen = candidates[Int(height / 16 % UInt64(candidates.count))].peer
    request = Request(from: height, peer: chosen, deadlineMs: nowMs + timeoutMs)
    return chosen
  }

  /// Whether an answer is the one that was asked for; then it is judged.
  mutating func isExpected(from peer: PeerID) -> Bool {
    guard let request, request.peer == peer, !request.isJudged else { return false }
    self.request?.isJudged = true
    return true
  }

  mutating func succeed() { request = nil }

  /// The peer had no good answer: another one is asked.
  mutating func fail(_ peer: PeerID, nowMs: UInt64) {
    if request?.peer == peer { request = nil }
    resting[peer] = nowMs + Self.restMs
  }
}
