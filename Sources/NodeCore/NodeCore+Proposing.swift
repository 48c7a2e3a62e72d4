internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore

// Batches out and in, and blocks that name them.
extension NodeCore {
  // MARK: Batches

  /// Forms batches of this node's own transactions and sends them to every validator.
  mutating func disseminate() throws(NodeCoreFault) {
    guard !intake.isEmpty() else {
      waitingSinceMs = nil
      return
    }
    if waitingSinceMs == nil { waitingSinceMs = now.steadyMs }
    guard !isGathering, held.bytes(of: nil) < settings.batchBytesPerAuthor, !isFarBehind else {
      return
    }
    waitingSinceMs = nil
    while true {
      let taken = intake.take(
        BatchCheck.transactionsMax, Int(rules.blockCalls), Int(rules.blockBytes))
      guard !taken.transactions.isEmpty else { return }
      let batch = CheckedBatch(
        Batch(taken.transactions, suite: ledger.suite), epoch: taken.epoch)
      lastWorkMs = now.steadyMs
      guard batch.epoch == epoch.number else {
        actions.append(.recheckBatch(batch.batch, epoch: epoch.number, from: nil))
        continue
      }
      hold(own: batch)
    }
  }

  mutating func hold(own batch: CheckedBatch) {
    guard held.add(batch, author: nil, isWanted: true, atMs: now.steadyMs) else { return }
    let peers = validatorPeers
    if !peers.isEmpty { send(.batch(BatchCheck.encode(batch.batch)), to: peers) }
  }

  private var isGathering: Bool {
    guard let waitingSinceMs, !intake.isQuiet() else { return false }
    return now.steadyMs < waitingSinceMs + Bound.gatheringMs
  }

  /// Ordering more would only make the queue before execution longer.
  private var isFarBehind: Bool { (finalised?.height ?? 0) > executed.height + Bound.blocksQueued }

  mutating func batchChecked(_ verdict: BatchVerdict) throws(NodeCoreFault) {
    let author = verdict.author
    if let author { loads[author, default: Load()].uncheckedBytes -= verdict.byteCount }
    switch verdict.result {
    case .success(let batch):
      let digest = batch.batch.digest
      if held[digest] != nil {
        held.replace(batch)
        return
      }
      guard batch.epoch == epoch.number else {
        actions.append(.recheckBatch(batch.batch, epoch: epoch.number, from: author))
        return
      }
      guard let author else { return hold(own: batch) }
      let isWanted = checks.values.contains { $0.isWaiting(for: digest) }
      if held.add(batch, author: author, isWanted: isWanted, atMs: now.steadyMs) {
        lastWorkMs = now.steadyMs
      }
    case .failure(let fault):
      if let known = verdict.held, let gone = held[known] {
        held.remove(known)
        if author == nil { actions.append(.drop(gone.batch.batch.transactions)) }
      }
      if let author { actions.append(.note(.refused(author, reason: "batch: \(fault)"))) }
    }
  }

  // MARK: Blocks

  /// Builds the block that the machine asked for, if there is a reason to.
  mutating func propose() throws(NodeCoreFault) {
    guard let request, let replica, replica.view == request.view else {
      request = nil
      return
    }
    guard let parent = try place(of: request.parent),
      !parent.endsEpoch || settings.brokenRule == .outliveEpoch
    else {
      self.request = nil
      return try tell(.couldNotBuild(view: request.view))
    }
    let height = parent.height + 1
    guard executed.height >= parent.executedHeight,
      height - executed.height <= Bound.blocksInFlight
    else { return }
    let batches = try batchesToPropose(on: request.parent)
    guard !batches.isEmpty || emptyBlockIsDue(on: parent, request) else { return }
    self.request = nil
    let digests = batches.map(\.digest)
    let header = BlockHeader(
      chainID: ledger.genesis.chainID, suite: ledger.suite, epoch: epoch.number, height: height,
      view: request.view, parent: request.parent,
      timeMs: max(parent.timeMs + 1, now.wallMs), batches: digests, executed: executed,
      validatorSet: epoch.hash, nextValidatorSet: try nextValidatorSet(asOf: executed.height))
    let block = StoredBlock(header: header, batches: digests)
    proposed[header.hash] = block
    stored[header.hash] = header.height
    vouched.formUnion(digests)
    toStore.append(FinalBlock(block: block, batches: batches))
    try tell(
      .proposalBuilt(view: request.view, block: header.hash, endsEpoch: header.endsEpoch))
  }

  /// The oldest batches that are in no block below, up to a block's bounds.
  private func batchesToPropose(on parent: Digest) throws(NodeCoreFault) -> [Batch] {
    var below: Set<Digest> = []
    var hash = parent
    while hash != finalised?.hash, let block = try block(hash) {
      below.formUnion(block.batches)
      hash = block.header.parent
    }
    var chosen: [Batch] = []
    var (transactions, calls, bytes) = (0, 0, 0)
    for held in held.all where held.batch.epoch == epoch.number {
      let batch = held.batch.batch
      guard !below.contains(batch.digest) else { continue }
      transactions += batch.transactions.count
      calls += batch.transactions.reduce(0) { $0 + $1.calls.count }
      bytes += held.batch.byteCount
      let fits =
        transactions <= Bound.transactionsPerBlock && calls <= rules.blockCalls
        && bytes <= rules.blockBytes && chosen.count < Limits.batchesPerBlock
      guard fits || chosen.isEmpty else { break }
      chosen.append(batch)
    }
    return chosen
  }

  /// An empty block commits to results that no header covers yet, helps its parent to become
  /// final, or shows that the chain lives.
  private func emptyBlockIsDue(on parent: Place, _ request: ProposalRequest) -> Bool {
    guard parent.height > 0 else { return true }
    if now.steadyMs >= lastBlockMs + rules.heartbeatMs { return true }
    if parent.height > finalised?.height ?? 0 {
      return now.steadyMs >= request.sinceMs + Bound.helpingMs
    }
    guard executed.height > parent.executedHeight else { return false }
    if proofWanted > parent.executedHeight { return true }
    return isClosingNeeded && now.steadyMs >= lastWorkMs + Bound.closingMs
  }

  /// Whether results exist that the newest header does not commit to.
  private var isClosingNeeded: Bool {
    (finalised?.executed.logSize ?? 0) < executed.logSize
  }

  /// With something to order, leaders are given less time.
  mutating func tellWhetherWorkWaits() throws(NodeCoreFault) {
    let waits = !held.isEmpty || !intake.isEmpty() || isClosingNeeded || finalised == nil
    guard waits != toldWorkWaits, replica != nil else { return }
    toldWorkWaits = waits
    try tell(.workWaiting(waits))
  }

  /// When time alone next brings something about, on the steady clock.
  public var nextWakeMs: UInt64 {
    var due = [lastStatusMs + Bound.statusMs]
    due += timers.values.map(\.atMs)
    due += lostAtMs.values.map { $0 + Bound.lossMs }
    due += checks.values.compactMap(\.askedAtMs).map { $0 + Bound.retryMs }
    if let waitingSinceMs { due.append(waitingSinceMs + Bound.gatheringMs) }
    if let request {
      due += [
        lastBlockMs + rules.heartbeatMs, lastWorkMs + Bound.closingMs,
        request.sinceMs + Bound.helpingMs,
      ]
    }
    if let running = catchUp.request { due.append(running.deadlineMs) }
    if let inspectionDueMs { due.append(inspectionDueMs) }
    // What was due is done, or waits for something else than time.
    return due.filter { $0 > now.steadyMs }.min() ?? now.steadyMs + Bound.statusMs
  }
}

extension BlockCheck {
  func isWaiting(for batch: Digest) -> Bool {
    if case .batches(let digests) = wait { digests.contains(batch) } else { false }
  }
}
