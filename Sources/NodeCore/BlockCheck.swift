internal import Consensus
internal import Cryptography
internal import Execution
internal import LedgerModel
internal import LedgerStore

/// A block that the consensus machine wants to know about, and what it waits for.
struct BlockCheck {
  /// What is still missing.
  enum Wait: Hashable {
    case block
    case batches([Digest])
    /// Its parent is not known here.
    case parent
    /// Its `executed` height was not reached here yet.
    case execution(UInt64)
  }

  let proposal: Proposal
  /// What its header must name; `nil` if a quorum has checked that already.
  let parent: Digest?
  let sinceMs: UInt64
  var wait: Wait?
  var askedAtMs: UInt64?
  var attempts = 0

  init(proposal: Proposal, parent: Digest?, sinceMs: UInt64) {
    self.proposal = proposal
    self.parent = parent
    self.sinceMs = sinceMs
  }
}

// N3: whether proposed blocks are valid.
extension NodeCore {
  /// Goes on with every check as far as what is here allows.
  mutating func advanceChecks() throws(NodeCoreFault) {
    guard !checks.isEmpty else { return }
    let settled = replica?.finalizedTip.view ?? 0
    let pending = checks.sorted {
      ($0.value.proposal.view, $0.key) < ($1.value.proposal.view, $1.key)
    }
    for (hash, check) in pending {
      if check.proposal.view <= settled {
        checks[hash] = nil
        continue
      }
      switch try verdict(on: check) {
      case .waits(let wait): ask(for: wait, of: hash)
      case .valid(let block):
        checks[hash] = nil
        remember(block.batches)
        if proposed[hash] != nil, stored[hash] == nil {
          stored[hash] = block.header.height
          toStore.append(content(of: block))
        }
        try tell(
          .blockVerified(
            view: check.proposal.view, block: hash, isValid: true,
            endsEpoch: block.header.endsEpoch))
      case .invalid(let reason):
        checks[hash] = nil
        actions.append(
          .note(.invalidBlock(hash, view: check.proposal.view, reason: reason)))
        try tell(
          .blockVerified(
            view: check.proposal.view, block: hash, isValid: false, endsEpoch: false))
      }
    }
  }

  private enum Verdict {
    case waits(BlockCheck.Wait)
    case valid(StoredBlock)
    case invalid(String)
  }

  private mutating func verdict(on check: BlockCheck) throws(NodeCoreFault) -> Verdict {
    guard let block = try block(check.proposal.block) else { return .waits(.block) }
    let header = block.header
    if let reason = faultOfItself(header, check) { return .invalid(reason) }
    // A quorum has notarized it, in this view or before: only whether all is held still counts.
    if check.parent == check.proposal.block {
      guard header.endsEpoch else { return .invalid("parent") }
    } else if let parentHash = check.parent {
      guard header.parent == parentHash else { return .invalid("parent") }
      guard let parent = try place(of: parentHash) else { return .waits(.parent) }
      if parent.endsEpoch { return .invalid("parent ends the epoch") }
      if Set(block.batches).count != block.batches.count { return .invalid("batches") }
      if let reason = fault(of: header, after: parent) { return .invalid(reason) }
      guard header.executed.height <= executed.height else {
        return .waits(.execution(header.executed.height))
      }
      guard header.executed == (try state(at: header.executed.height)) else {
        return .invalid("executed")
      }
      guard header.nextValidatorSet == (try nextValidatorSet(asOf: header.executed.height)) else {
        return .invalid("next_validator_set")
      }
    }
    var missing: [Digest] = []
    var (calls, bytes) = (0, 0)
    for digest in block.batches {
      if let batch = held[digest] {
        if batch.batch.epoch != epoch.number { missing.append(digest) }
        calls += batch.batch.callCount
        bytes += batch.batch.byteCount
      } else if check.parent == nil || vouched.contains(digest) || held.wasOrdered(digest),
        try isStored(digest)
      {
        // Stored alone is not enough: it may have been checked under another epoch's registry.
        let size = try storedSize(digest)
        calls += size.calls
        bytes += size.bytes
      } else {
        missing.append(digest)
      }
    }
    // One batch is always allowed: it may hold one transaction above the bounds, or be of an epoch
    // that had others. Of more, all are counted, so that every validator says the same.
    if block.batches.count > 1, calls > rules.blockCalls || bytes > rules.blockBytes {
      return .invalid("size")
    }
    if settings.sabotage == .voteWithoutData { missing = [] }
    return missing.isEmpty ? .valid(block) : .waits(.batches(missing))
  }

  /// What is wrong with a header whatever its parent is.
  private func faultOfItself(_ header: BlockHeader, _ check: BlockCheck) -> String? {
    if header.chainID != ledger.genesis.chainID { return "chain_id" }
    if header.epoch != epoch.number { return "epoch" }
    if header.validatorSet != epoch.hash { return "validator_set" }
    let isAgain = header.endsEpoch && header.view < check.proposal.view
    if header.view != check.proposal.view, !isAgain { return "view" }
    if header.executed.height >= header.height
      || header.height - header.executed.height > Limits.executionLag
    {
      return "executed.height"
    }
    return nil
  }

  private func fault(of header: BlockHeader, after parent: Place) -> String? {
    if header.height != parent.height + 1 { return "height" }
    if header.timeMs <= parent.timeMs { return "time_ms" }
    if header.timeMs > now.wallMs + Bound.clockSkewMs, header.timeMs > parent.timeMs + 1 {
      return "time_ms"
    }
    if header.executed.height < parent.executedHeight { return "executed.height" }
    return nil
  }

  /// What a child must continue.
  struct Place {
    let height: UInt64
    let timeMs: UInt64
    let executedHeight: UInt64
    /// Then nothing but the next epoch continues it.
    let endsEpoch: Bool
  }

  func place(of hash: Digest) throws(NodeCoreFault) -> Place? {
    if hash == ledger.genesis.chainID {
      return Place(height: 0, timeMs: ledger.genesis.timeMs, executedHeight: 0, endsEpoch: false)
    }
    let header: BlockHeader? =
      if let finalised, finalised.hash == hash { finalised } else {
        try block(hash)?.header
      }
    return header.map {
      Place(
        height: $0.height, timeMs: $0.timeMs, executedHeight: $0.executed.height,
        endsEpoch: $0.endsEpoch && $0.epoch == epoch.number)
    }
  }

  /// The state that this node computed at a height not above `executed`.
  func state(at height: UInt64) throws(NodeCoreFault) -> ExecutedState? {
    if let state = states[height] { return state }
    do { return try ledger.executed(at: height) } catch { throw .ledger(error) }
  }

  /// What a header that commits to the state at `height` must name as next validator set.
  mutating func nextValidatorSet(asOf height: UInt64) throws(NodeCoreFault) -> Digest {
    if let plannedSet, plannedSet.height == height { return plannedSet.digest }
    let state: PastState
    do { state = try ledger.state(asOf: height) } catch { throw .ledger(error) }
    do {
      let planned = try executor.plannedValidators(epoch: epoch.number, state: state)
      let digest = planned?.hash(epoch: epoch.number + 1, suite: ledger.suite) ?? epoch.hash
      plannedSet = (height, digest)
      return digest
    } catch {
      throw .state(error)
    }
  }

  func isStored(_ batch: Digest) throws(NodeCoreFault) -> Bool {
    do { return try ledger.hasBatch(batch) } catch { throw .ledger(error) }
  }

  /// Calls and bytes of a batch that is not in memory: it was held before a restart, or ordered.
  private mutating func storedSize(
    _ batch: Digest
  ) throws(NodeCoreFault) -> (calls: Int, bytes: Int) {
    if let known = storedSizes[batch] { return known }
    do throws(LedgerFault) {
      var size = (calls: 0, bytes: 0)
      for bytes in try ledger.submitted(batch) {
        guard let transaction = try? Transaction(decoding: bytes, suite: ledger.suite) else {
          throw .malformed(what: "batch", place: batch.hex, reason: "it holds no transaction")
        }
        size.calls += transaction.calls.count
        size.bytes += transaction.byteCount
      }
      if storedSizes.count >= Bound.batchesRemembered { storedSizes = [:] }
      storedSizes[batch] = size
      return size
    } catch {
      throw .ledger(error)
    }
  }

  /// Notes that batches of a valid block are stored, checked under this epoch's registry.
  private mutating func remember(_ batches: [Digest]) {
    if vouched.count >= Bound.batchesRemembered { vouched = [] }
    vouched.formUnion(batches.filter { !held.wasOrdered($0) })
  }

  /// A block with those of its batches that are in memory; the others are stored already.
  private func content(of block: StoredBlock) -> FinalBlock {
    FinalBlock(block: block, batches: block.batches.compactMap { held[$0]?.batch.batch })
  }

  /// Asks for what is missing: the leader first, then each validator in turn.
  private mutating func ask(for wait: BlockCheck.Wait, of hash: Digest) {
    guard var check = checks[hash] else { return }
    let isNew = check.wait != wait
    check.wait = wait
    defer { checks[hash] = check }
    if !isNew, let asked = check.askedAtMs, now.steadyMs < asked + Bound.retryMs { return }
    let message: PeerMessage
    switch wait {
    case .block: message = .blockRequest(hash)
    case .batches(let digests):
      message = .batchRequest(digests)
    case .parent:
      guard let parent = check.parent else { return }
      message = .blockRequest(parent)
    case .execution: return
    }
    check.askedAtMs = now.steadyMs
    let peers = validatorPeers
    let leader = epoch.validators.leader(epoch: epoch.number, view: check.proposal.view)
    if check.attempts == 0, let first = peer(ofValidator: leader), links[first] != nil {
      send(message, to: [first])
    } else if !peers.isEmpty {
      send(message, to: [peers[(leader + check.attempts) % peers.count]])
    }
    check.attempts += 1
  }
}
