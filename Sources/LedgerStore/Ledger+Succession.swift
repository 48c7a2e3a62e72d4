internal import Cryptography
internal import LedgerModel
internal import Merkle

// What is checked before a block is written: a node whose next block does not follow stops.

extension Ledger {
  /// L7. The block and its result follow what is stored; returns the epoch of the block after.
  /// - Throws: `LedgerFault.notNext` for what does not follow; nothing has been written.
  func checkNext(
    _ result: BlockResult, _ block: StoredBlock?, after now: Current
  ) throws(LedgerFault) -> Epoch {
    let height = result.height
    guard let block else {
      // Only the genesis state has no block, and only an empty store takes it.
      try next(height, 0, "genesis height", height)
      try next(now.state.executed.logSize, 0, "genesis log start", height)
      return now.epoch
    }
    let header = block.header
    try next(height, now.state.executed.height + 1, "height of the result", height)
    try next(result.logStart, now.log.size, "log start of the result", height)
    try next(header.height, height, "header's height", height)
    try next(header.chainID, genesis.chainID, "header's chain id", height)
    try next(header.parent, now.tip?.header.hash ?? genesis.chainID, "header's parent", height)
    try next(header.epoch, now.epoch.number, "header's epoch", height)
    try next(header.validatorSet, now.epoch.hash, "header's validator set", height)
    let state =
      header.executed.height == now.state.executed.height
      ? now.state : try stateRecord(at: header.executed.height)
    try next(header.executed, state.executed, "header's executed state", height)
    if let certificate = block.finalization {
      do {
        try certificate.checkSubject(header)
      } catch {
        throw .notNext(
          what: "certificate", height: height, expected: "one of this block", found: "\(error)")
      }
    }
    let validators = result.nextEpoch
    try next(header.endsEpoch, validators != nil, "whether the block ends its epoch", height)
    guard let validators else { return now.epoch }
    guard block.finalization != nil else {
      throw .notNext(
        what: "certificate", height: height, expected: "one of its own, for it ends its epoch",
        found: "none")
    }
    let epoch = Epoch(
      number: header.epoch + 1, validators: validators, after: height, suite: suite)
    try next(header.nextValidatorSet, epoch.hash, "header's next validator set", height)
    return epoch
  }

  private func next<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: String, _ height: UInt64
  ) throws(LedgerFault) {
    guard found == expected else {
      throw .notNext(what: what, height: height, expected: "\(expected)", found: "\(found)")
    }
  }
}
