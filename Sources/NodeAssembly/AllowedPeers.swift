internal import Cryptography
internal import LedgerModel
internal import LedgerStore
internal import Synchronization
internal import Transport

/// The keys that the chain registers for nodes: only these get a link.
final class AllowedPeers: Sendable {
  private let ledger: Ledger
  private let keys: Mutex<Set<[UInt8]>>

  init(_ ledger: Ledger) {
    self.ledger = ledger
    keys = Mutex(Self.keys(of: ledger))
  }

  func contains(_ peer: PeerKey) -> Bool { keys.withLock { $0.contains(peer.bytes) } }

  /// Reads the registry again, because an epoch began.
  func refresh() {
    let newest = Self.keys(of: ledger)
    keys.withLock { $0 = newest }
  }

  private static func keys(of ledger: Ledger) -> Set<[UInt8]> {
    Set(ledger.epoch.validators.validators.map { $0.publicKey.encoded })
  }
}
