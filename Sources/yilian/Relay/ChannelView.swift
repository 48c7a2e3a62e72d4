internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import Wire

/// How far the other chain is followed.
struct ClientView: Encodable {
  enum State: String, Encodable { case good, frozen, expired }

  var chain: String
  var revision: UInt64
  var epoch: UInt64
  /// Of the newest header that is known, or of the decision if there is none.
  var height: UInt64
  var time: String
  var ageMs: UInt64
  var trustingDays: UInt64
  /// Whether a router has brought a header since the decision.
  var isFollowed: Bool
  var state: State

  init(_ record: WireChainRecord, _ client: RelayClient?, nowMs: UInt64) {
    chain = record.name
    revision = record.revision
    epoch = client?.epoch ?? record.epoch
    height = client?.height ?? record.after
    let timeMs = client?.timeMs ?? record.timeMs
    time = TimeText.iso(timeMs)
    ageMs = nowMs - min(nowMs, timeMs)
    trustingDays = record.trustingMs / ChainTrust.dayMs
    isFollowed = client != nil
    state =
      if client?.conflict.isEmpty == false { .frozen } else {
        ageMs > record.trustingMs ? .expired : .good
      }
  }
}

/// A channel as shown: terms, packets and light client.
struct ChannelView: Encodable {
  /// A packet whose outcome is not known here yet.
  struct Waiting: Encodable {
    var packet: String
    var messageType: String
    var recipient: String
    var timeout: String
    var timeoutMs: UInt64

    init(_ sent: RelaySentPacket) {
      let packet = sent.packet
      self.packet = "\(packet.channel):\(packet.sequence)"
      messageType = packet.messageType
      recipient = packet.recipient
      timeout = TimeText.iso(packet.timeoutMs)
      timeoutMs = packet.timeoutMs
    }
  }

  /// Name of this chain.
  var chain: String
  var terms: TermsView
  /// Absent if the other end is a place without a chain.
  var client: ClientView?
  var sent: UInt64
  var unsettled: UInt32
  var received: UInt64
  /// Packets received here whose recipients have not decided.
  var open: UInt32
  /// The oldest packet sent from here that is not settled.
  var oldest: Waiting?
  /// Packets sent there and not received here, if the other chain was asked.
  var waitingHere: UInt64?
  /// The other chain, if no node of it answered here.
  var unreachable: String?
  /// What the channel waits for; the first sentence is the most pressing.
  var why: [String] = []
  var provenHeight: UInt64
  var headerHash: String

  init(
    _ terms: TermsView, from chain: String, client: ClientView?, state: RelayChannelState?,
    provenHeight: UInt64, headerHash: String
  ) {
    self.chain = chain
    self.terms = terms
    self.client = client
    sent = state?.sent ?? 0
    unsettled = state?.unsettled ?? 0
    received = state?.received ?? 0
    open = state?.open ?? 0
    self.provenHeight = provenHeight
    self.headerHash = headerHash
  }

  /// A router brings headers while packets are under way, so a client should not be older then.
  private static let quietMs: UInt64 = 60_000

  /// What the other end is called.
  private var other: String { client?.chain ?? terms.place ?? "" }

  /// What the channel waits for, in words.
  func reasons(nowMs: UInt64) -> [String] {
    var reasons: [String] = []
    if terms.closed {
      reasons.append("closed by decision: nothing passes, and what was sent is settled")
    }
    switch client?.state {
    case .frozen:
      reasons.append(
        "stalled: \(other) contradicted itself and is believed no more; after looking into "
          + "it, decide with 'yilian chain link --anew'")
    case .expired:
      reasons.append(
        "stalled: the newest known header of \(other) is \(Age(client?.ageMs ?? 0)) old, and "
          + "believed for \(client?.trustingDays ?? 0) days; decide with 'yilian chain link --anew'"
      )
    case .good, nil: break
    }
    if let oldest {
      if oldest.timeoutMs <= nowMs {
        reasons.append(
          "stalled: \(oldest.packet) timed out \(Age(nowMs - oldest.timeoutMs)) ago, and "
            + (client == nil ? "\(terms.gateway ?? "nobody") has not said" : "no router has proven")
            + " yet what became of it")
      }
      if unsettled >= terms.window {
        reasons.append("stalled: the window of \(terms.window) packets is full")
      }
      if let client, client.ageMs > Self.quietMs {
        reasons.append(
          client.isFollowed
            ? "no router has brought a header of \(client.chain) for \(Age(client.ageMs))"
            : "no router has brought a header of \(client.chain) yet")
      }
      reasons.append(
        "\(unsettled) sent from here \(unsettled == 1 ? "is" : "are") not settled; the oldest is "
          + "\(oldest.packet) to \(oldest.recipient), which times out at \(oldest.timeout)")
    }
    if let waitingHere, waitingHere > 0 {
      reasons.append(
        "\(waitingHere) from \(other) \(waitingHere == 1 ? "waits" : "wait") to be "
          + "received here, \(terms.channel):\(received + 1) first")
    }
    if reasons.isEmpty { reasons.append("nothing waits") }
    if let unreachable {
      reasons.append("no node of \(unreachable) answers here: what waits there is not known")
    }
    return reasons
  }

  func show() {
    let rows =
      terms.rows(from: chain, to: other) + [
        ["sent", "\(sent), of which \(unsettled) not settled"],
        ["received", "\(received)" + (open > 0 ? ", of which \(open) wait to be decided" : "")],
      ]
      + (client.map { client in
        [
          [
            "follows",
            "\(client.chain) up to height \(client.height) of epoch \(client.epoch), "
              + "\(client.time), \(Age(client.ageMs)) ago, \(client.state)",
          ]
        ]
      } ?? [])
    let reasons = why.enumerated().map { [$0.offset == 0 ? "why" : "", $0.element] }
    let proof = [["proven", "state of height \(provenHeight), header \(headerHash)"]]
    for line in Terminal.table(rows + reasons + proof) { Terminal.print(line) }
  }
}

/// A time that has passed, for people.
struct Age: CustomStringConvertible {
  private let ms: UInt64

  init(_ ms: UInt64) { self.ms = ms }

  var description: String {
    let seconds = ms / 1_000
    return switch seconds {
    case 0..<120: "\(seconds) s"
    case 120..<7_200: "\(seconds / 60) min"
    case 7_200..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
