internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import Wire

// N9: what proves that a validator lied is kept, told, and put on the ledger.
extension NodeCore {
  mutating func noteLie(_ first: Vote, _ second: Vote) throws(NodeCoreFault) {
    evidence.append((first, second))
    if evidence.count > Self.evidenceKept { evidence.removeFirst() }
    actions.append(.note(.evidence(first, second)))
    try report(first, second)
  }

  /// Orders a report, signed with this node's own key, in a batch of its own: the first of its
  /// signer in this epoch, unless the ledger has one already.
  ///
  /// It takes no room that clients compete for, or who lies could keep it out with their
  /// transactions. There is at most one for each validator of the epoch.
  private mutating func report(_ first: Vote, _ second: Vote) throws(NodeCoreFault) {
    if settings.sabotage == .concealLies { return }
    guard let me, reported.insert(first.signer).inserted, try !isOnLedger(first) else { return }
    var call = WireReportEquivocation()
    call.first = first.wire
    call.second = second.wire
    let transaction: Transaction
    do {
      transaction = try Transaction(
        chainID: ledger.genesis.chainID,
        member: Member.id(ofValidator: epoch.validators.validators[me].name),
        // The same after a restart: it is executed once.
        idempotencyKey: Array("equivocation \(epoch.number) \(first.signer)".utf8),
        validUntil: (finalised?.height ?? 0) + Limits.validityBlocks,
        calls: [
          Transaction.Call(
            contract: Governance.contract, method: Governance.reportEquivocation,
            arguments: call.encoded)
        ], suite: ledger.suite, sign: identity.sign)
    } catch {
      throw .signing(error)
    }
    hold(
      own: CheckedBatch(Batch([transaction], suite: ledger.suite), epoch: epoch.number))
  }

  private func isOnLedger(_ vote: Vote) throws(NodeCoreFault) -> Bool {
    let state: AssetState?
    do { state = try ledger.asset(Governance.evidence) } catch { throw .ledger(error) }
    guard let state, let known = try? WireEvidence(strict: state.value, limit: Limits.valueBytes)
    else { return false }
    return known.equivocations.contains {
      $0.first.epoch == vote.subject.epoch && Int($0.first.signer) == vote.signer
    }
  }
}
