/// Numbers of the links at one moment, counted since the start of the process.
public struct LinkMetrics: Sendable {
  /// Numbers of one peer, over all connections to it.
  public struct Peer: Hashable, Sendable {
    /// How long the present link stands; `nil` without one.
    public internal(set) var upFor: Duration?
    /// Bytes read from its connections, handshakes left out.
    public internal(set) var bytesIn: UInt64 = 0
    /// Bytes written to its connections, handshakes left out.
    public internal(set) var bytesOut: UInt64 = 0
    /// Messages delivered.
    public internal(set) var messagesIn: UInt64 = 0
    /// Messages handed to the network in full.
    public internal(set) var messagesOut: UInt64 = 0
    /// Messages dropped because the queue was full or the link ended first.
    public internal(set) var dropped: UInt64 = 0
    /// Bytes of messages that wait to be sent.
    public internal(set) var queuedBytes: Int = 0
  }

  /// Peers that have had a link and are still allowed to.
  public internal(set) var peers: [PeerKey: Peer] = [:]
  /// Connections refused, by reason.
  public internal(set) var refused: [LinkRefusal: UInt64] = [:]
  /// Messages that were dropped because there was no link to their peer.
  public internal(set) var unlinked: UInt64 = 0
  /// Connections from outside that are now within their handshake.
  public internal(set) var halfOpen: Int = 0
}
