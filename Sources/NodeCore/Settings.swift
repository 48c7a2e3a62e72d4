extension NodeCore {
  /// Times and bounds of one node. No two nodes need agree on them; what they must agree on is in
  /// the chain's own settings.
  public struct Settings: Hashable, Sendable {
    /// Δ: the time in which a message between two working nodes arrives, milliseconds.
    public var networkDelayMs: Int
    /// Bytes of unordered batches held for each node.
    public var batchBytesPerAuthor: Int
    /// Only tests of tests set it.
    package var sabotage: Sabotage?

    public init(
      networkDelayMs: Int = 500, batchBytesPerAuthor: Int = 128 * 1_024 * 1_024
    ) {
      self.networkDelayMs = networkDelayMs
      self.batchBytesPerAuthor = batchBytesPerAuthor
    }
  }

  /// Bounds and delays that are the same for every node, with the reason for each.
  public enum Bound {
    /// Transactions of one block: their signatures are checked within some 200 ms on one core.
    public static let transactionsPerBlock = 1_024
    /// Blocks between a header and the newest executed state; below the rule's 8, for a margin.
    public static let blocksInFlight: UInt64 = 6
    /// Final blocks that wait for execution before this node forms no further batches.
    public static let blocksQueued: UInt64 = 64
    /// Final blocks that wait for execution before no more are fetched.
    public static let blocksInExecution = 512
    /// Their bytes, likewise.
    public static let bytesInExecution = 64 * 1_024 * 1_024
    /// A peer this much further shows that blocks were missed, not that they are on their way.
    public static let blocksBehind: UInt64 = 8
    /// What a final block counts as when a peer asks for it, until it is read.
    public static let blockBytesAssumed = 64 * 1_024
    /// Messages of the next epoch kept for each peer.
    public static let earlyPerPeer = 64
    /// How long a batch waits for submissions that are being judged.
    public static let gatheringMs: UInt64 = 20
    /// After the last transaction, how long until an empty block commits to its results.
    public static let closingMs: UInt64 = 20
    /// How long a notarized block may wait for its own finalisation before a child helps it.
    public static let helpingMs: UInt64 = 200
    /// After the end of a link, how long until the validator counts as out of reach.
    public static let lossMs: UInt64 = 100
    /// Between two requests for the same missing thing.
    public static let retryMs: UInt64 = 200
    /// Between two status messages.
    public static let statusMs: UInt64 = 1_000
    /// Wrong signatures of one peer that are looked at between two status rounds.
    public static let badSignaturesPerStatus = 16
    /// Bytes that one peer is given between two status rounds.
    public static let servedBytesPerStatus = 128 * 1_024 * 1_024
    /// Digests of stored batches remembered for checks of blocks.
    public static let batchesRemembered = 8_192
    /// How long an own batch may be unordered before it is sent again.
    public static let resendMs: UInt64 = 5_000
    /// How far beyond the newest final block a proposal's height may be.
    public static let heightsAhead: UInt64 = 1_024
    /// Requests of one peer that are answered in this time; more than any honest node makes.
    public static let requestsPerStatus = 512
    /// By how much a leader's clock may be ahead of ours.
    public static let clockSkewMs: UInt64 = 10_000
    /// An answer to a catch-up request takes no longer, or another peer is asked.
    public static let catchUpTimeoutMs: UInt64 = 5_000
    /// Blocks looked at in one go for damage: some have 64 MiB.
    public static let blocksPerLook: UInt64 = 16
    /// How many times as long as a look took the search then rests: it takes a quarter of one core.
    public static let looksRest: UInt64 = 3
    /// Blocks between two notes of how far the search has come.
    public static let blocksPerProgress: UInt64 = 8_192
    /// Damage beyond repair remembered for operators; the log has all.
    public static let damageKept = 16
    /// Blocks of unsettled views kept.
    public static let proposedKept = 1_024
  }
}
