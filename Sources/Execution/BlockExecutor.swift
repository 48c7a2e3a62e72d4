public import ContractEngine
public import Cryptography
public import LedgerModel

/// Executes finalised blocks: ordered transactions in, receipts, events and new values out.
///
/// Rules (docs/spec/08-contracts.md):
/// - X1. A transaction that was executed before has no further effect, not even a receipt.
/// - X2. A transaction past its last height or with one too far off, of a member that may not act,
///   or under a used idempotency key has each of its calls refused.
/// - X3. A refused call changes nothing but its receipt.
/// - X4. In an all-or-nothing transaction one refused call refuses all.
/// - X5. A transaction's events come before its receipts in the log, both in its calls' order.
/// - X6. The last block of an epoch applies what was decided, after its transactions.
/// - X7. The calls of a block cost a bounded number of checks of signatures.
///
/// Signatures were checked before the block was final, against the same registry.
public struct BlockExecutor: Sendable {
  let suite: any CryptoSuite
  private let contracts: [String: Contract]

  public init(suite: any CryptoSuite, contracts: [Contract]) {
    self.suite = suite
    self.contracts = Dictionary(uniqueKeysWithValues: contracts.map { ($0.name, $0) })
  }

  /// Executes the transactions of one block.
  /// - Parameters:
  ///   - logSize: Size of the operation log before the block.
  ///   - endingEpoch: Set for the last block of an epoch; `nextEpoch` of the result is then set.
  public func execute(
    _ transactions: [Transaction], height: UInt64, timeMs: UInt64, logSize: UInt64,
    endingEpoch: EpochEnd? = nil, state: some StateView
  ) throws(StateFault) -> BlockResult {
    let prepared = transactions.map { $0.calls.map(prepare) }
    var assets = WorkingAssets(suite: suite)
    try assets.load(touched(by: transactions, prepared), from: state)
    let rules = try rules(assets)
    let block = BlockPlace(height: height, timeMs: timeMs)
    var result = BlockResult(height: height, logStart: logSize)
    var fresh: [IdempotencyName: Digest] = [:]
    var executed: Set<Digest> = []
    var signatures = SignatureBudget()
    for (transaction, calls) in zip(transactions, prepared) {
      let name = IdempotencyName(member: transaction.member, key: transaction.idempotencyKey)
      let earlier =
        if let id = fresh[name] { Optional(id) } else {
          try state.transaction(
            member: transaction.member, idempotencyKey: transaction.idempotencyKey)
        }
      // X1. One that was refused because another has its key owns no key: its receipts tell.
      guard earlier != transaction.id, executed.insert(transaction.id).inserted else { continue }
      if earlier == nil {
        fresh[name] = transaction.id
      } else if try state.isExecuted(transaction.id) {
        continue
      }
      let admitted = Result { () throws(Refusal) in
        try admit(transaction, earlier: earlier, at: block, assets, rules.roster)
      }
      let outcomes: [Receipt.Outcome]
      switch admitted {
      case .success(let caller):
        outcomes = try run(
          transaction, calls, caller: caller, at: block, rules.permissions, state, &assets,
          &signatures, &result)
      case .failure(let refusal):
        outcomes = calls.map { _ in .refused(.init(refusal)) }
      }
      record(outcomes, of: transaction, conflicting: earlier != nil, height: height, &result)
    }
    if let endingEpoch {
      try startEpoch(after: endingEpoch, at: block, state: state, &assets, &result)
    }
    result.updates = assets.updates
    return result
  }

  private func prepare(_ call: Transaction.Call) -> Result<PreparedCall, Refusal> {
    guard let contract = contracts[call.contract] else {
      return .failure(Refusal(.unknownContract, field: "contract", value: call.contract))
    }
    guard let method = contract.method(call.method) else {
      return .failure(
        Refusal(.unknownMethod, field: "method", value: "\(call.contract).\(call.method)"))
    }
    do {
      return .success(try method.prepare(call.arguments))
    } catch {
      return .failure(error)
    }
  }

  /// Every asset that the block may touch, each once, in first-touch order.
  private func touched(
    by transactions: [Transaction], _ prepared: [[Result<PreparedCall, Refusal>]]
  ) -> [AssetID] {
    guard !transactions.isEmpty else { return [] }
    var ids = [Roster.asset, Permissions.asset]
    var seen = Set(ids)
    for (transaction, calls) in zip(transactions, prepared) {
      let source = Member.source(of: transaction.member)
      if seen.insert(source).inserted { ids.append(source) }
      for case .success(let call) in calls {
        for id in call.touches where seen.insert(id).inserted { ids.append(id) }
      }
    }
    return ids
  }

  /// What joint decisions say about who may act; the same for all of an epoch.
  private func rules(
    _ assets: WorkingAssets
  ) throws(StateFault) -> (roster: Roster, permissions: Permissions) {
    try stored { () throws(ModelFault) in
      (
        try assets.state(Roster.asset).map { (state) throws(ModelFault) in
          try Roster(decoding: state.value)
        } ?? Roster(active: []),
        try assets.state(Permissions.asset).map { (state) throws(ModelFault) in
          try Permissions(decoding: state.value)
        } ?? Permissions()
      )
    }
  }

  /// X2.
  private func admit(
    _ transaction: Transaction, earlier: Digest?, at block: BlockPlace, _ assets: WorkingAssets,
    _ roster: Roster
  ) throws(Refusal) -> Member {
    guard earlier == nil else {
      throw Refusal(
        .idempotencyConflict, field: "idempotency_key", value: transaction.idempotencyKey.hex)
    }
    guard block.height <= transaction.validUntil else {
      throw Refusal(
        .expired, field: "valid_until_height",
        value: "\(transaction.validUntil), the block is \(block.height)")
    }
    guard transaction.validUntil - block.height <= Limits.validityBlocks else {
      throw Refusal(
        .validTooLong, field: "valid_until_height",
        value: "\(transaction.validUntil), the block is \(block.height)")
    }
    guard let state = assets.state(Member.source(of: transaction.member)),
      let member = Member(id: transaction.member, source: state.value)
    else {
      throw Refusal(.unknownMember, field: "member", value: transaction.member)
    }
    try member.checkStanding(atMs: block.timeMs, roster: roster)
    return member
  }

  private func run(
    _ transaction: Transaction, _ calls: [Result<PreparedCall, Refusal>], caller: Member,
    at block: BlockPlace, _ permissions: Permissions, _ state: some StateView,
    _ assets: inout WorkingAssets, _ signatures: inout SignatureBudget, _ result: inout BlockResult
  ) throws(StateFault) -> [Receipt.Outcome] {
    let logBefore = result.logSize
    assets.beginUndo()
    var outcomes: [Receipt.Outcome] = []
    for (index, prepared) in calls.enumerated() {
      let call = transaction.calls[index]
      let permitted = Result { () throws(Refusal) in
        try permit(prepared, call, caller: caller, permissions, &signatures)
      }
      let touches = try touched(by: permitted, state, &assets)
      do {
        let pending = try run(
          permitted, call, touches, of: transaction.chainID, caller: caller, at: block, assets)
        for event in pending {
          let applied = assets.apply(
            event, transactionID: transaction.id, callIndex: index, at: block,
            position: result.logSize)
          result.log(applied.record, digest: applied.digest, suite: suite)
        }
        outcomes.append(.done(events: pending.count))
      } catch {
        if transaction.isAllOrNothing {
          assets.undo()
          result.truncate(to: logBefore)
          return Self.rolledBack(calls.count, because: error, at: index)
        }
        outcomes.append(.refused(.init(error)))
      }
    }
    return outcomes
  }

  /// Every asset that the call may touch, loaded: those that follow from values are known only now.
  private func touched(
    by permitted: Result<PreparedCall, Refusal>, _ state: some StateView,
    _ assets: inout WorkingAssets
  ) throws(StateFault) -> [AssetID] {
    guard case .success(let call) = permitted else { return [] }
    let derived = call.derived { assets.state($0)?.value }
    try assets.loadMissing(derived, from: state)
    return call.touches + derived
  }

  /// X3, X7. What is checked of a call before any of its assets is looked at.
  private func permit(
    _ prepared: Result<PreparedCall, Refusal>, _ call: Transaction.Call, caller: Member,
    _ permissions: Permissions, _ signatures: inout SignatureBudget
  ) throws(Refusal) -> PreparedCall {
    let ready = try prepared.get()
    let method = contracts[call.contract]?.method(call.method)
    try method?.permit(caller, of: call.contract, permissions)
    // Counted whatever becomes of the call: the work may be done before it is refused.
    guard signatures.take(ready.signatureChecks, byAnyone: method?.roles.isEmpty ?? true) else {
      throw Refusal(
        .signatureChecksUsed, field: "method",
        value: "\(call.contract).\(call.method) needs \(ready.signatureChecks)")
    }
    return ready
  }

  private func run(
    _ permitted: Result<PreparedCall, Refusal>, _ call: Transaction.Call, _ touches: [AssetID],
    of chainID: Digest, caller: Member, at block: BlockPlace, _ assets: WorkingAssets
  ) throws(Refusal) -> [PendingEvent] {
    try permitted.get().run(
      CallScope(
        chainID: chainID, caller: caller, height: block.height, timeMs: block.timeMs,
        attachments: call.attachments, suite: suite, touches: touches, read: assets.state))
  }

  private static func rolledBack(
    _ count: Int, because refusal: Refusal, at culprit: Int
  ) -> [Receipt.Outcome] {
    (0..<count).map { index in
      index == culprit
        ? .refused(.init(refusal))
        : .refused(
          .init(Refusal(.rolledBack, field: "calls[\(culprit)]", value: refusal.code.name)))
    }
  }

  private func record(
    _ outcomes: [Receipt.Outcome], of transaction: Transaction, conflicting: Bool, height: UInt64,
    _ result: inout BlockResult
  ) {
    let first = result.logSize
    var receipts: [Receipt] = []
    receipts.reserveCapacity(outcomes.count)
    for (index, outcome) in outcomes.enumerated() {
      let call = transaction.calls[index]
      let receipt = Receipt(
        transactionID: transaction.id, callIndex: index, height: height,
        member: transaction.member, contract: call.contract, method: call.method,
        outcome: outcome)
      let record = LogRecord.receipt(receipt.encoded)
      result.log(record, digest: record.digest(suite), suite: suite)
      receipts.append(receipt)
    }
    result.transactions.append(
      BlockResult.Executed(
        id: transaction.id, member: transaction.member,
        idempotencyKey: conflicting ? [] : transaction.idempotencyKey, firstReceipt: first,
        receipts: receipts))
  }
}

/// Where in the chain a call runs.
struct BlockPlace {
  let height: UInt64
  let timeMs: UInt64
}

private struct IdempotencyName: Hashable {
  let member: String
  let key: [UInt8]
}
