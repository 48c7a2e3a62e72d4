internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import Wire

/// A packet as one chain has it.
struct PacketView: Encodable {
  var packet: String
  var state: String
  var outcome: String?
  var sourceChain = ""
  var destinationChain = ""
  var messageType = ""
  var schema = ""
  var sender = ""
  var recipient = ""
  var timeout = ""
  var policy = ""
  var purpose = ""
  var businessKey = ""
  /// In hexadecimal digits: the message type's own message.
  var body = ""
  var commitment = ""
  /// Digest of the ciphertext on this chain.
  var attachment = ""
  /// Members of this chain who can open it.
  var openedBy: [String] = []
  var provenHeight: UInt64?
  var headerHash: String?

  init(_ sent: RelaySentPacket) {
    self.init(sent.packet, sent.sealed, state: sent.state.words)
    if sent.state != .sent { outcome = sent.outcome.words }
  }

  init(_ received: RelayReceivedPacket) {
    self.init(received.packet, received.sealed, state: received.outcome.state)
    outcome = received.outcome.words
  }

  /// A packet that was passed over after its timeout: nothing of it is kept.
  init(skipped name: String) {
    packet = name
    state = "skipped"
  }

  private init(_ packet: RelayPacket, _ sealed: RelaySealed, state: String) {
    self.packet = "\(packet.channel):\(packet.sequence)"
    self.state = state
    sourceChain = packet.sourceChain.octets.hex
    destinationChain = packet.destinationChain.octets.hex
    messageType = packet.messageType
    schema = packet.schema == 0 ? "" : "\(packet.schema) version \(packet.schemaVersion)"
    sender = packet.sender
    recipient = packet.recipient
    timeout = TimeText.iso(packet.timeoutMs)
    policy = packet.policy
    purpose = packet.purpose
    businessKey = packet.businessKey
    body = packet.body.octets.hex
    commitment = packet.commitment.octets.hex
    attachment = sealed.attachment.octets.hex
    openedBy = sealed.keys.map(\.recipient)
  }

  func show() {
    var rows = [["packet", packet], ["state", state]]
    if let outcome { rows.append(["outcome", outcome]) }
    rows += [
      ["from", "\(sender) on chain \(sourceChain)"],
      ["to", "\(recipient) on chain \(destinationChain)"],
      ["message", "\(messageType), key \(businessKey)"],
      ["times out", timeout],
      ["policy", policy],
      ["purpose", purpose],
      ["body", body],
    ]
    if schema.isEmpty {
      rows.append(["content", "none"])
    } else {
      rows += [
        ["content", "schema \(schema), commitment \(commitment)"],
        ["ciphertext", attachment.isEmpty ? "none here" : attachment],
        ["opened by", openedBy.joined(separator: ", ")],
      ]
    }
    if let provenHeight, let headerHash {
      rows.append(["proven", "state of height \(provenHeight), header \(headerHash)"])
    }
    for line in Terminal.table(rows) { Terminal.print(line) }
  }
}

extension RelaySentPacket.State {
  var words: String {
    switch self {
    case .sent: "under way"
    case .acknowledged: "acknowledged"
    case .failed: "failed"
    case .timedOut: "timed out"
    case .compensated: "compensated"
    case .UNRECOGNIZED(let number): "state \(number)"
    }
  }
}

extension RelayAcknowledgement {
  /// What became of a packet that was received.
  var state: String {
    guard failure == .none else { return "no effect" }
    return open ? "open" : "done"
  }

  var words: String {
    let what = failure == .none && open ? "waits for its recipient" : failure.words
    return "\(what), at height \(height) there\(answer)"
  }

  /// What the destination said beside: the code of a refusal in words, any other as it is.
  private var answer: String {
    guard !result.isEmpty else { return "" }
    guard failure == .effect else { return ", answer \(result.octets.hex)" }
    let code = String(decoding: result.octets, as: UTF8.self)
    return ": \(Terminal.clean(code))"
  }
}

extension RelayFailure {
  /// Why a packet has no effect.
  var words: String {
    switch self {
    case .none: "done"
    case .timedOut: "it was not received before its timeout"
    case .messageType: "the channel does not take this type of message there"
    case .body: "its form, or the public part of the message, was not accepted"
    case .unknownRecipient: "its recipient is no member there"
    case .businessKey: "its business key was used by an earlier packet there"
    case .otherPacket: "another chain's packet came there under its name"
    case .content: "its content does not open, or is not what was committed to"
    case .refused: "its recipient refused it"
    case .undecided: "its recipient said nothing before its timeout"
    case .effect: "what it asks for was refused there"
    case .UNRECOGNIZED(let number): "failure \(number)"
    }
  }
}
