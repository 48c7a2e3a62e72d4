/// What the links report, for each peer in the order in which it happened.
public enum LinkEvent: Sendable {
  /// A link to this peer stands; what is sent from now on goes over it.
  case up(PeerKey)
  /// The link ended. What was sent over it may not have arrived.
  case down(PeerKey, reason: String)
  /// The peer said something.
  case message(PeerKey, LinkMessage)
}
