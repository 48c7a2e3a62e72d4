internal import Cryptography
internal import LedgerModel
internal import Wire

/// The terms of a channel as shown.
struct TermsView: Encodable {
  struct Router: Encodable {
    var name: String
    var signingKey: String
  }

  var channel: String
  var localChain: String
  var remoteChain: String
  var closed: Bool
  var messageTypes: [String]
  var window: UInt32
  var maxTimeoutHours: UInt64
  var mechanism: String
  var carriers: [String]
  var remoteRouters: [Router]
  /// Of a channel to a place without a chain: its name, and who speaks for it here.
  var place: String?
  var gateway: String?
  /// Set by the command that has the terms decided.
  var decision: DecisionView?

  init(_ terms: WireChannelRecord) {
    channel = terms.id
    localChain = terms.localChain.octets.hex
    remoteChain = terms.remoteChain.octets.hex
    closed = terms.closed
    messageTypes = terms.messageTypes
    window = terms.window
    maxTimeoutHours = terms.maxTimeoutMs / 3_600_000
    mechanism = terms.mechanism
    carriers = terms.carriers
    if terms.leadsToPlace {
      place = terms.place
      gateway = terms.gateway
    }
    remoteRouters = terms.remoteRouters.map {
      Router(name: $0.name, signingKey: $0.signingKey.octets.hex)
    }
  }

  /// With the names of the chains, if they are known.
  func rows(from local: String? = nil, to remote: String? = nil) -> [[String]] {
    let content: [[String]] =
      if let place, let gateway {
        [["place", "\(place), without a chain: nothing is proven there"], ["gateway", gateway]]
      } else {
        [
          ["content", "between routers in \(mechanism), opened here by \(Self.list(carriers))"],
          ["routers there", Self.list(remoteRouters.map(\.name))],
        ]
      }
    return [
      ["channel", channel + (closed ? ", closed" : "")],
      ["from", "\(local.map { "\($0), " } ?? "")\(localChain)"],
      ["to", "\(remote.map { "\($0), " } ?? "")\(remoteChain)"],
      ["messages", messageTypes.joined(separator: ", ")],
      ["window", "\(window) packets, each times out after \(maxTimeoutHours) h at most"],
    ] + content
  }

  func show() {
    for line in Terminal.table(rows()) { Terminal.print(line) }
  }

  private static func list(_ names: [String]) -> String {
    names.isEmpty ? "nobody" : names.joined(separator: ", ")
  }
}
