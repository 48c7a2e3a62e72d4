public import ContractEngine
internal import Cryptography
public import LedgerModel
internal import Wire

/// Packets between chains: proven at their source, received once and in order, settled at their
/// source by proof, compensated if they had no effect.
///
/// Its rules, R1 and on, are in docs/spec/20-relay.md; README.md lists methods, roles and limits.
public enum RelayContract {
  /// What calls name.
  public static let name = "relay"
  /// Carries headers, packets and proofs between chains; can withhold, and nothing else.
  public static let router = "router"
  /// Sends packets.
  public static let sender = "sender"

  /// Bounds of packets and of what is believed.
  public enum Limit {
    /// Version of packets that this contract writes and reads.
    public static let packetVersion: UInt32 = 1
    /// Bytes of a packet's public part.
    public static let bodyBytes = 4_096
    /// Bytes of a message type's name.
    public static let messageTypeBytes = 32
    /// Bytes of a business key: with the type's name it fits an asset's key.
    public static let businessKeyBytes = AssetID.byteLimit - messageTypeBytes - 1
    /// Bytes of what a message type answers in an acknowledgement.
    public static let resultBytes = 64
    /// Bytes of a document's key: with version and chains it fits a business key.
    public static let documentKeyBytes = 57
    /// Invoices that one request asks for: a few minutes of carrying.
    public static let requestedInvoices: UInt32 = 10_000
    /// Bytes of the key of a place's document: a channel, a colon and a sequence fit.
    public static let documentIDBytes = 96
    /// Bytes of a purpose: a sentence.
    public static let purposeBytes = 200
    /// Bytes of what a record of a re-encryption says: names and digests.
    public static let recordBytes = 1_024
    /// Routers that are blamed on one channel, in all its time: more proves nothing more.
    public static let blames: UInt32 = 1_024
    /// Methods that one statement names: all there are, several times over.
    public static let scopeNames = 32
    /// Longest validity of a statement, in milliseconds: a year and a day, as keys are renewed.
    public static let identityMs: UInt64 = 366 * 24 * 3_600_000
    /// How old the header may be that proves a member's key, against the newest known, in
    /// milliseconds: a key that was replaced long ago proves nothing.
    public static let identityHeaderMs: UInt64 = 3_600_000
    /// How far a statement's version may be above the newest known: nobody uses them up.
    public static let identityVersions: UInt32 = 1_024
    /// Statements about one member that are kept: whatever a packet under way was sent under.
    public static let recognitions = 8
    /// How far another chain's clock may be ahead of this one's, in milliseconds.
    public static let clockDriftMs: UInt64 = 600_000
  }

  public static let contract = Contract(
    name,
    methods: [
      update, send, receive, skip, acknowledge, timeOut, decide, lapse, blame, recognise, revoke,
      deposit, settle,
    ])

  /// The types of messages that this version knows, in the order of the documentation.
  static let messageTypes: [any MessageType.Type] =
    [NoticeMessage.self, ConfirmedNotice.self] + invoiceTypes + settlementTypes + documentTypes
    + identityTypes

  /// Names of the types of messages that a channel can carry.
  public static var messageTypeNames: [String] { messageTypes.map { $0.name } }

  /// The business key that a packet of this type, public part and these chains has, if it has one
  /// at all.
  public static func businessKey(of packet: RelayPacket) -> String? {
    messageType(packet.messageType)?.expectedKey(of: packet)
  }

  static func messageType(_ name: String) -> (any MessageType.Type)? {
    messageTypes.first { $0.name.utf8.elementsEqual(name.utf8) }
  }
}

// Names of the contract's assets.
extension RelayContract {
  /// How far another chain is followed since its record had this revision.
  public static func client(_ chain: [UInt8], revision: UInt64) -> AssetID {
    AssetID(namespace: "relay.client", key: "\(chain.hex):\(revision)")
  }

  /// An epoch of another chain that a header led to.
  public static func epoch(_ chain: [UInt8], revision: UInt64, _ number: UInt64) -> AssetID {
    AssetID(namespace: "relay.epoch", key: "\(chain.hex):\(revision):\(number)")
  }

  /// A proven header of another chain.
  public static func header(_ chain: [UInt8], revision: UInt64, height: UInt64) -> AssetID {
    AssetID(namespace: "relay.header", key: "\(chain.hex):\(revision):\(height)")
  }

  static func header(_ name: RelayHeaderName) -> AssetID {
    header(name.chainID.octets, revision: name.revision, height: name.height)
  }

  static func client(_ name: RelayHeaderName) -> AssetID {
    client(name.chainID.octets, revision: name.revision)
  }

  /// Where a channel stands: its newest sequences, and how many packets are not settled.
  public static func channel(_ id: String) -> AssetID {
    AssetID(namespace: "relay.channel", key: id)
  }

  /// A packet at its source.
  public static func sent(_ channel: String, _ sequence: UInt64) -> AssetID {
    AssetID(namespace: "relay.sent", key: "\(channel):\(sequence)")
  }

  /// What became of a packet at its destination; absent until it is received.
  public static func received(_ channel: String, _ sequence: UInt64) -> AssetID {
    AssetID(namespace: "relay.received", key: "\(channel):\(sequence)")
  }

  /// That a router of the other chain brought wrong content of a packet. The router is named by the
  /// first 16 bytes of its signing key, as in the log lines of links.
  public static func blamed(_ channel: String, _ sequence: UInt64, _ key: [UInt8]) -> AssetID {
    AssetID(namespace: "relay.blame", key: "\(channel):\(sequence):\(key.prefix(16).hex)")
  }

  /// The newest request for invoices that came over a channel (M5).
  public static func request(_ channel: String) -> AssetID {
    AssetID(namespace: "invoice.request", key: channel)
  }

  /// The source's asset of a packet under the business key that its public part asks for.
  public static func origin(named packet: RelayPacket) -> AssetID? {
    guard let type = messageType(packet.messageType), let key = type.expectedKey(of: packet) else {
      return nil
    }
    var packet = packet
    packet.businessKey = key
    return type.origin(packet)
  }

  /// Which packet of this type used a business key at its source.
  public static func sentKey(_ type: String, _ key: String) -> AssetID {
    AssetID(namespace: "relay.sent.key", key: "\(type):\(key)")
  }

  static func sentKey(_ packet: RelayPacket) -> AssetID {
    sentKey(packet.messageType, packet.businessKey)
  }

  /// Which packet used a business key at its destination.
  static func receivedKey(_ packet: RelayPacket) -> AssetID {
    AssetID(namespace: "relay.received.key", key: "\(packet.messageType):\(packet.businessKey)")
  }
}
