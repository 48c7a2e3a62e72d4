internal import BuiltinContracts

// What other routers of this chain settled.
extension RouterCore {
  /// Reads the packets again: what is proven to be settled is not asked for any more.
  mutating func settled(_ channel: String, _ sequences: [UInt64]) {
    guard let passage = passages[channel] else { return }
    // What this router settles is told by its receipts.
    if case .submitting = passage.phase { return }
    let known = sequences.filter { passage.unsettled[$0] != nil }
    guard !known.isEmpty else { return }
    effects.append(.fetch(channel: channel, known))
  }
}

extension Passage {
  /// Whether a call that waited for its turn is still of use.
  func waits(for call: CarriedCall) -> Bool {
    switch call.kind {
    case .acknowledge(let sequence), .timeOut(let sequence): unsettled[sequence] != nil
    case .update, .receive, .skip, .lapse, .blame: true
    }
  }
}
