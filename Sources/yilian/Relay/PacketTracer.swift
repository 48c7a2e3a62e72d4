internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LightVerifier
internal import SwiftProtobuf
internal import Wire

/// Follows a packet by what both chains prove.
struct PacketTracer {
  let name: PacketName
  let source: any PacketFacts
  let destination: any PacketFacts

  /// A trail with the value that it led to.
  struct Part<M: Message> {
    let value: M
    let trail: ProvenTrail
  }

  func trace() async throws -> PacketTrace {
    let sentAt = RelayContract.sent(name.channel, name.sequence)
    let sent = try await part(RelaySentPacket.self, sentAt, on: source)
    guard let origin = sent.part else {
      throw Failure.refused(
        "packet \(name) was not sent from \(source.genesis.name): its absence is proven at height "
          + "\(sent.header.executed.height)")
    }
    var trace = PacketTrace(packet: PacketView(origin.value))
    for event in origin.trail.events.prefix(1) {
      trace.add("sent", event, on: source.genesis.name, contentWords(origin.value))
    }
    let receivedAt = RelayContract.received(name.channel, name.sequence)
    let received = try await part(RelayReceivedPacket.self, receivedAt, on: destination)
    if let arrival = received.part {
      try await add(arrival, of: origin, to: &trace)
    } else {
      try await addAbsence(origin.value, received.header, to: &trace)
    }
    try await addBlames(to: &trace)
    for event in origin.trail.events.dropFirst() {
      let outcome = try message(RelayAcknowledgement.self, event.details)
      trace.add(
        Self.done[event.operation] ?? event.operation, event, on: source.genesis.name,
        event.operation == "compensate" ? "because \(outcome.failure.words)" : outcome.words)
    }
    check(origin, received.part, &trace)
    try await addRefusals(origin, received.part, to: &trace)
    for (chain, header) in [(source, sent.header), (destination, received.header)] {
      trace.proven.append(
        PacketTrace.Proof(
          chain: chain.genesis.name, height: header.executed.height, headerHash: header.hash.hex))
    }
    return trace
  }

  /// What operations on a packet are called once they are done.
  private static let done = [
    "decide": "decided", "lapse": "lapsed", "acknowledge": "acknowledged", "fail": "failed",
    "timeOut": "timed out", "compensate": "compensated",
  ]

  private func contentWords(_ sent: RelaySentPacket) -> String {
    guard sent.hasSealed else { return "without content" }
    let readers = sent.sealed.keys.map(\.recipient).joined(separator: ", ")
    return "content sealed in \(source.genesis.suite.id.name) to \(readers)"
  }

  func part<M: Message>(
    _ type: M.Type, _ asset: AssetID, on chain: any PacketFacts
  ) async throws -> (part: Part<M>?, header: BlockHeader) {
    let (trail, header) = try await chain.trail(of: asset)
    guard let trail else { return (nil, header) }
    return (Part(value: try message(type, trail.current.value), trail: trail), header)
  }

  func message<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> M {
    do {
      return try M(strict: bytes, limit: Limits.valueBytes)
    } catch {
      throw Failure.refused("packet \(name): \(ModelFault.wire(error))")
    }
  }
}

// What the destination has.
extension PacketTracer {
  private func add(
    _ arrival: Part<RelayReceivedPacket>, of origin: Part<RelaySentPacket>,
    to trace: inout PacketTrace
  ) async throws {
    guard let received = arrival.trail.events.first else { return }
    let there = destination.genesis.name
    let headerName = try message(RelayHeaderName.self, received.details)
    let known = RelayContract.header(
      headerName.chainID.octets, revision: headerName.revision, height: headerName.height)
    if let header = try await part(WireProvenHeader.self, known, on: destination).part,
      let update = header.trail.events.first
    {
      trace.add(
        "header known", update, on: there,
        "height \(headerName.height) of \(source.genesis.name), which proves the packet")
      let own = try await source.provenHeader(at: headerName.height)
      trace.expect(
        "the header that proved it on \(there) is \(source.genesis.name)'s own",
        own.encoded == header.value.header.octets)
    }
    try await addRecords(arrival.value, of: origin.value, to: &trace)
    trace.add("received", received, on: there, arrivalWords(arrival))
    for event in arrival.trail.events.dropFirst() {
      let outcome = try message(RelayAcknowledgement.self, event.details)
      trace.add(Self.done[event.operation] ?? event.operation, event, on: there, outcome.words)
    }
    trace.expect(
      "it was received on \(there) before its timeout",
      received.timeMs < origin.value.packet.timeoutMs)
  }

  private func arrivalWords(_ arrival: Part<RelayReceivedPacket>) -> String {
    let outcome = arrival.value.outcome
    guard outcome.failure == .none || arrival.trail.events.count > 1 else {
      return "without effect: \(outcome.failure.words)"
    }
    guard arrival.value.hasSealed else { return "without content" }
    let readers = arrival.value.sealed.keys.map(\.recipient).joined(separator: ", ")
    return "content sealed in \(destination.genesis.suite.id.name) to \(readers)"
  }

  private func addAbsence(
    _ sent: RelaySentPacket, _ header: BlockHeader, to trace: inout PacketTrace
  ) async throws {
    let (bytes, _) = try await destination.value(of: RelayContract.channel(name.channel))
    let state = try bytes.map { try message(RelayChannelState.self, $0.value) }
    let detail =
      if (state?.received ?? 0) >= name.sequence {
        "passed over after its timeout"
      } else if header.timeMs >= sent.packet.timeoutMs {
        "its timeout has passed, so it never will be"
      } else {
        "waits; \(name.channel):\((state?.received ?? 0) + 1) is next"
      }
    trace.steps.append(
      PacketTrace.Step(
        chain: destination.genesis.name, step: "not received", time: nil,
        height: header.executed.height, by: nil, transaction: nil,
        detail: detail + ", absence proven"))
  }

  /// What the two chains must agree on.
  private func check(
    _ origin: Part<RelaySentPacket>, _ arrival: Part<RelayReceivedPacket>?,
    _ trace: inout PacketTrace
  ) {
    let (here, there) = (source.genesis.name, destination.genesis.name)
    let sent = origin.value
    if let arrival, sent.outcome.failure != .otherPacket {
      trace.expect(
        "the packet has the same bytes on both chains",
        arrival.value.packet.encoded == sent.packet.encoded)
    }
    switch sent.state {
    case .acknowledged:
      trace.expect(
        "\(here) acknowledged what \(there) has as its outcome",
        arrival?.value.outcome == sent.outcome && sent.outcome.failure == .none)
    case .compensated, .failed, .timedOut:
      let isSo =
        switch sent.outcome.failure {
        case .timedOut: arrival == nil
        case .otherPacket: arrival.map { $0.value.packet.encoded != sent.packet.encoded } ?? false
        default: arrival?.value.outcome == sent.outcome
        }
      trace.expect("\(here) compensated for what \(there) has as its outcome", isSo)
    case .sent, .UNRECOGNIZED: break
    }
  }
}
