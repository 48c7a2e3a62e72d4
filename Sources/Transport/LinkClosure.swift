/// Why a connection ended.
enum LinkClosure: Error, Sendable {
  /// The peer did what it may not.
  case refused(LinkRefusal)
  /// The peer says that it refused, which is not to be believed.
  case refusedByPeer(code: UInt8)
  /// The peer closed the connection.
  case closedByPeer
  /// Nothing was heard for too long.
  case silent
  /// Urgent messages pile up: the peer does not read.
  case notReading
  /// A better or newer connection to the same peer stands.
  case replaced
  /// The process stops.
  case stopping
  /// The network failed.
  case failed(String)
}

extension LinkClosure: CustomStringConvertible {
  var description: String {
    switch self {
    case .refused(let refusal): "refused: \(refusal)"
    case .refusedByPeer(let code):
      "the peer says it refused: \(LinkRefusal(rawValue: code).map { "\($0)" } ?? "code \(code)")"
    case .closedByPeer: "closed by the peer"
    case .silent: "silent for too long"
    case .notReading: "the peer does not read"
    case .replaced: "replaced by another connection"
    case .stopping: "stopping"
    case .failed(let error): error
    }
  }
}
