/// The bounds of the links of one process, each with its reason.
public struct LinkLimits: Sendable {
  /// Time for a handshake: three messages, four key operations and a signature check a side.
  public var handshakeTimeout: Duration = .seconds(5)
  /// How often a link that says nothing else says that it is there.
  public var pingInterval: Duration = .seconds(1)
  /// Silence after which a link is dead: several pings are missing. Noticed one ping interval later
  /// at most.
  public var silenceMax: Duration = .seconds(5)
  /// Connections from outside within their handshake: each costs memory and signatures. Beyond, the
  /// oldest makes room.
  public var halfOpenMax = 64
  /// The same from one address, so that one host cannot keep all others out; beyond, new ones are
  /// refused.
  public var halfOpenPerAddressMax = 16
  /// Handshakes from outside that begin in a second, those from addresses of peers left out: each
  /// takes the event loop some milliseconds.
  public var handshakesPerSecondMax = 64
  /// The same from one address, be it a peer's: enough for all nodes of a chain to come back within
  /// seconds from behind one.
  public var handshakesPerSecondPerAddressMax = 32
  /// How often the log says how many connections from outside became no link.
  public var strangersToldInterval: Duration = .seconds(60)
  /// Bytes of urgent messages that wait for one peer; beyond, it does not read and is let go.
  public var urgentBytesMax = 4 << 20
  /// Bytes of bulk messages that wait for one peer; beyond, new ones are dropped. One message may
  /// be longer.
  public var bulkBytesMax = 64 << 20
  /// Bytes handed out and not yet released at which a link stops reading.
  public var unreleasedBytesMax = 16 << 20
  /// First wait before dialling again; it doubles with each failure.
  public var redialMin: Duration = .milliseconds(50)
  /// Longest wait before dialling again.
  public var redialMax: Duration = .seconds(2)

  /// The usual bounds.
  public init() {}
}
