/// Why a connection is refused or ended as its peer's fault.
///
/// The raw value is the code that is said to the peer during a handshake, where it is worth a log
/// line and nothing more.
/// - Source: docs/spec/15-links.md, rule N4.
public enum LinkRefusal: UInt8, Error, CaseIterable, Sendable {
  /// The first bytes are not a link's.
  case notALink = 1
  /// The links have another version.
  case otherVersion = 2
  /// The peer is of another chain.
  case otherChain = 3
  /// The peer uses another suite.
  case otherSuite = 4
  /// A frame, its length or its contents are not what may come here.
  case malformed = 5
  /// A Noise message was altered, replayed or made with other keys.
  case notAuthentic = 6
  /// The registered key did not sign the link's static key, or is no key of the suite.
  case unproven = 7
  /// The key is not one that may connect.
  case notAllowed = 8
  /// The process dialled itself, or someone has its key.
  case ownKey = 9
  /// Another key answered than the one that was dialled.
  case otherKey = 10
  /// A better connection to the same key stands.
  case duplicate = 11
  /// Too many connections are within their handshake.
  case tooManyHandshakes = 12
  /// The handshake took too long.
  case timeout = 13
  /// A message is over the limit of its kind.
  case tooLarge = 14
}
