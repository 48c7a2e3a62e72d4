import Consensus
import Cryptography
import LedgerModel

/// Looks at a network from outside; shares no code with what it checks.
struct NetworkChecker {
  let network: SimulatedNetwork

  /// Everything that is wrong; empty if nothing is.
  var faults: [String] { 
    network.halts + forks + contradictions + unfounded + network.overdue + ends
  }

  /// I7, and each block on its parent.
  private var forks: [String] {
    var faults: [String] = []
    let ledgers = network.honest.map { network.nodes[$0].ledger }
    for (index, ledger) in ledgers.enumerated() {
      var parent = network.genesis
      for block in ledger {
        if network.blocks[block]?.parent != parent {
          faults.append("\(index): \(block) not on its parent")
        }
        if isLast(parent) { faults.append("\(index): a block after the last") }
        parent = block
      }
      for other in ledgers where zip(ledger, other).contains(where: { $0 != $1 }) {
        faults.append("\(index): another order of blocks than a peer")
      }
    }
    return faults
  }

  /// All end the epoch with one block.
  private var ends: [String] {
    let ended = network.honest.filter { network.nodes[$0].epochEnd != nil }
    let last = Set(ended.map { network.nodes[$0].ledger.last ?? network.genesis })
    return last.count > 1 || !last.allSatisfy(isLast) ? ["the epoch ended with \(last)"] : []
  }

  private func isLast(_ block: Digest) -> Bool { network.blocks[block]?.endsEpoch ?? false }

  /// I3: a finalize vote needs a quorum that notarized; nothing is notarized on a last block but
  /// that block; nothing proposed on itself is notarized unless it is a last block.
  private var unfounded: [String] {
    var faults: [String] = []
    var notarizers: [Proposal: Set<Int>] = [:]
    for (signer, subject) in network.signed {
      guard let proposal = subject.proposal, let block = network.blocks[proposal.block] else {
        continue
      }
      if subject.kind == .notarize {
        notarizers[proposal, default: []].insert(signer)
        if isLast(block.parent) {
          faults.append("\(signer) notarized a child of a last block")
        }
        if block.view != proposal.view, !block.endsEpoch {
          faults.append("\(signer) notarized an old block")
        }
      } else if notarizers[proposal, default: []].count + network.faultyCount
        < network.committee.quorum
      {
        faults.append("\(signer) finalized what no quorum notarized")
      }
    }
    return faults
  }

  /// I1, I2 over all signatures of a validator's lives.
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

  /// Whether every node that follows the protocol has ended the epoch.
  var hasEnded: Bool { network.honest.allSatisfy { network.nodes[$0].epochEnd != nil } }

  /// The shortest ledger of those that follow the protocol.
  var height: Int { network.honest.map { network.nodes[$0].ledger.count }.min() ?? 0 }
}
