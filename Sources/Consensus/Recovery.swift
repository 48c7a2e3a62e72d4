internal import Cryptography
internal import LedgerModel

/// What a journal tells about rounds. What it tells about own votes is for `SafetyRules`.
struct Recovery {
  var rounds: [UInt64: Round] = [:]
  /// As in `Replica`.
  var lastBlocks: [Digest: UInt64] = [:]
  /// One above the highest view that a certificate closes.
  var view: UInt64
  /// The highest finalization above the starting point.
  var newestFinalization: Certificate?

  init(configuration: Replica.Configuration, journal: [JournalRecord], from start: Tip) {
    view = start.view + 1
    for record in journal where record.epoch == configuration.epoch && record.view >= start.view {
      var round = rounds[record.view] ?? Round(committee: configuration.committee)
      var closes = false
      switch record {
      case .vote(let subject):
        // We notarized only a valid block, and only the leader's first.
        if subject.kind == .notarize, let proposal = subject.proposal {
          round.proposal = proposal
          round.set(.valid, on: proposal.block)
        }
      case .certified(let proposal):
        round.certified = proposal
        round.set(.valid, on: proposal.block)
        closes = true
      case .lastBlock(_, let tip):
        lastBlocks[tip.block] = tip.view
      case .certificate(let certificate):
        round.keep(certificate)
        closes = certificate.subject.kind != .notarize
        if certificate.subject.kind == .finalize, record.view > start.view,
          record.view > newestFinalization?.subject.view ?? 0
        {
          newestFinalization = certificate
        }
      }
      rounds[record.view] = round
      if closes { view = max(view, record.view + 1) }
    }
  }
}
