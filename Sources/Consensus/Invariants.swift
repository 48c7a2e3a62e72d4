internal import LedgerModel

// Checked after every event, in every build. I5, I6 and I7 can be broken by more than `f` liars and
// then stop the replica (`halt`); these only by an error in this module.
extension Replica {
  func checkInvariants() {
    guard !isDone else { return }
    precondition(deliveredTip.view <= finalizedTip.view, "delivery does not run ahead of finality")
    precondition(finalizedTip.view < view, "a finalized view is left")
    precondition(safety.floor == finalizedTip.view, "finality closes views to new votes")
    for view in [view - 1, view] where view > finalizedTip.view { checkOwnVotes(in: view) }
    if let parent = buildingOn {
      precondition(leader == configuration.me, "only the leader builds")
      precondition(parent.view < view, "a parent is older than its child")
    }
  }

  private func checkOwnVotes(in view: UInt64) {
    let said = safety.said(in: view)
    precondition(
      !said.nullified || said.finalized == nil || broken == .nullifyAndFinalize,
      "I2: never both nullify and finalize")
    if let finalized = said.finalized, broken != .finalizeUncertified {
      precondition(said.certified == finalized, "I3: finalize only a certified block")
    }
    if let certified = rounds[view]?.certified {
      precondition(
        rounds[view]?.notarization?.subject.proposal == certified,
        "only a notarized block is certified")
    }
  }
}
