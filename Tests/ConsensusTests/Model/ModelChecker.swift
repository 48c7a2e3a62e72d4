import LedgerModel

@testable import Consensus

/// Visits every state that three honest replicas and a liar can reach, in any order of messages.
///
/// The liar has signed everything from the beginning. Any message may come at any time, or never.
struct ModelChecker {
  let universe: Universe
  /// Visiting ends with an incomplete result after so many states.
  let statesMax: Int
  /// How often all together may give up on a view.
  let timeoutsMax: Int
  /// Leaves out what only restrains: finalizations, and proposals after a view's first.
  let isLean: Bool
  private let acceptsTooFew: Bool
  private var nodes: [LocalStates] = []
  private(set) var faults: [String] = []
  private(set) var states = 0
  private(set) var isComplete = false
  /// What had a quorum in some state.
  private(set) var reached: UInt64 = 0
  private var checked: Set<UInt64> = []

  init?(
    liar: Int, views: UInt64, endsEpoch: Bool = false, breaking broken: BrokenRule? = nil,
    isLean: Bool = false, timeoutsMax: Int = .max, statesMax: Int = .max
  ) {
    guard let universe = Universe(liar: liar, views: views, endsEpoch: endsEpoch) else {
      return nil
    }
    self.universe = universe
    self.timeoutsMax = timeoutsMax
    self.statesMax = statesMax
    self.isLean = isLean
    acceptsTooFew = broken == .quorumTooSmall
    for me in 0..<4 where me != liar {
      guard
        let node = LocalStates(
          me: me, universe: universe, broken: broken, countsTimeouts: timeoutsMax < .max)
      else { return nil }
      nodes.append(node)
    }
  }

  var localStates: [Int] { nodes.map(\.replicas.count) }

  mutating func run() {
    var frontier: [UInt64] = [0]
    var seen: Set<UInt64> = [0]
    while !frontier.isEmpty, faults.isEmpty, seen.count < statesMax {
      var next: [UInt64] = []
      for state in frontier {
        visit(state) { if seen.insert($0).inserted { next.append($0) } }
      }
      faults += nodes.flatMap(\.faults)
      frontier = next
    }
    states = seen.count
    isComplete = frontier.isEmpty
  }

  /// Three local states of 21 bits.
  private func local(_ state: UInt64, _ node: Int) -> Int {
    Int(state >> UInt64(21 * node)) & 0x1f_ffff
  }

  private mutating func visit(_ state: UInt64, _ found: (UInt64) -> Void) {
    let locals = (local(state, 0), local(state, 1), local(state, 2))
    let signed = (
      nodes[0].signed[locals.0], nodes[1].signed[locals.1], nodes[2].signed[locals.2]
    )
    // With the liar two more make a quorum.
    let quorum = signed.0 & signed.1 | signed.0 & signed.2 | signed.1 & signed.2
    let needed = nodes[0].needs[locals.0] | nodes[1].needs[locals.1] | nodes[2].needs[locals.2]
    if needed & ~quorum != 0 { complain("I3 or I4: no quorum for", needed & ~quorum) }
    if quorum & ~reached != 0 || !checked.contains(quorum) { check(quorum) }
    let few = acceptsTooFew ? (signed.0 | signed.1 | signed.2) & ~quorum : 0
    let spent =
      nodes[0].timeouts[locals.0] + nodes[1].timeouts[locals.1] + nodes[2].timeouts[locals.2]
    for node in 0..<3 {
      let old = local(state, node)
      func go(_ new: Int) {
        if new != old { found(state ^ UInt64(old ^ new) << UInt64(21 * node)) }
      }
      let view = nodes[node].views[old]
      if view <= universe.views {
        if spent < timeoutsMax { go(nodes[node].timedOut(old)) }
        if !isLean || nodes[node].replicas[old].rounds[UInt64(view)]?.proposal == nil {
          each(universe.proposals[view] & saidByLeader(of: view, state)) {
            go(nodes[node].received($0, in: old))
          }
        }
      }
      let news = ~nodes[node].idle[old] & (isLean ? ~universe.finalizations : .max)
      each(quorum & news) { go(nodes[node].certified($0, by: Universe.quorum, in: old)) }
      each(few & news) { go(nodes[node].certified($0, by: Universe.quorum - 1, in: old)) }
    }
  }

  /// What the leader of `view` signed; no other's vote is a proposal.
  private func saidByLeader(of view: Int, _ state: UInt64) -> UInt64 {
    let leader = view % 4
    if leader == universe.liar { return .max }
    let node = leader < universe.liar ? leader : leader - 1
    return nodes[node].signed[local(state, node)]
  }

  /// I5, I6 and I7 over what has a quorum.
  private mutating func check(_ quorum: UInt64) {
    guard checked.insert(quorum).inserted else { return }
    reached |= quorum
    for each in bits(quorum) where universe.excludes[each] & quorum != 0 {
      complain("I5, I6 or I7: \(universe.subjects[each]) and", universe.excludes[each] & quorum)
    }
  }

  private mutating func complain(_ what: String, _ mask: UInt64) {
    faults.append("\(what) \(bits(mask).map { universe.subjects[$0] })")
  }

  private func each(_ mask: UInt64, _ body: (Int) -> Void) {
    var rest = mask
    while rest != 0 {
      body(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
  }

  private func bits(_ mask: UInt64) -> [Int] {
    var found: [Int] = []
    each(mask) { found.append($0) }
    return found
  }
}
