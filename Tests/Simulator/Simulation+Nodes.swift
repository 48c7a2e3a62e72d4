internal import Consensus
internal import Cryptography
internal import Execution
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import Synchronization
internal import TestLedger

// Nodes: their lives, and the part of a node's driver.
extension Simulation {
  func start(_ node: SimulatedNode) throws {
    guard !node.isRunning else { return }
    node.life += 1
    node.waiting = SimulatedNode.Waiting()
    node.toExecute = []
    node.toTell = []
    node.isExecuting = false
    node.isFlushing = false
    node.wakesAtMs = nil
    node.pausedUntilMs = 0
    node.startedAtMs = nowMs
    note(node.number, "starts life \(node.life)")
    let key = world.key(node.disrupter?.me ?? node.number)
    let suite = world.suite
    do {
      let ledger = try Ledger(
        store: node.disk, genesis: world.genesis, genesisState: world.genesisState, suite: suite)
      node.ledger = ledger
      try recount(ledger, node)
      var settings = NodeCore.Settings(
        networkDelayMs: Int(options.networkDelayMs), batchBytesPerAuthor: 16_384)
      if node.isHonest { settings.sabotage = options.sabotage }
      node.machine = .init(
        try NodeCore(
          ledger: ledger, executor: world.executor,
          identity: NodeCore.Identity(id: node.id) { (bytes) throws(CryptographyFault) in
            try suite.sign(bytes.span, with: key)
          }, intake: node.waiting.intake, settings: settings))
    } catch {
      return fail(node, error)
    }
    tell(node, .start)
    for other in nodes where other.id != node.id && other.isRunning {
      at(nowMs + generator.delay(1...100), .connect(node.number, other.number))
    }
  }

  /// Ends a life. What waited there is submitted elsewhere by its clients.
  func crash(_ node: SimulatedNode, _ crash: SimulatedDisk.Crash, isForEver: Bool = false) throws {
    guard node.isRunning else { return }
    node.machine = nil
    node.ledger = nil
    node.life += 1
    let lost = try node.disk.crash(crash, using: &generator)
    note(node.number, "crashes (\(crash)), \(lost) batches lost")
    for other in nodes where network.isConnected(node.number, other.number) {
      disconnect(node.number, other.number)
    }
    clientsLost(node)
    guard !isForEver else { return }
    let rest = isHealed ? 100 : generator.delay(10...3_000)
    at(nowMs + rest, .start(node: node.number))
  }

  /// A machine that cannot go on: because its disk was made to crash, or because of an error.
  func fail(_ node: SimulatedNode, _ error: any Error) {
    let isCrash = node.disk.isDead
    note(node.number, "stops: \(error)")
    do {
      if node.machine == nil, isCrash {
        // While starting.
        node.life += 1
        _ = try node.disk.crash(.power, using: &generator)
        at(nowMs + generator.delay(10...1_000), .start(node: node.number))
        return
      }
      if !isCrash, node.isHonest { checker.fault("K6: node \(node.number) stops: \(error)") }
      let isPower = generator.chance(percent: options.powerPercent)
      try crash(node, isPower ? .power : .process, isForEver: !isCrash)
    } catch {
      checker.fault("the simulator itself: \(error)")
    }
  }

  func moment(_ node: SimulatedNode) -> Moment {
    let wall = Int64(world.genesis.timeMs + 1_000 + nowMs) + node.clockSkewMs
    return Moment(
      wallMs: UInt64(max(0, wall)), steadyMs: 10_000 + nowMs - node.startedAtMs)
  }

  /// Gives the machine an event; often several are handled before one flush.
  func tell(_ node: SimulatedNode, _ event: NodeCore.Event) {
    guard node.isRunning else { return }
    do {
      try node.machine?.core.handle(event, at: moment(node))
    } catch {
      return fail(node, error)
    }
    if node.isFlushing { return }
    if generator.chance(percent: 30) {
      node.isFlushing = true
      after(generator.delay(0...2), at: node) { [self] node in
        node.isFlushing = false
        flush(node)
      }
    } else {
      flush(node)
    }
  }

  private func flush(_ node: SimulatedNode) {
    guard let machine = node.machine else { return }
    let wakeMs: UInt64
    do {
      let actions: [NodeCore.Action]
      (actions, wakeMs) = try machine.flush()
      for action in actions { perform(action, node) }
    } catch {
      return fail(node, error)
    }
    let steady = moment(node).steadyMs
    let due = max(wakeMs, steady + 1) - steady + nowMs
    if node.wakesAtMs.map({ due < $0 }) ?? true {
      node.wakesAtMs = due
      at(due, .wake(node: node.number, life: node.life, atMs: due))
    }
  }

  private func perform(_ action: NodeCore.Action, _ node: SimulatedNode) {
    switch action {
    case .send(let message, let peers): send(message, from: node, to: peers)
    case .checkBatch(let bytes, let epoch, let peer):
      after(generator.delay(0...8), at: node) { [self] node in
        guard let check = batchCheck(node) else { return }
        let result = Result { () throws(BatchFault) in try check.check(bytes, epoch: epoch) }
        tell(
          node,
          .batchChecked(BatchVerdict(result, held: nil, author: peer, byteCount: bytes.count)))
      }
    case .recheckBatch(let batch, let epoch, let author):
      after(generator.delay(0...8), at: node) { [self] node in
        guard let check = batchCheck(node) else { return }
        let result = Result { () throws(BatchFault) in
          try check.check(batch)
          return CheckedBatch(batch, epoch: epoch)
        }
        tell(
          node,
          .batchChecked(BatchVerdict(result, held: batch.digest, author: author, byteCount: 0)))
      }
    case .checkBlocks(let bytes, let check, let peer):
      after(generator.delay(0...8), at: node) { [self] node in
        let result = Result { () throws(CatchUpFault) in try check.check(bytes) }
        tell(node, .blocksChecked(result, from: peer))
      }
    case .drop(let transactions): for transaction in transactions { dropped(transaction.id) }
    case .execute(let block):
      node.toExecute.append(block)
      if !node.isExecuting { executeNext(node) }
    case .serveBlocks(let height, let peer):
      after(generator.delay(0...8), at: node) { [self] node in
        guard let ledger = node.ledger else { return }
        let packages = try ledger.blocks(
          from: height, byteLimit: CatchUpCheck.responseBytesWanted)
        send(.catchUp(CatchUpCheck.encode(packages, from: height)), from: node, to: [peer])
      }
    case .serveBatches(let digests, let peer):
      after(generator.delay(0...8), at: node) { [self] node in
        guard let ledger = node.ledger else { return }
        for digest in digests where try ledger.hasBatch(digest) {
          let batch = Batch(try ledger.transactions(ofBatch: digest), suite: world.suite)
          send(.batch(BatchCheck.encode(batch)), from: node, to: [peer])
        }
      }
    case .inspect: break  // What is stored does not rot here.
    case .epochBegan(let epoch): note(node.number, "epoch \(epoch.number) begins")
    case .note(let note): heed(note, node)
    }
  }

  private func batchCheck(_ node: SimulatedNode) -> BatchCheck? {
    guard let ledger = node.ledger else { return nil }
    let suite = world.suite
    return BatchCheck(suite: suite, chainID: world.genesis.chainID) { member in
      guard let state = try? ledger.asset(Member.source(of: member)),
        let member = Member(id: member, source: state.value)
      else { return nil }
      return try? suite.publicKey(member.signingKey, use: .signing)
    }
  }

  /// Executes, writes, and only after a while tells.
  private func executeNext(_ node: SimulatedNode) {
    guard !node.toExecute.isEmpty else {
      node.isExecuting = false
      return
    }
    node.isExecuting = true
    after(generator.delay(0...options.executionMs), at: node) { [self] node in
      guard let ledger = node.ledger else { return }
      let block = node.toExecute.removeFirst()
      let header = block.block.header
      do {
        let result = try world.executor.execute(
          block.transactions, height: header.height, timeMs: header.timeMs,
          logSize: ledger.executed.logSize,
          endingEpoch: header.endsEpoch
            ? EpochEnd(epoch: header.epoch, executedHeight: header.executed.height) : nil,
          state: ledger)
        try ledger.commit(result, of: block.block)
        note(
          node.number,
          "executes height \(header.height) of view \(header.view): "
            + "\(result.transactions.count) transactions")
        executed(block, result, ledger.executed, node)
      } catch {
        return fail(node, error)
      }
      let state = ledger.executed
      // Told in order, as a mailbox keeps it, also after the node stood still.
      node.toTell.append(state)
      after(generator.delay(0...4), at: node) { [self] node in
        tell(node, .executed(node.toTell.removeFirst()))
      }
      executeNext(node)
    }
  }

  /// K4.
  private func heed(_ note: NodeCore.Note, _ node: SimulatedNode) {
    func isHonest(_ peer: PeerID) -> Bool { nodes.contains { $0.id == peer && $0.isHonest } }
    switch note {
    case .evidence(let first, let second):
      self.note(node.number, "evidence: \(first.subject), \(second.subject)")
      guard node.isHonest, let epoch = try? node.ledger?.epoch(first.subject.epoch) else { return }
      let liar = epoch.validators.validators[first.signer]
      let accused = PeerID(key: liar.publicKey.encoded)
      if isHonest(accused) {
        checker.fault("K4: node \(node.number) accuses \(accused) of two votes")
      }
      checker.noticed(
        Checker.Lie(epoch: epoch.number, validator: liar.name), node: node.number, life: node.life)
    case .refused(let peer, let reason):
      self.note(node.number, "refuses \(peer): \(reason)")
      // Where a member's key changes, a batch may be good for its sender's epoch only; a validator
      // that reports a lie may also hold no office any more.
      let fickle = SimulatedWorld.fickle
      let isOfOtherEpoch =
        reason.hasPrefix("batch: wrongSignature")
        && reason.contains("\"\(SimulatedWorld.member(fickle))\"")
        && options.changes.contains(.memberKey(fickle))
        || reason.hasPrefix("batch: ") && reason.contains("\"validator ")
          && !options.changes.isEmpty
      if node.isHonest, isHonest(peer), !isOfOtherEpoch {
        checker.fault("K4: node \(node.number) refuses what \(peer) sends: \(reason)")
      }
    case .invalidBlock(let hash, let view, let reason):
      self.note(node.number, "block \(hash.hex.prefix(8)) of view \(view) is invalid: \(reason)")
      let isOfWrongClock = reason == "time_ms" && options.hasAbsurdClocks
      if node.isHonest, !isOfWrongClock, let proposer = checker.proposer(hash),
        isHonest(proposer)
      {
        checker.fault(
          "K4: node \(node.number) finds the block of honest \(proposer) invalid: \(reason)")
      }
    case .catchingUp(let from, let to, let peer):
      self.note(node.number, "catches up from \(from) to \(to) with \(peer)")
    case .epochBegan, .damaged, .repaired, .beyondRepair, .inspected, .votesAgain: break
    }
  }
}
