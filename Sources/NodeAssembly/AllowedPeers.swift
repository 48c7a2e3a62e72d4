internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import Synchronization
internal import Transport

/// The keys that the chain registers for nodes, validators and observers, and those that the
/// operator names: only these get a link.
final class AllowedPeers: Sendable {
  private struct Keys {
    var registered: [String: PeerKey]
    /// Those that the operator names and this node's ledger has never registered: it may know them
    /// from the chain only once it has caught up. From then on the chain alone decides.
    var named: Set<PeerKey>
  }

  private let ledger: Ledger
  /// Whom to dial, as the operator says.
  private let configured: [PeerAddress]
  private let keys: Mutex<Keys>

  init(_ ledger: Ledger, configured: [PeerAddress]) throws(LedgerFault) {
    self.ledger = ledger
    self.configured = configured
    let registered = try Self.keys(of: ledger)
    keys = Mutex(
      Keys(
        registered: registered,
        named: Set(configured.compactMap(\.key)).subtracting(registered.values)))
  }

  func contains(_ peer: PeerKey) -> Bool {
    keys.withLock { $0.named.contains(peer) || $0.registered.values.contains(peer) }
  }

  /// Whom to dial now, and who must answer: the key that the operator names, unless the chain
  /// registers another under that name. Then the operator's word may be as old as this node's
  /// ledger, and any key that is allowed may answer.
  var addresses: [PeerAddress] {
    let registered = keys.withLock { $0.registered }
    return configured.map { address in
      var address = address
      if let known = registered[address.name], known != address.key { address.key = nil }
      return address
    }
  }

  /// Reads the registry again, because an epoch began.
  func refresh() throws(LedgerFault) {
    let newest = try Self.keys(of: ledger)
    keys.withLock { keys in
      keys.registered = newest
      keys.named.subtract(newest.values)
    }
  }

  /// The key of each node of the epoch, by the node's name.
  private static func keys(of ledger: Ledger) throws(LedgerFault) -> [String: PeerKey] {
    guard let state = try ledger.asset(Registry.validators) else {
      throw .missing(what: "asset", place: "\(Registry.validators)")
    }
    let record: ValidatorSetRecord
    do {
      record = try ValidatorSetRecord(decoding: state.value, suite: ledger.suite)
    } catch {
      throw .malformed(what: "asset", place: "\(Registry.validators)", reason: "\(error)")
    }
    let nodes = record.validators.validators + record.observers.nodes
    return Dictionary(
      nodes.map { ($0.name, PeerKey($0.publicKey.encoded)) },
      uniquingKeysWith: { first, _ in first })
  }
}
