internal import BuiltinContracts
internal import Cryptography
internal import LedgerModel
internal import LightVerifier
internal import RouterCore
internal import SwiftProtobuf
internal import Wire

// Who opened the packet's content on its way and sealed it anew. No contract checks the signatures.

extension PacketTracer {
  func addRecords(
    _ received: RelayReceivedPacket, of sent: RelaySentPacket, to trace: inout PacketTrace
  ) async throws {
    let bodies = try received.records.map {
      try message(RelayReencryptionBody.self, $0.body.octets)
    }
    // Each chain's terms name the routers of the other.
    for (index, body) in bodies.enumerated() {
      let chain = index == 0 ? source : destination
      let terms = try await termsEver(on: index == 0 ? destination : source)
      let isSigned = terms.contains { terms in
        guard let mechanism = SuiteID(name: terms.mechanism)?.suite else { return false }
        return terms.remoteRouters.contains {
          $0.name == body.router
            && received.records[index].isSigned(by: $0.signingKey.octets, suite: mechanism)
        }
      }
      trace.steps.append(
        PacketTrace.Step(
          chain: chain.genesis.name, step: "re-encrypted", time: TimeText.iso(body.timeMs),
          height: nil, by: body.router, transaction: nil,
          detail: "from \(body.suiteIn) to \(body.suiteOut), by the router's clock"))
      trace.expect(
        "\(body.router), a router of \(chain.genesis.name) in the channel's terms, signed that it "
          + "re-encrypted this packet",
        isSigned && body.isAbout(sent.packet))
    }
    guard let first = bodies.first, let last = bodies.last else { return }
    let links = zip(bodies, bodies.dropFirst()).allSatisfy { $0.digestOut == $1.digestIn }
    trace.expect(
      "the records lead from the ciphertext on \(source.genesis.name) to the one on "
        + destination.genesis.name,
      links && first.digestIn == sent.sealed.attachment
        && last.digestOut == received.sealed.attachment)
  }

  /// R31. Routers of the source that brought wrong content of the packet to its destination.
  func addBlames(to trace: inout PacketTrace) async throws {
    let routers = try await termsEver(on: destination).flatMap(\.remoteRouters)
    for key in Set(routers.map(\.signingKey.octets)).sorted(by: { $0.hex < $1.hex }) {
      let asset = RelayContract.blamed(name.channel, name.sequence, key)
      guard let part = try await part(RelayBlamedRouter.self, asset, on: destination).part,
        let event = part.trail.events.first
      else { continue }
      trace.add(
        "blamed", event, on: destination.genesis.name,
        "\(part.value.router), router of \(source.genesis.name): \(part.value.fault.words)")
    }
  }

  /// All terms that the channel ever had on a chain: a router's key may have been replaced since.
  private func termsEver(on chain: any PacketFacts) async throws -> [WireChannelRecord] {
    let (trail, _) = try await chain.trail(of: Channel.asset(name.channel))
    return try (trail?.events ?? []).map {
      try message(WireAppliedChange.self, $0.details).change.setChannel
    }
  }
}

extension RelayFault {
  /// What was wrong with the content that was brought.
  fileprivate var words: String {
    switch self {
    case .doesNotOpen: "its content did not open"
    case .otherCommitment: "its content was not what the source committed to"
    case .otherRecord: "its record was of something else than it brought"
    case .none, .UNRECOGNIZED: "fault \(rawValue)"
    }
  }
}

extension RelayReencryptionBody {
  fileprivate func isAbout(_ packet: RelayPacket) -> Bool {
    channel == packet.channel && sequence == packet.sequence
      && sourceChain == packet.sourceChain && commitment == packet.commitment
  }
}
