public import BuiltinContracts
public import Cryptography
internal import LedgerModel
public import Wire

/// What the router's own chain says of one channel, as its newest proven state has it.
public struct ChannelView: Hashable, Sendable {
  public let terms: WireChannelRecord
  public let state: RelayChannelState
  /// The other chain, as this one trusts it.
  public let chain: WireChainRecord
  /// How far this chain follows the other; `nil` before the first header.
  public let client: RelayClient?
  /// Time of the newest block, milliseconds since 1970.
  public let timeMs: UInt64

  public init(
    terms: WireChannelRecord, state: RelayChannelState, chain: WireChainRecord,
    client: RelayClient?, timeMs: UInt64
  ) {
    self.terms = terms
    self.state = state
    self.chain = chain
    self.client = client
    self.timeMs = timeMs
  }

  public var id: String { terms.id }

  /// The newest epoch of the other chain that this one follows.
  var knownEpoch: UInt64 { client?.epoch ?? chain.epoch }
  /// The newest header of the other chain that this one knows.
  var knownHeight: UInt64 { client?.height ?? chain.after }
  private var knownMs: UInt64 { client?.timeMs ?? chain.timeMs }

  /// Whether a quarter of the time has passed after which the other chain is no longer believed.
  var isClientOld: Bool { timeMs > knownMs && timeMs - knownMs > chain.trustingMs / 4 }

  /// Why nothing can be proven from the other chain; `nil` if it can.
  var obstacle: String? {
    if let client, !client.conflict.isEmpty {
      return "frozen: \(chain.name) contradicted itself; decide whom to trust"
    }
    if timeMs > knownMs, timeMs - knownMs > chain.trustingMs {
      return "expired: \(chain.name) was silent for too long; trust it anew"
    }
    return nil
  }

  /// Why no packet of this type can be sent; `nil` if one can.
  public func obstacleToSending(_ type: String) -> String? {
    if terms.closed { return "closed by decision" }
    guard terms.messageTypes.contains(type) else {
      return "its terms have no \(type): a joint decision must add it"
    }
    return obstacle
  }

  /// The routers of the other chain.
  public var routers: [RouterID] { terms.remoteRouters.map { RouterID(key: $0.signingKey.octets) } }

  /// The record of one of them.
  public func router(_ id: RouterID) -> WireRouterRecord? {
    terms.remoteRouters.first { $0.signingKey.octets == id.key }
  }

  /// The suite in which routers exchange content.
  public var mechanism: any CryptoSuite {
    get throws(RouterFault) { try RouterFault.suite(terms.mechanism, "mechanism") }
  }

  /// The suite of the other chain.
  public var remoteSuite: any CryptoSuite {
    get throws(RouterFault) { try RouterFault.suite(chain.suite, "suite") }
  }
}
