internal import Consensus
internal import Cryptography
internal import LedgerModel
internal import LedgerStore

// N4: final blocks on their way to execution, and what happens once they are executed.
extension NodeCore {
  /// Hands over final blocks in order, as far as they are held.
  mutating func deliver() throws(NodeCoreFault) {
    while let hash = undelivered.first {
      guard let block = try held(hash) else {
        catchUp.isNeeded = true
        return
      }
      undelivered.removeFirst()
      try handOver(block)
    }
  }

  /// A final block with all its batches, if they are here.
  private mutating func held(_ hash: Digest) throws(NodeCoreFault) -> FinalBlock? {
    guard let block = try block(hash) else { return nil }
    if proposed[hash] == nil { stored[hash] = block.header.height }
    var batches: [Batch] = []
    for digest in block.batches {
      if let batch = held[digest]?.batch.batch {
        batches.append(batch)
        continue
      }
      guard try isStored(digest) else { return nil }
      do {
        batches.append(Batch(try ledger.transactions(ofBatch: digest), suite: ledger.suite))
      } catch {
        throw .ledger(error)
      }
    }
    return FinalBlock(
      block: StoredBlock(
        header: block.header, batches: block.batches, finalization: finalisations[hash]),
      batches: batches)
  }

  private mutating func handOver(_ block: FinalBlock) throws(NodeCoreFault) {
    let header = block.block.header
    if header.executed.height <= executed.height {
      try compare(header)
    }
    if stored[header.hash] == nil { toStore.append(block) }
    finalised = header
    lastBlockMs = now.steadyMs
    held.order(block.block.batches)
    if !block.block.batches.isEmpty { lastWorkMs = now.steadyMs }
    proposed = proposed.filter { $0.value.header.height > header.height }
    // By height: a block that was put out of memory may still become final.
    abandoned += stored.filter { $0.value <= header.height && $0.key != header.hash }.keys.sorted()
    stored = stored.filter { $0.value > header.height }
    vouched.subtract(block.block.batches)
    finalisations[header.hash] = nil
    bytesInExecution[header.height] = block.transactions.reduce(0) { $0 + $1.byteCount }
    actions.append(.execute(block))
    if header.endsEpoch, let certificate = block.block.finalization {
      // The machine may not know, if it never saw the block.
      try tell(.synced(certificate, endsEpoch: true))
    }
  }

  /// A final header commits to what a quorum computed: this node must have computed the same.
  private func compare(_ header: BlockHeader) throws(NodeCoreFault) {
    guard let own = try state(at: header.executed.height) else { return }
    guard own == header.executed else {
      throw .diverged(height: own.height, expected: header.executed, found: own)
    }
  }

  mutating func executed(_ state: ExecutedState) throws(NodeCoreFault) {
    executed = state
    states[state.height] = state
    states[state.height &- 2 * Limits.executionLag] = nil
    bytesInExecution[state.height] = nil
    send(.status(status), to: observers)
    try pruneJournal()
    if let finalised, finalised.executed.height == state.height { try compare(finalised) }
    try endAbstention()
    if let finalised, finalised.endsEpoch, finalised.height == state.height,
      ledger.epoch.number > epoch.number
    {
      try beginEpoch()
    }
  }

  // MARK: Catch-up

  /// Asks a peer for the next final blocks, if this node is behind.
  mutating func requestCatchUp() {
    let height = finalised?.height ?? 0
    guard bytesInExecution.values.reduce(0, +) < Bound.bytesInExecution,
      bytesInExecution.count < Bound.blocksInExecution,
      // The validators of the next epoch are known once its last block is executed.
      finalised.map({ !$0.endsEpoch || $0.epoch < epoch.number }) ?? true
    else { return }
    // A peer serves what it has executed.
    let best = links.values.reduce(0) { max($0, $1.status?.executedHeight ?? 0) }
    guard best > height else { return }
    let isStuck = now.steadyMs >= lastBlockMs + UInt64(settings.networkDelayMs)
    guard replica == nil || catchUp.isNeeded || best > height + Bound.blocksBehind || isStuck else {
      return
    }
    let ahead = links.compactMap { peer, link in
      link.status.map { (peer: peer, height: $0.executedHeight) }
    }.filter { $0.height > height && $0.peer != inspection.peers.request?.peer }
    if let peer = catchUp.next(
      from: height + 1, peers: ahead, nowMs: now.steadyMs, timeoutMs: Bound.catchUpTimeoutMs)
    {
      send(.catchUpRequest(from: height + 1), to: [peer])
      if best > height + Bound.blocksBehind {
        actions.append(.note(.catchingUp(from: height + 1, to: best, peer)))
      }
    }
  }

  mutating func blocksChecked(
    _ result: Result<[FinalBlock], CatchUpFault>, from peer: PeerID
  ) throws(NodeCoreFault) {
    switch result {
    case .failure(let fault):
      // Nothing yet proves the newest block of an honest peer.
      if fault != .empty {
        actions.append(.note(.refused(peer, reason: "catch-up: \(fault)")))
      }
      catchUp.fail(peer, nowMs: now.steadyMs)
    case .success(let blocks):
      catchUp.succeed()
      try take(blocks)
    }
  }

  /// Takes final blocks by height; some may have come another way meanwhile.
  private mutating func take(_ blocks: [FinalBlock]) throws(NodeCoreFault) {
    for block in blocks where block.block.header.height == (finalised?.height ?? 0) + 1 {
      let header = block.block.header
      guard header.parent == finalised?.hash ?? ledger.genesis.chainID else { return }
      if undelivered.first == header.hash { undelivered.removeFirst() }
      try handOver(block)
    }
    catchUp.isNeeded = !undelivered.isEmpty
    guard let newest = blocks.last?.block, newest.header.hash == finalised?.hash,
      let certificate = newest.finalization
    else { return }
    try tell(.synced(certificate, endsEpoch: newest.header.endsEpoch))
  }
}
