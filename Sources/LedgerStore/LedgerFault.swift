public import Cryptography
internal import LedgerModel
public import Storage

/// Why the ledger cannot be opened, read or written.
public enum LedgerFault: Error, Hashable, Sendable {
  /// The device or the database failed.
  case storage(StorageFault)
  /// The directory holds another chain's data.
  case otherChain(expected: Digest, found: String)
  /// What is stored contradicts itself: `what` at `place`, expected and found.
  case inconsistent(what: String, place: String, expected: String, found: String)
  /// The next block does not follow from what is stored; nothing was written.
  case notNext(what: String, height: UInt64, expected: String, found: String)
  /// Something that must be there is not.
  case missing(what: String, place: String)
  /// Stored bytes are not what they should be.
  case malformed(what: String, place: String, reason: String)
  /// The height, position or version asked for is not there (pruned or not yet).
  case notAvailable(what: String)
}

extension LedgerFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .storage(.cannotOpen(let path, let reason)): "cannot open \(path): \(reason)"
    case .storage(.full(let reason)):
      "the device is full: \(reason). Free space and start the node again; nothing is lost"
    case .storage(.corrupt(let reason)): "the database is damaged: \(reason)"
    case .storage(.failed(let reason)): "the database failed: \(reason)"
    case .otherChain(let expected, let found):
      "the data directory belongs to chain \(found), the genesis document to \(expected): use that "
        + "chain's genesis document, or another data directory"
    case .inconsistent(let what, let place, let expected, let found):
      "the stored ledger contradicts itself: \(what) at \(place) should be \(expected), is \(found)"
    case .notNext(let what, let height, let expected, let found):
      "block \(height) does not follow: \(what) should be \(expected), is \(found)"
    case .missing(let what, let place): "the stored ledger is incomplete: no \(what) at \(place)"
    case .malformed(let what, let place, let reason):
      "the stored ledger is damaged: \(what) at \(place): \(reason)"
    case .notAvailable(let what): "\(what) is not available here"
    }
  }
}
