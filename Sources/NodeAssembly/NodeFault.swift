public import LedgerModel
public import LedgerStore
public import NetworkLayout
public import NodeCore
internal import Storage

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
    case .ledger(let fault): "\(fault)" + (fault.isDamage ? ". \(Self.replaceData)" : "")
    case .key(let path, let reason): "cannot open the key file \(path): \(reason)"
    case .api(let reason): "the client API cannot be served: \(reason)"
    case .links(let reason): "links to other nodes cannot be served: \(reason)"
    case .core(let fault): "\(fault)"
    }
  }
}

extension NodeFault {
  /// What to do where peers cannot give back what is damaged.
  static let replaceData =
    "if the other validators are a quorum without this node, move the data directory away and "
    + "start again: the node fetches all anew, and votes again once it is safe; else keep the "
    + "directory, and have it mended or replaced by its newest backup"
}

extension LedgerFault {
  /// Whether what is stored is wrong, rather than the device or the question.
  fileprivate var isDamage: Bool {
    switch self {
    case .inconsistent, .missing, .malformed: true
    case .storage(let fault): if case .corrupt(reason: _) = fault { true } else { false }
    case .otherChain, .notNext, .notAvailable: false
    }
  }
}
