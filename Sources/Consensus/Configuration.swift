public import LedgerModel

extension Replica {
  /// What a replica is told about its network; constant for an epoch.
  public struct Configuration: Hashable, Sendable {
    /// How many validate, and what follows from it.
    public let committee: Committee
    /// This validator's index in the committee.
    public let me: Int
    /// The period of office of this validator set.
    public let epoch: UInt64
    /// How long to wait for what.
    public let timing: Timing

    /// Requires `me` to be a member of the committee.
    public init(committee: Committee, me: Int, epoch: UInt64, timing: Timing) {
      precondition(0..<committee.count ~= me, "a replica is a member of its committee")
      self.committee = committee
      self.me = me
      self.epoch = epoch
      self.timing = timing
    }
  }

  /// Waiting times, in milliseconds. Safety depends on none of them.
  public struct Timing: Hashable, Sendable {
    /// Δ: the time in which a message between two working validators arrives.
    public let networkDelay: Int
    /// The longest time a leader without work waits before it proposes an empty block. All
    /// validators of a chain use the same.
    public let heartbeat: Int
    /// How often a replica that gave up on its view repeats itself.
    public let retry: Int
    /// A leader unheard of for this many views is not waited for.
    public let inactiveViews: UInt64

    /// Requires positive times; the heartbeat may be 0.
    public init(networkDelay: Int, heartbeat: Int, retry: Int, inactiveViews: UInt64 = 8) {
      precondition(networkDelay > 0 && heartbeat >= 0 && retry > 0 && inactiveViews > 0)
      self.networkDelay = networkDelay
      self.heartbeat = heartbeat
      self.retry = retry
      self.inactiveViews = inactiveViews
    }

    /// t_l of a leader that has work: one delay to enter the view after it, one for its proposal.
    var leaderBusy: Int { 2 * networkDelay }
    /// t_l of a leader that may have nothing to propose yet.
    var leaderIdle: Int { heartbeat + leaderBusy }
    /// t_a, from the proposal's arrival: one delay until all have it, one for their votes.
    var advance: Int { 2 * networkDelay }
  }

  /// Bounds on memory, with the reason for each.
  public enum Limits {
    /// Votes are kept for this many views above ours: a replica further behind catches up by
    /// certificates. A faulty validator fills at most its own slots of these rounds.
    public static let viewsAhead: UInt64 = 256
    /// Rounds kept below the last delivered block, to answer replicas that are a little behind.
    public static let viewsBehind: UInt64 = 256
    /// The last view that a certificate may name: far beyond any chain's, and arithmetic on views
    /// cannot overflow.
    public static let viewMax: UInt64 = 1 << 62
    /// Views in one request for certificates: their certificates fit one message.
    public static let viewsPerRequest: UInt64 = 64
  }
}
