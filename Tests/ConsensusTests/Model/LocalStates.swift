import LedgerModel

@testable import Consensus

/// One honest validator's reachable states, each found once by running the real replica.
///
/// What a replica does depends on nothing but its state and the event, so each pair is run once.
struct LocalStates {
  private struct Key: Hashable {
    let replica: Replica
    let signed: UInt64
    let timeouts: Int
  }

  let me: Int
  let universe: Universe
  let broken: BrokenRule?
  /// Whether states differ by how often the validator gave up.
  let countsTimeouts: Bool
  private(set) var replicas: [Replica] = []
  /// Statements signed so far, and what they need to have a quorum.
  private(set) var signed: [UInt64] = []
  private(set) var needs: [UInt64] = []
  /// Events known to change nothing.
  private(set) var idle: [UInt64] = []
  private(set) var views: [Int] = []
  /// Errors of a single validator.
  private(set) var faults: [String] = []
  private(set) var timeouts: [Int] = []
  private var numbers: [Key: Int] = [:]
  /// For each state and event, the next state; -1 unless it is known. The events are a certificate
  /// for each statement, the timeout, and a proposal for each statement.
  private var next: [[Int32]] = []
  /// One way of writing that led to the state.
  private(set) var journals: [[JournalRecord]] = []

  init?(me: Int, universe: Universe, broken: BrokenRule?, countsTimeouts: Bool) {
    guard let committee = Committee(count: 4) else { return nil }
    self.me = me
    self.universe = universe
    self.broken = broken
    self.countsTimeouts = countsTimeouts
    let replica = Replica(
      configuration: .init(committee: committee, me: me, epoch: 0, timing: timing), journal: [],
      lastFinalized: Tip(view: 0, block: universe.genesis), breaking: broken)
    _ = run(.start, on: replica, signed: 0, journal: [], timeouts: 0)
  }

  /// The state after the wait of the current view ran out.
  mutating func timedOut(_ state: Int) -> Int {
    step(state, universe.subjects.count, isTimeout: true) { view, _ in
      .timerFired(.advance, view: view)
    }
  }

  /// The state after the leader's proposal arrived; only the current view's is looked at.
  mutating func received(_ proposal: Int, in state: Int) -> Int {
    step(state, universe.subjects.count + 1 + proposal) { view, universe in
      (try? vote(universe.subjects[proposal], by: Int(view % 4))).map { .vote($0) }
    }
  }

  /// The state after a certificate arrived. Who signed it makes no difference to a replica.
  mutating func certified(_ subject: Int, by signers: Int, in state: Int) -> Int {
    let found = step(state, subject) { _, universe in
      (try? certificate(universe.subjects[subject], by: Array(0..<signers))).map {
        .certificate($0)
      }
    }
    if found == state { idle[state] |= 1 << UInt64(subject) }
    return found
  }

  private mutating func step(
    _ state: Int, _ number: Int, isTimeout: Bool = false,
    _ event: (_ view: UInt64, Universe) -> Replica.Event?
  ) -> Int {
    let known = next[state][number]
    if known >= 0 { return Int(known) }
    guard let event = event(replicas[state].view, universe) else { return state }
    let found = run(
      event, on: replicas[state], signed: signed[state], journal: journals[state],
      timeouts: timeouts[state] + (isTimeout && countsTimeouts ? 1 : 0))
    next[state][number] = Int32(found)
    return found
  }

  /// Own votes, built blocks and verdicts come back at once.
  private mutating func run(
    _ event: Replica.Event, on start: Replica, signed: UInt64, journal: [JournalRecord],
    timeouts: Int
  ) -> Int {
    var replica = start
    var signed = signed
    var journal = journal
    var events = [event]
    while !events.isEmpty {
      for effect in replica.handle(events.removeFirst()) {
        switch effect {
        case .journal(let record):
          journal.append(record)
        case .vote(let permitted), .broadcastProposal(let permitted):
          sign(permitted.subject, &signed)
          if let vote = try? vote(permitted.subject, by: me) { events.append(.vote(vote)) }
        case .verifyBlock(let proposal, let parent):
          let header = universe.candidate(of: proposal.block)
          let isChild = header?.parent == parent && header?.proposal.view == proposal.view
            && !(parent.map(universe.isLast) ?? false)
          events.append(
            .blockVerified(
              view: proposal.view, block: proposal.block, isValid: parent == nil || isChild,
              endsEpoch: header?.endsEpoch ?? false))
        case .requestProposal(let view, _, let parent):
          if let block = universe.build(in: view, on: parent) {
            events.append(
              .proposalBuilt(
                view: view, block: block.proposal.block, endsEpoch: block.endsEpoch))
          }
        case .halt(let breach):
          faults.append("\(me): \(breach)")
        case .broadcastCertificate, .finalized, .epochEnded, .armTimer, .evidence,
          .requestMissing:
          break
        }
      }
    }
    return number(of: replica, signed: signed, journal: journal, timeouts: timeouts)
  }

  private mutating func sign(_ subject: VoteSubject, _ signed: inout UInt64) {
    guard subject.view <= universe.views else { return }
    guard let number = universe.numbers[subject] else {
      faults.append("\(me) signed what nobody proposed: \(subject)")
      return
    }
    signed |= 1 << UInt64(number)
  }

  private mutating func number(
    of replica: Replica, signed: UInt64, journal: [JournalRecord], timeouts: Int
  ) -> Int {
    let key = Key(replica: replica, signed: signed, timeouts: timeouts)
    if let known = numbers[key] { return known }
    let number = replicas.count
    numbers[key] = number
    replicas.append(replica)
    self.signed.append(signed)
    journals.append(journal)
    self.timeouts.append(timeouts)
    idle.append(0)
    views.append(Int(replica.view))
    next.append(Array(repeating: -1, count: 2 * universe.subjects.count + 1))
    let said = universe.subjects.indices.filter { signed >> UInt64($0) & 1 == 1 }
    needs.append(said.reduce(0) { $0 | universe.needs[$1] })
    faults += contradictions(said.map { universe.subjects[$0] })
    if !isRecoverable(number) { faults.append("\(me) forgets by a crash: \(journal)") }
    return number
  }

  /// I1 and I2.
  private func contradictions(_ said: [VoteSubject]) -> [String] {
    (1...universe.views).flatMap { view in
      let here = said.filter { $0.view == view }
      func count(_ kind: VoteKind) -> Int { here.count { $0.kind == kind } }
      var faults: [String] = []
      if count(.notarize) > 1 { faults.append("I1: \(me) notarized twice in \(view)") }
      if count(.nullify) > 0, count(.finalize) > 0 {
        faults.append("I2: \(me) nullified and finalized \(view)")
      }
      return faults
    }
  }

  /// Whether rules made from the journal know what these know.
  private func isRecoverable(_ state: Int) -> Bool {
    let live = replicas[state].safety
    let recovered = SafetyRules(epoch: 0, floor: live.floor, journal: journals[state])
    return live.views == recovered.views
      && live.views.allSatisfy { live.said(in: $0) == recovered.said(in: $0) }
  }
}
