internal import Execution
internal import LedgerModel
internal import LedgerStore
internal import Synchronization

/// What joint decisions say about who may act and how much: constant within an epoch, so it is
/// read where one begins and not for each transaction.
final class ChainRules: Sendable {
  private let ledger: Ledger
  private let executor: BlockExecutor
  private let current: Mutex<(roster: Roster, settings: ChainSettings)>

  init(_ ledger: Ledger, _ executor: BlockExecutor) throws(StateFault) {
    self.ledger = ledger
    self.executor = executor
    current = Mutex((try executor.roster(ledger), try executor.settings(ledger)))
  }

  var roster: Roster { current.withLock { $0.roster } }
  var settings: ChainSettings { current.withLock { $0.settings } }

  /// Reads them again, because an epoch began.
  func refresh() throws(StateFault) {
    let newest = (try executor.roster(ledger), try executor.settings(ledger))
    current.withLock { $0 = newest }
  }
}
