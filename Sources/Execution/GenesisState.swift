internal import ContractEngine
internal import Cryptography
public import LedgerModel
internal import Wire

extension BlockExecutor {
  /// The state that the genesis document describes, as the result of block 0.
  ///
  /// Every organisation and member becomes an asset with one event, and so do the validators, the
  /// roster of organisations and the settings.
  /// - Source: docs/spec/06-registry.md, rule G3.
  public static func genesisState(_ genesis: Genesis) -> BlockResult {
    let suite = genesis.suite
    var assets = WorkingAssets(suite: suite)
    var result = BlockResult(height: 0, logStart: 0)
    let organisations = genesis.organisations.map { record in
      (Registry.organisation(record.id), record.encoded)
    }
    let members = genesis.members.map { (Member.asset($0.id), $0.wire.encoded) }
    let roster = Roster(
      active: genesis.organisations.filter { !$0.suspended }.map(\.id),
      suspended: genesis.organisations.filter(\.suspended).map(\.id))
    let current = [
      (
        Registry.validators,
        ValidatorSetRecord(
          epoch: 0, validators: genesis.validators, observers: genesis.observers
        ).wire.encoded
      ),
      (Roster.asset, roster.wire.encoded), (ChainSettings.asset, genesis.settings.wire.encoded),
    ]
    for (asset, value) in organisations + members + current {
      let applied = assets.apply(
        PendingEvent(
          asset: asset, operation: "genesis", value: value, details: [], actor: "genesis"),
        transactionID: genesis.chainID, callIndex: 0,
        at: BlockPlace(height: 0, timeMs: genesis.timeMs), position: result.logSize)
      result.log(applied.record, digest: applied.digest, suite: suite)
    }
    result.updates = assets.updates
    return result
  }
}
