internal import BuiltinContracts
internal import Cryptography
internal import LedgerClient
internal import LedgerModel
internal import LightVerifier
internal import Wire

// Calls of the relay contract that were refused while the packet was under way.

extension PacketTracer {
  func addRefusals(
    _ origin: Part<RelaySentPacket>, _ arrival: Part<RelayReceivedPacket>?,
    to trace: inout PacketTrace
  ) async throws {
    guard let sent = origin.trail.events.first else { return }
    let isSettled = origin.value.state != .sent
    trace.refused += try await source.refusals(
      until: isSettled ? origin.trail.current.leaf.position : nil, since: sent.timeMs)
    trace.refused += try await destination.refusals(
      until: arrival?.trail.current.leaf.position, since: sent.timeMs)
  }
}

extension RemoteLedger {
  /// Most records of a log that are looked through for refusals.
  private static let recordsMax: UInt64 = 20_000
  /// Most refusals of a chain that are shown.
  private static let shownMax = 20

  /// Refusals before a position of the log, or up to now, that came after a time.
  func refusals(
    until end: UInt64?, since timeMs: UInt64
  ) async throws -> [PacketTrace.Refused] {
    var last = end ?? 0
    if end == nil { last = try await newestHeader()?.executed.logSize ?? 0 }
    var found: [PacketTrace.Refused] = []
    for position in try await candidates(until: last).suffix(Self.shownMax).reversed() {
      let receipt = try await receipt(at: position)
      guard try await provenHeader(at: receipt.height).timeMs >= timeMs else { break }
      let outcome = ReceiptOutcome(receipt)
      if let index = found.firstIndex(where: {
        $0.sentence == outcome.sentence && $0.by == receipt.member && $0.method == receipt.method
      }) {
        found[index].times += 1
      } else {
        found.append(
          PacketTrace.Refused(
            chain: genesis.name, height: receipt.height, by: receipt.member,
            method: receipt.method, sentence: outcome.sentence, times: 1))
      }
    }
    return found.reversed()
  }

  /// Where the node's feed, which is its word, has such receipts, the oldest first.
  private func candidates(until end: UInt64) async throws -> [UInt64] {
    var positions: [UInt64] = []
    guard end > 0 else { return [] }
    for try await item in try await connection.events(from: end - min(end, Self.recordsMax)) {
      if item.kind == .receipt, let receipt = try? Receipt(decoding: item.record.octets),
        receipt.contract == RelayContract.name, !receipt.isDone
      {
        positions.append(item.position)
      }
      guard item.position + 1 < end else { break }
    }
    return positions
  }
}
