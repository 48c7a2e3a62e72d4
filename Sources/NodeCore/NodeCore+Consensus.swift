internal import Consensus
internal import Cryptography
internal import Execution
internal import LedgerModel
internal import LedgerStore

// The consensus machine and its effects.
extension NodeCore {
  /// The machine of the current epoch; `nil` if this node is not one of its validators, or
  /// must not vote (N8).
  func makeReplica(journal: [JournalRecord]) -> Replica? {
    guard let me, mayVote else { return nil }
    let tip =
      if let finalised, finalised.epoch == epoch.number {
        Tip(view: finalised.view, block: finalised.hash)
      } else {
        Tip(view: 0, block: finalised?.hash ?? ledger.genesis.chainID)
      }
    return Replica(
      configuration: Replica.Configuration(
        committee: epoch.validators.committee, me: me, epoch: epoch.number,
        timing: Replica.Timing(
          networkDelay: settings.networkDelayMs, heartbeat: Int(rules.heartbeatMs),
          retry: 2 * settings.networkDelayMs)),
      journal: journal, lastFinalized: tip, breaking: settings.brokenRule)
  }

  /// Gives the machine an event and performs what follows, and what follows from that.
  mutating func tell(_ event: Replica.Event) throws(NodeCoreFault) {
    inbox.append(event)
    // Effects are performed in the outermost call only, in order.
    guard inbox.count == 1 else { return }
    let view = replica?.view
    defer { if replica?.view != view { viewSinceMs = now.steadyMs } }
    while let next = inbox.first {
      for effect in replica?.handle(next) ?? [] { try perform(effect) }
      inbox.removeFirst()
    }
  }

  private mutating func perform(_ effect: Replica.Effect) throws(NodeCoreFault) {
    switch effect {
    case .journal(let record):
      note(record)
      if settings.sabotage == .skipJournal { return }
      journal.append(JournalEntry(number: journalNumber, record: record.encoded))
      journalViews.append((journalNumber, record.epoch, record.view))
      journalNumber += 1
    case .requestProposal(let view, _, let parent):
      request = ProposalRequest(view: view, parent: parent, sinceMs: now.steadyMs)
    case .broadcastProposal(let permitted):
      let vote = try sign(permitted)
      if let block = try block(vote.subject.block ?? .zero) {
        leave(.proposal(block.header, batches: block.batches, vote))
      }
    case .vote(let permitted):
      leave(.vote(try sign(permitted)))
    case .broadcastCertificate(let certificate):
      leave(.certificate(certificate))
    case .verifyBlock(let proposal, let parent):
      checks[proposal.block] = BlockCheck(
        proposal: proposal, parent: parent, sinceMs: now.steadyMs)
    case .finalized(let blocks, let certificate):
      if let newest = blocks.last { finalisations[newest] = certificate }
      undelivered += blocks
    case .epochEnded:
      break  // The next epoch begins when the block is executed.
    case .armTimer(let timer, let view, let milliseconds):
      timers[timer] = (view, now.steadyMs + UInt64(milliseconds))
    case .evidence(let first, let second):
      try noteLie(first, second)
    case .requestMissing(.certificates(let views), let from):
      let peers = from.flatMap { peer(ofValidator: $0) }.map { [$0] } ?? validatorPeers
      send(.certificateRequest(epoch: epoch.number, views: views), to: peers)
    case .requestMissing(.ancestors, _):
      catchUp.isNeeded = true
    case .halt(let breach):
      throw .safetyBreach(breach)
    }
  }

  /// Signs a statement; it comes back to the machine as a vote like any other.
  private mutating func sign(_ permitted: PermittedVote) throws(NodeCoreFault) -> Vote {
    guard let me else { preconditionFailure("only a validator has a machine that votes") }
    do {
      let signature = try identity.sign(
        permitted.subject.signingBytes(chainID: ledger.genesis.chainID))
      let vote = Vote(subject: permitted.subject, signer: me, signature: signature)
      inbox.append(.vote(vote))
      return vote
    } catch {
      throw .signing(error)
    }
  }

  /// Sends to all other validators what must not leave before the journal is synced (N1).
  private mutating func leave(_ message: PeerMessage) {
    let peers = validatorPeers
    guard !peers.isEmpty else { return }
    mustSync = true
    send(message, to: peers)
  }

  /// Remembers certificates of blocks, so that each is kept with its own.
  mutating func note(_ record: JournalRecord) {
    guard case .certificate(let certificate) = record, certificate.subject.kind == .finalize,
      let block = certificate.subject.block
    else { return }
    finalisations[block] = certificate
  }

  /// A block that is not executed yet: from memory, or after a restart from the store.
  func block(_ hash: Digest) throws(NodeCoreFault) -> StoredBlock? {
    if let block = proposed[hash] { return block }
    do { return try ledger.proposal(hash) } catch { throw .ledger(error) }
  }

  /// Forgets records that no restart needs: of views below the newest block that is executed.
  mutating func pruneJournal() throws(NodeCoreFault) {
    guard let tip = ledger.tip?.header else { return }
    let floor = min(replica?.journalFloor ?? tip.view, tip.view)
    let kept = journalViews.drop {
      $0.epoch < tip.epoch || $0.epoch == tip.epoch && $0.view < floor
    }
    guard journalViews.count - kept.count >= 256 else { return }
    journalViews = Array(kept)
    do {
      try ledger.pruneJournal(below: kept.first?.number ?? journalNumber)
    } catch {
      throw .ledger(error)
    }
  }

  // MARK: Epochs

  /// N5. The validators of the next epoch take over.
  mutating func beginEpoch() throws(NodeCoreFault) {
    epoch = ledger.epoch
    do { rules = try executor.settings(ledger) } catch { throw .state(error) }
    me = epoch.validators.validators.firstIndex { $0.publicKey.encoded == identity.id.key }
    timers = [:]
    request = nil
    checks = [:]
    proposed = [:]
    abandoned += stored.keys.sorted()
    stored = [:]
    vouched = []
    plannedSet = nil
    finalisations = [:]
    inbox = []
    toldWorkWaits = false
    toldUnreachable = []
    reported = []
    replica = makeReplica(journal: [])
    actions += [.epochBegan(epoch), .note(.epochBegan(epoch.number))]
    // N2: keys may have changed.
    for batch in held.all where batch.batch.epoch != epoch.number {
      actions.append(
        .recheckBatch(batch.batch.batch, epoch: epoch.number, from: batch.author))
    }
    try tell(.start)
    let waiting = early
    early = []
    for (message, peer) in waiting { try receive(message, from: peer) }
  }
}
