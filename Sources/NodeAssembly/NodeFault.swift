public import LedgerModel
public import LedgerStore
public import NetworkLayout
public import NodeCore

/// Why a node does not start, or stops.
public enum NodeFault: Error, Sendable {
  case layout(LayoutFault)
  case genesis(ModelFault)
  case ledger(LedgerFault)
  /// The key file cannot be opened.
  case key(path: String, reason: String)
  /// The client API cannot be served as configured.
  case api(String)
  /// Links to other nodes cannot be served as configured.
  case links(String)
  /// The machine cannot go on.
  case core(NodeCoreFault)
}

extension NodeFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .layout(let fault): "\(fault)"
    case .genesis(let fault): "the genesis document is not usable: \(fault)"
    case .ledger(let fault): "\(fault)"
    case .key(let path, let reason): "cannot open the key file \(path): \(reason)"
    case .api(let reason): "the client API cannot be served: \(reason)"
    case .links(let reason): "links to other nodes cannot be served: \(reason)"
    case .core(let fault): "\(fault)"
    }
  }
}
