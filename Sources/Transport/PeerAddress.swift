/// Where a peer may be dialled.
public struct PeerAddress: Hashable, Sendable {
  /// The peer's name, for log lines only.
  public var name: String
  /// A host name or an IP address.
  public var host: String
  /// The TCP port.
  public var port: Int
  /// The key that must answer; any allowed one may if it is `nil`.
  public var key: PeerKey?

  /// Names an address.
  public init(name: String, host: String, port: Int, key: PeerKey? = nil) {
    self.name = name
    self.host = host
    self.port = port
    self.key = key
  }
}
