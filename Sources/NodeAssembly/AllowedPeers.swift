internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import Synchronization
internal import Transport

/// The keys that the chain registers for nodes, validators and observers, and those that the
/// operator names: only these get a link.
final class AllowedPeers: Sendable {
  private let ledger: Ledger
  /// Of peers that this node may know from the chain only once it has caught up.
  private let named: Set<[UInt8]>
  private let keys: Mutex<Set<[UInt8]>>

  init(_ ledger: Ledger, named: [[UInt8]]) throws(LedgerFault) {
    self.ledger = ledger
    self.named = Set(named)
    keys = Mutex(try Self.keys(of: ledger))
  }

  func contains(_ peer: PeerKey) -> Bool {
    named.contains(peer.bytes) || keys.withLock { $0.contains(peer.bytes) }
  }

  /// Reads the registry again, because an epoch began.
  func refresh() throws(LedgerFault) {
    let newest = try Self.keys(of: ledger)
    keys.withLock { $0 = newest }
  }

  private static func keys(of ledger: Ledger) throws(LedgerFault) -> Set<[UInt8]> {
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
    return Set(nodes.map { $0.publicKey.encoded })
  }
}
