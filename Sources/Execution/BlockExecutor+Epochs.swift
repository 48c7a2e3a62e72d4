internal import ContractEngine
internal import Cryptography
public import LedgerModel
internal import Wire

// The start of an epoch: docs/spec/16-governance.md, rules V7 to V9.

extension BlockExecutor {
  /// The validators of the next epoch, if a block of `epoch` must end it; `nil` if it must not.
  ///
  /// What executing that block returns as `nextEpoch` has the same validators.
  /// - Parameter state: As of the height that the block's header names as executed. While that is
  ///   before the epoch's first block, nothing is planned: what it shows as waiting was applied.
  public func plannedValidators(
    epoch: UInt64, state: some StateView
  ) throws(StateFault) -> ValidatorSet? {
    let values = try read([Governance.pending, Registry.validators], from: state)
    guard let pending = values[Governance.pending] else { return nil }
    let decisions = try stored { () throws(ModelFault) in
      try Governance.decisions(decoding: pending)
    }
    guard !decisions.isEmpty, let current = values[Registry.validators],
      try stored({ () throws(ModelFault) in
        try ValidatorSetRecord(decoding: current, suite: suite)
      }).epoch == epoch
    else { return nil }
    let changes = decisions.flatMap(\.changes)
    let all = try read(Registry.assets(of: changes), from: state)
    let registry = try stored { () throws(ModelFault) in
      try Registry(changes: changes, suite: suite) { all[$0] }
    }
    return EpochPlan(decisions, from: registry).registry.validators
  }

  /// The settings that hold after the state's block.
  public func settings(_ state: some StateView) throws(StateFault) -> ChainSettings {
    try stored { [bytes = try needed(ChainSettings.asset, state)] () throws(ModelFault) in
      try ChainSettings(decoding: bytes)
    }
  }

  /// Every organisation's standing after the state's block.
  public func roster(_ state: some StateView) throws(StateFault) -> Roster {
    try stored { [bytes = try needed(Roster.asset, state)] () throws(ModelFault) in
      try Roster(decoding: bytes)
    }
  }

  private func needed(_ asset: AssetID, _ state: some StateView) throws(StateFault) -> [UInt8] {
    guard let bytes = try read([asset], from: state)[asset] else {
      throw .unavailable(reason: "the state has no \(asset): it did not begin from genesis")
    }
    return bytes
  }

  private func read(
    _ assets: [AssetID], from state: some StateView
  ) throws(StateFault) -> [AssetID: [UInt8]] {
    var values: [AssetID: [UInt8]] = [:]
    for (asset, found) in zip(assets, try state.assets(assets.map { $0.indexKey(suite) })) {
      values[asset] = found?.value
    }
    return values
  }

  /// Runs a reader of stored values: these were written by the registry, so one that is not whole
  /// means a damaged state.
  func stored<Value>(_ body: () throws(ModelFault) -> Value) throws(StateFault) -> Value {
    do { return try body() } catch { throw .unavailable(reason: "\(error)") }
  }
}

extension BlockExecutor {
  /// Starts the next epoch: applies what was decided up to `end.executedHeight`.
  func startEpoch(
    after end: EpochEnd, at block: BlockPlace, state: some StateView,
    _ assets: inout WorkingAssets, _ result: inout BlockResult
  ) throws(StateFault) {
    try assets.load([Governance.pending, Registry.validators], from: state)
    let pending =
      if let bytes = assets.state(Governance.pending)?.value {
        try stored { () throws(ModelFault) in try Governance.decisions(decoding: bytes) }
      } else { [WireDecision]() }
    let due = pending.filter { $0.height <= end.executedHeight }
    let changes = due.flatMap(\.changes)
    try assets.load(
      Registry.assets(of: changes) + due.map { Governance.proposal($0.proposal) }, from: state)
    let registry = try stored { [assets] () throws(ModelFault) in
      try Registry(changes: changes, suite: suite) { assets.state($0)?.value }
    }
    guard registry.epoch == end.epoch else {
      throw .unavailable(
        reason: "block \(block.height) ends epoch \(end.epoch), the state is of \(registry.epoch)")
    }
    let plan = EpochPlan(due, from: registry)
    for outcome in plan.outcomes {
      try record(outcome, at: block, &assets, &result)
    }
    var start = WireEpochStart()
    start.epoch = plan.registry.epoch
    start.proposals = plan.applied
    if !due.isEmpty {
      var rest = WirePendingChanges()
      rest.decisions = pending.filter { $0.height > end.executedHeight }
      append(
        to: Governance.pending, Governance.startEpoch, rest.encoded, start.encoded, at: block,
        &assets, &result)
    }
    append(
      to: Registry.validators, Governance.startEpoch, plan.registry.validatorRecord.wire.encoded,
      start.encoded, at: block, &assets, &result)
    result.nextEpoch = plan.registry.validators
  }

  /// The changes of a proposal in their assets' trails, and what became of it in its own.
  private func record(
    _ outcome: EpochPlan.Outcome, at block: BlockPlace, _ assets: inout WorkingAssets,
    _ result: inout BlockResult
  ) throws(StateFault) {
    let asset = Governance.proposal(outcome.proposal)
    var proposal = try stored { [assets] () throws(ModelFault) in
      try WireProposal(decodingStored: assets.state(asset)?.value ?? [])
    }
    switch outcome.events {
    case .success(let events):
      for event in events {
        var details = WireAppliedChange()
        details.proposal = outcome.proposal
        details.index = UInt32(event.index)
        details.change = event.change
        append(
          to: event.write.asset, event.change.operation, event.write.value, details.encoded,
          at: block, &assets, &result)
      }
      proposal.status = .applied
      append(
        to: asset, "apply", proposal.encoded, [], at: block, &assets, &result)
    case .failure(let refusal):
      proposal.status = .impossible
      proposal.obstacle.code = refusal.code.name
      proposal.obstacle.field = refusal.field
      proposal.obstacle.value = refusal.value
      append(
        to: asset, "obstruct", proposal.encoded, proposal.obstacle.encoded, at: block, &assets,
        &result)
    }
  }

  /// Appends an event that no transaction caused: its transaction id is zero.
  private func append(
    to asset: AssetID, _ operation: String, _ value: [UInt8], _ details: [UInt8],
    at block: BlockPlace, _ assets: inout WorkingAssets, _ result: inout BlockResult
  ) {
    let applied = assets.apply(
      PendingEvent(
        asset: asset, operation: operation, value: value, details: details,
        actor: Governance.actor),
      transactionID: .zero, callIndex: 0, at: block, position: result.logSize)
    result.log(applied.record, digest: applied.digest, suite: suite)
  }
}

extension WireProposal {
  fileprivate init(decodingStored bytes: [UInt8]) throws(ModelFault) {
    do {
      self = try WireProposal(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw .wire(error)
    }
  }
}
