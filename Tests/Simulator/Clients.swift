internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import Synchronization
internal import TestLedger
internal import TransactionPool

/// Who submits what, and what became of it.
struct Clients {
  struct Submission {
    enum Standing { case waiting, done, refused }
    let transaction: Transaction
    var standing = Standing.waiting
    /// Where it waits.
    var nodes: Set<Int> = []
  }

  var submissions: [Submission] = []
  var numbers: [Digest: Int] = [:]

  mutating func add(_ transaction: Transaction) -> Int {
    submissions.append(Submission(transaction: transaction))
    numbers[transaction.id] = submissions.count - 1
    return submissions.count - 1
  }
}

extension Simulation {
  /// Spreads submissions and decisions over the time of trouble.
  func scheduleClients() {
    for number in 0..<options.submissions {
      after(generator.delay(100...options.troubleMs)) { [self] in try submitNew(number) }
    }
    for (number, change) in options.changes.enumerated() {
      after(generator.delay(100...options.troubleMs)) { [self] in
        let transaction = try world.decision(
          "proposal-\(number)", change,
          deadlineMs: world.genesis.timeMs + 300 * 24 * 3_600_000)
        submit(clients.add(transaction))
      }
    }
  }

  private func submitNew(_ number: Int) throws {
    let member = generator.number(0...SimulatedWorld.members - 1)
    let lastHeight = generator.chance(percent: 10)
      ? checker.height + generator.delay(1...6) : 100_000
    func note(_ text: String, _ idempotencyKey: UInt64) throws -> Int {
      clients.add(
        try world.note(
          "note-\(number % 7)", text, by: member,
          secondKey: member == SimulatedWorld.fickle && hasNewKey,
          idempotencyKey: idempotencyKey.bigEndianBytes, validUntil: lastHeight))
    }
    let key = UInt64(number)
    let submission = try note("text \(number)", key)
    submit(submission)
    if generator.chance(percent: 20) { submit(submission) }
    if generator.chance(percent: 10) { submit(try note("other \(number)", key)) }
  }

  /// Whether some node knows the new key of the member whose key changes.
  private var hasNewKey: Bool {
    options.changes.contains(.memberKey(SimulatedWorld.fickle))
      && nodes.contains { ($0.ledger?.epoch.number ?? 0) > 0 } && generator.chance(percent: 70)
  }

  /// Submits to some node; tries again later if that comes to nothing.
  private func submit(_ number: Int) {
    guard clients.submissions[number].standing == .waiting else { return }
    let running = nodes.filter { $0.isRunning && $0.pausedUntilMs <= nowMs }
    if !running.isEmpty {
      let node = generator.pick(running)
      node.waiting.judging.withLock { $0 += 1 }
      after(generator.delay(0...5), at: node) { [self] node in
        node.waiting.judging.withLock { $0 -= 1 }
        try admit(number, node)
        tell(node, .work)
      }
    }
    after(generator.delay(4_000...8_000)) { [self] in submit(number) }
  }

  private func admit(_ number: Int, _ node: SimulatedNode) throws {
    guard let ledger = node.ledger else { return }
    let transaction = clients.submissions[number].transaction
    if try ledger.receipts(of: transaction.id) != nil {
      if node.isHonest { clients.submissions[number].standing = .done }
      return
    }
    if try ledger.transaction(
      member: transaction.member, idempotencyKey: transaction.idempotencyKey) != nil
    {
      return refuse(number, node, "idempotency")
    }
    guard transaction.validUntil > ledger.executed.height else {
      return refuse(number, node, "expired")
    }
    let epoch = ledger.epoch.number
    guard let state = try ledger.asset(Member.asset(transaction.member)) else { return }
    let key = try world.suite.publicKey(
      try Member(decoding: state.value).signingKey, use: .signing)
    guard world.suite.isValid(transaction.signature, of: transaction.id.bytes.span, by: key) else {
      return refuse(number, node, "signature")
    }
    let isNew = node.waiting.pool.withLock { pool in
      (try? pool.add(transaction, epoch: epoch)) ?? false
    }
    guard isNew else { return }
    note(node.number, "takes submission \(number) \(transaction.id.hex.prefix(8))")
    clients.submissions[number].nodes.insert(node.number)
  }

  private func refuse(_ number: Int, _ node: SimulatedNode, _ reason: String) {
    note(node.number, "refuses submission \(number): \(reason)")
    if node.isHonest { clients.submissions[number].standing = .refused }
  }

  /// Clients of a node that crashed go elsewhere.
  func clientsLost(_ node: SimulatedNode) {
    for number in clients.submissions.indices
    where clients.submissions[number].nodes.remove(node.number) != nil {
      after(generator.delay(50...1_500)) { [self] in submit(number) }
    }
  }

  /// A node took it back, because keys have changed.
  func dropped(_ id: Digest) {
    guard let number = clients.numbers[id] else { return }
    if clients.submissions[number].standing == .waiting {
      clients.submissions[number].standing = .refused
    }
  }

  /// A block is executed and on disk: who waits there is told.
  func executed(
    _ block: FinalBlock, _ result: BlockResult, _ state: ExecutedState, _ node: SimulatedNode
  ) {
    guard node.isHonest else { return }
    let header = block.block.header
    node.countedHeight = header.height
    transcript.add(header.hash.bytes)
    checker.committed(
      height: header.height, block: header.hash, state: state,
      transactions: result.transactions.map(\.id), node: node.number)
    // Validators report lies by themselves.
    for executed in result.transactions where !Member.isValidator(executed.member) {
      guard let number = clients.numbers[executed.id] else {
        checker.fault("K3: node \(node.number) executed what nobody submitted")
        continue
      }
      clients.submissions[number].standing = .done
    }
  }

  /// Counts what was written in the moment of a crash, when nobody was told any more.
  func recount(_ ledger: Ledger, _ node: SimulatedNode) throws {
    guard node.isHonest else { return }
    while node.countedHeight < ledger.executed.height {
      node.countedHeight += 1
      let height = node.countedHeight
      guard let block = try ledger.block(at: height), let state = try ledger.executed(at: height)
      else {
        checker.fault("K1: node \(node.number) lacks height \(height) after a crash")
        return
      }
      let transactions = try block.batches.flatMap { try ledger.transactions(ofBatch: $0) }
      checker.committed(
        height: height, block: block.header.hash, state: state,
        transactions: try transactions.map(\.id).filter {
          try ledger.receipts(of: $0)?.height == height
        }, node: node.number)
    }
  }
}
