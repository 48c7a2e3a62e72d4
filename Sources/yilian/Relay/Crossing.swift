internal import ArgumentParser
internal import BuiltinContracts
internal import LedgerClient
internal import LedgerModel
internal import SwiftProtobuf
internal import Wire

/// Over which channel something is done on another chain as well.
struct CrossingOptions: ParsableArguments {
  @Option(help: "Do it on the other chain of this channel as well: on both, or on neither.")
  var channel: String?

  @Option(help: "The member of the other chain whom it concerns (with --channel).")
  var to: String?

  @Option(help: "Seconds within which the other chain must have it (with --channel).")
  var timeoutSeconds: UInt64 = 3_600

  @Option(help: "What for, in a sentence (with --channel).")
  var why = "reimbursement"

  @Option(help: "The policy under which it is released (with --channel).")
  var policy = "default"

  func validate() throws {
    guard (channel == nil) == (to == nil) else {
      throw ValidationError("--channel and --to go together: over which channel, and whom for.")
    }
    try checkTimeout(seconds: timeoutSeconds)
  }

  /// A packet of this type, to be prepared; `nil` without a channel.
  func packet(_ type: String, _ body: some Message) -> RelayPacket? {
    var packet = RelayPacket()
    packet.messageType = type
    packet.body = body.encoded.data
    return addressed(packet)
  }

  /// The packet with where it goes and what for; `nil` without a channel.
  func addressed(_ packet: RelayPacket) -> RelayPacket? {
    guard let channel, let to else { return nil }
    var packet = packet
    packet.channel = channel
    packet.recipient = to
    packet.timeoutMs = timeMs(inSeconds: timeoutSeconds)
    packet.policy = policy
    packet.purpose = why
    return packet
  }

  /// Sends a packet and says what became of it here; what becomes of it there is seen later.
  func send(
    _ packet: RelayPacket, content: [UInt8]?, by identity: Identity, on ledger: RemoteLedger,
    done: String, json: Bool
  ) async throws {
    let (name, receipt) = try await submit(packet, content: content, by: identity, on: ledger)
    if json {
      try Terminal.json(["packet": "\(name)", "height": "\(receipt.height)"])
    } else {
      Terminal.print(
        "\(done) here at height \(receipt.height), proven; under way as packet \(name): "
          + "'yilian packet trace \(name)' shows its way")
    }
  }
}

/// Sends a packet.
/// - Returns: What it is called, and its receipt.
func submit(
  _ packet: RelayPacket, content: [UInt8]?, by identity: Identity, on ledger: RemoteLedger
) async throws -> (name: PacketName, receipt: Receipt) {
  let call = try await ledger.prepareSend(packet, content: content, by: identity)
  let receipt = try await submit(call, by: identity, on: ledger)
  let key = try RelaySend(strict: call.call.arguments, limit: Limits.argumentBytes)
    .packet.businessKey
  guard let sent = try await ledger.sentPacket(of: packet.messageType, key: key) else {
    throw Failure.refused("NOT PROVEN: the packet that was acknowledged is not on the ledger")
  }
  return (PacketName(channel: packet.channel, sequence: sent.sequence), receipt)
}
