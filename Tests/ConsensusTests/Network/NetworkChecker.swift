import Consensus
import Cryptography
import LedgerModel

/// Looks at a network from outside; shares no code with what it checks.
struct NetworkChecker {
  let network: SimulatedNetwork

  /// Everything that is wrong; empty if nothing is.
  var faults: [String] { network.halts + forks + contradictions }

  /// I7, and each block on its parent.
  private var forks: [String] {
    var faults: [String] = []
    let ledgers = network.honest.map { network.nodes[$0].ledger }
    for (index, ledger) in ledgers.enumerated() {
      var parent = network.genesis
      for block in ledger {
        if network.blocks[block] != parent { faults.append("\(index): \(block) not on its parent") }
        parent = block
      }
      for other in ledgers where zip(ledger, other).contains(where: { $0 != $1 }) {
        faults.append("\(index): another order of blocks than a peer")
      }
    }
    return faults
  }

  /// I1, I2, I3 over all signatures of a validator's lives.
  private var contradictions: [String] {
    var faults: [String] = []
    var said: [String: Set<VoteSubject>] = [:]
    for (signer, subject) in network.signed {
      said["\(signer) in view \(subject.view)", default: []].insert(subject)
    }
    for (who, subjects) in said.sorted(by: { $0.key < $1.key }) {
      func count(_ kind: VoteKind) -> Int { subjects.count { $0.kind == kind } }
      if count(.notarize) > 1 { faults.append("\(who) notarized twice") }
      if count(.finalize) > 1 { faults.append("\(who) finalized twice") }
      if count(.finalize) > 0, count(.nullify) > 0 {
        faults.append("\(who) nullified and finalized")
      }
    }
    return faults
  }

  /// The shortest ledger of those that follow the protocol.
  var height: Int { network.honest.map { network.nodes[$0].ledger.count }.min() ?? 0 }
}
