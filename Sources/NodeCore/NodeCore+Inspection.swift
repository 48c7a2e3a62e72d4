internal import LedgerModel
internal import LedgerStore

/// How far the search for damage has come, and what it is doing.
struct InspectionState {
  enum Step {
    /// Leaves the machine to others for a while.
    case resting(untilMs: UInt64)
    /// A driver looks or repairs.
    case running(sinceMs: UInt64)
    /// Peers are asked for a damaged block.
    case asking(height: UInt64)
  }

  /// The next height to look at; everything above was. 0 once all is done.
  var height: UInt64
  var step = Step.resting(untilMs: 0)
  var peers = CatchUp()
  /// What no block mends, newest last.
  var beyondRepair: [(height: UInt64, fault: LedgerFault)] = []
}

// N7: what the disk has lost is found and given back by peers. The newest header is trusted, as it
// was checked at the start; what is below is judged by it, and never by who sends it.
extension NodeCore {
  /// Looks further, or asks a peer for what is damaged.
  mutating func inspect() {
    switch inspection.step {
    case .resting(let untilMs):
      guard inspection.height > 0, now.steadyMs >= untilMs else { return }
      let last = inspection.height
      run(.look((last - min(last - 1, Bound.blocksPerLook - 1))...last))
    case .running: break
    case .asking(let height):
      let peers = links.compactMap { peer, link in
        link.status.map { (peer: peer, height: $0.executedHeight) }
      }.filter { $0.height >= height && $0.peer != catchUp.request?.peer }
      if let peer = inspection.peers.next(
        from: height, peers: peers, nowMs: now.steadyMs, timeoutMs: Bound.catchUpTimeoutMs)
      {
        send(.catchUpRequest(from: height), to: [peer])
      }
    }
  }

  private mutating func run(_ task: Inspection.Task) {
    inspection.step = .running(sinceMs: now.steadyMs)
    actions.append(.inspect(Inspection(ledger: ledger, executor: executor, task: task)))
  }

  /// Whether an answer is a damaged block that this peer was asked for; then it is tried.
  mutating func repair(with answer: [UInt8], from peer: PeerID) -> Bool {
    guard case .asking(let height) = inspection.step, inspection.peers.isExpected(from: peer)
    else { return false }
    run(.repairWith(answer: answer, from: peer, height: height))
    return true
  }

  mutating func inspected(_ finding: Inspection.Finding) {
    guard case .running(let sinceMs) = inspection.step else { return }
    switch finding {
    case .sound(let height):
      let tookMs = now.steadyMs - min(now.steadyMs, sinceMs)
      pass(height, restMs: tookMs * Bound.looksRest)
    case .damaged(let height, let fault):
      inspection.height = height
      actions.append(.note(.damaged(height: height, fault)))
      run(.repair(height: height))
    case .repaired(let height):
      inspection.peers.succeed()
      actions.append(.note(.repaired(height: height)))
      pass(height, restMs: 0)
    case .notRepaired(let height, let fault, let peer):
      if let peer {
        inspection.peers.fail(peer, nowMs: now.steadyMs)
        if !fault.isInnocent {
          actions.append(.note(.refused(peer, reason: "repair: \(fault)")))
        }
      }
      inspection.step = .asking(height: height)
    case .beyondRepair(let height, let fault):
      inspection.peers.succeed()
      inspection.beyondRepair.append((height, fault))
      if inspection.beyondRepair.count > Bound.damageKept { inspection.beyondRepair.removeFirst() }
      actions.append(.note(.beyondRepair(height: height, fault)))
      pass(height, restMs: 0)
    }
  }

  /// Goes on below a height.
  private mutating func pass(_ height: UInt64, restMs: UInt64) {
    let before = inspection.height
    inspection.height = height - 1
    inspection.step = .resting(untilMs: now.steadyMs + restMs)
    let period = Bound.blocksPerProgress
    if inspection.height == 0 || before / period != inspection.height / period {
      actions.append(.note(.inspected(downTo: height)))
    }
  }

  /// When time alone brings the search forward.
  var inspectionDueMs: UInt64? {
    switch inspection.step {
    case .resting(let untilMs): inspection.height > 0 ? untilMs : nil
    case .running: nil
    case .asking: inspection.peers.request?.deadlineMs
    }
  }

  /// What is damaged, in words; empty if nothing is known to be.
  var damageInWords: String {
    if case .asking(let height) = inspection.step {
      let asked = inspection.peers.request.map { "asks \($0.peer) for it" }
      return "block \(height) is damaged here: \(asked ?? "waits for a peer that has it")"
    }
    guard let worst = inspection.beyondRepair.last else { return "" }
    return "height \(worst.height) is damaged here beyond repair: \(worst.fault)"
  }
}
