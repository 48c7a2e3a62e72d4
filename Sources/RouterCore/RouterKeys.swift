public import Cryptography

/// Who a router is between chains: its name in channels' terms, with keys of the mechanism.
public struct RouterKeys: Sendable {
  public let name: String
  public let suite: any CryptoSuite
  let signing: PrivateKey
  let sealing: PrivateKey

  /// - Parameters:
  ///   - signing: Proves the router on links, and signs its records.
  ///   - sealing: Opens what routers of other chains seal for it.
  public init(name: String, suite: any CryptoSuite, signing: PrivateKey, sealing: PrivateKey) {
    self.name = name
    self.suite = suite
    self.signing = signing
    self.sealing = sealing
  }

  public var id: RouterID { RouterID(key: signing.publicKey.encoded) }
}
