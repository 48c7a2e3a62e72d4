public import LedgerModel
public import LedgerStore
public import NetworkLayout

/// Why a node does not start, or stops.
public enum NodeFault: Error, Sendable {
  case layout(LayoutFault)
  case genesis(ModelFault)
  case ledger(LedgerFault)
  /// The key file cannot be opened.
  case key(path: String, reason: String)
  /// The node's key is not a validator's of the genesis document.
  case notAValidator(name: String)
  /// This version runs networks of one validator.
  case tooManyValidators(Int)
  /// The client API cannot be served as configured.
  case api(String)
  /// A final block is not held; its network must be asked.
  case missingBlock(String)
  /// More validators lied than the network tolerates.
  case safetyBreach(String)
}

extension NodeFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .layout(let fault): "\(fault)"
    case .genesis(let fault): "the genesis document is not usable: \(fault)"
    case .ledger(let fault): "\(fault)"
    case .key(let path, let reason): "cannot open the key file \(path): \(reason)"
    case .notAValidator(let name):
      "the node's key is not validator '\(name)' of the genesis document: use that validator's key"
    case .tooManyValidators(let count):
      "the genesis document names \(count) validators; this version runs one"
    case .api(let reason): "the client API cannot be served: \(reason)"
    case .missingBlock(let hash): "block \(hash) is final but not stored here"
    case .safetyBreach(let what): "more validators lied than the network tolerates: \(what)"
    }
  }
}
