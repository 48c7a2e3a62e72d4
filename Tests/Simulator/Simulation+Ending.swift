internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import NodeCore
internal import Wire

extension Simulation {
  /// K3 and K1 on what the ledgers hold in the end, read record by record.
  func checkLedgers() throws {
    var calls: [Digest: Int] = [:]
    for submission in clients.submissions {
      calls[submission.transaction.id] = submission.transaction.calls.count
    }
    let provable = self.provable
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
      let reported = try log.compactMap(proof)
      proofs = max(proofs, reported.count)
      checker.finished(node: node.number, reported: reported, provable: provable)
      // Heights may differ: some follow a little behind.
      if let first, zip(first.log, log).contains(where: { $0 != $1 }) {
        checker.fault("K1: the logs of nodes \(first.node) and \(node.number) differ")
      }
      first = first ?? (node.number, log)
    }
  }

  /// The lie that a record of the log proves, if it does; never an honest key's (K4).
  private func proof(_ record: LogRecord) throws -> Checker.Lie? {
    guard case .event(let bytes) = record else { return nil }
    let event = try AssetEvent(decoding: bytes)
    guard event.asset == Governance.evidence else { return nil }
    let proof = try WireEquivocation(strict: event.details, limit: Limits.valueBytes)
    let accused = PeerID(key: proof.signingKey.octets)
    if nodes.contains(where: { $0.id == accused && $0.isHonest }) {
      checker.fault("K4: the ledger accuses \(accused) of two votes")
    }
    return Checker.Lie(epoch: proof.first.epoch, validator: proof.validator)
  }

  /// Lies of the running epoch that must be proven in the end.
  private var provable: [Checker.Lie] {
    let epoch = nodes.filter(\.isHonest).compactMap { $0.ledger?.epoch.number }.max() ?? 0
    let lives = nodes.filter(\.isRunning).map { ($0.number, $0.life) }
    return checker.provable(epoch: epoch, lives: Dictionary(uniqueKeysWithValues: lives))
  }

  /// Those that some honest ledger has no proof of yet.
  func missingProofs() throws -> [Checker.Lie] {
    let lies = provable
    guard !lies.isEmpty else { return [] }
    var missing: Set<Checker.Lie> = []
    for node in nodes where node.isHonest {
      guard let ledger = node.ledger else { continue }
      let proven = try ledger.asset(Governance.evidence).map { state in
        try WireEvidence(strict: state.value, limit: Limits.valueBytes).equivocations.map {
          Checker.Lie(epoch: $0.first.epoch, validator: $0.validator)
        }
      }
      missing.formUnion(Set(lies).subtracting(proven ?? []))
    }
    return lies.filter(missing.contains)
  }
}
