internal import NIOCore

/// Who may begin a handshake from outside: so many at once, and so many in a second.
///
/// Places that are all taken do not keep anyone out: the oldest connection makes room, since an
/// honest handshake takes a fraction of a second. An address from which a registered peer has come
/// keeps its own share of handshakes whatever others do.
/// - Source: docs/spec/15-links.md, rule N12.
struct HandshakeGate {
  private static let second = TimeAmount.seconds(1)
  /// Addresses of peers that are kept: more than a chain has nodes.
  private static let knownMax = 256

  private struct Place {
    let connection: ObjectIdentifier
    let caller: String
  }

  private let limits: LinkLimits
  /// Connections within their handshake, oldest first.
  private var places: [Place] = []
  /// Addresses from which a peer has had a link.
  private var known: Set<String> = []
  private var secondBegan = NIODeadline.distantPast
  /// Handshakes begun in this second by each address, and by all that are not known.
  private var begun: [String: Int] = [:]
  private var begunByStrangers = 0

  init(_ limits: LinkLimits) { self.limits = limits }

  /// Connections within their handshake.
  var count: Int { places.count }

  /// Gives a connection a place.
  /// - Returns: The connection that must make room, if there is one.
  /// - Throws: `tooManyHandshakes`.
  mutating func enter(
    _ connection: ObjectIdentifier, from caller: String, now: NIODeadline
  ) throws(LinkRefusal) -> ObjectIdentifier? {
    if now - secondBegan >= Self.second {
      secondBegan = now
      begun = [:]
      begunByStrangers = 0
    }
    let isKnown = known.contains(caller)
    guard places.count(where: { $0.caller == caller }) < limits.halfOpenPerAddressMax,
      begun[caller, default: 0] < limits.handshakesPerSecondPerAddressMax,
      isKnown || begunByStrangers < limits.handshakesPerSecondMax
    else { throw .tooManyHandshakes }
    begun[caller, default: 0] += 1
    if !isKnown { begunByStrangers += 1 }
    defer { places.append(Place(connection: connection, caller: caller)) }
    return places.count < limits.halfOpenMax ? nil : places.removeFirst().connection
  }

  /// A handshake ended, well or not.
  mutating func leave(_ connection: ObjectIdentifier) {
    places.removeAll { $0.connection == connection }
  }

  /// A registered peer has a link from or to this address.
  mutating func know(_ address: String) {
    if known.count >= Self.knownMax, !known.contains(address) { known = [] }
    known.insert(address)
  }
}
