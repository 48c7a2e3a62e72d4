internal import Cryptography
internal import LedgerModel
internal import LedgerStore

extension Simulation {
  /// K3 and K1 on what the ledgers hold in the end, read record by record.
  func checkLedgers() throws {
    var calls: [Digest: Int] = [:]
    for submission in clients.submissions {
      calls[submission.transaction.id] = submission.transaction.calls.count
    }
    var first: (node: Int, log: [LogRecord])?
    for node in nodes where node.isHonest {
      guard let ledger = node.ledger else { continue }
      let log = try ledger.records(0..<ledger.executed.logSize)
      var receipts: [Digest: Int] = [:]
      for case .receipt(let bytes) in log {
        receipts[try Receipt(decoding: bytes).transactionID, default: 0] += 1
      }
      checker.finished(
        node: node.number, height: ledger.executed.height, receipts: receipts, calls: calls)
      // Heights may differ: some follow a little behind.
      if let first, zip(first.log, log).contains(where: { $0 != $1 }) {
        checker.fault("K1: the logs of nodes \(first.node) and \(node.number) differ")
      }
      first = first ?? (node.number, log)
    }
  }
}
