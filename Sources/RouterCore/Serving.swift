public import BuiltinContracts
public import LedgerModel
public import Wire

/// What a router answers to one beside the other chain: a pure function of its own chain's state.
///
/// - Source: docs/spec/21-routers.md, rules Q3 and Q4.
public struct Serving: Sendable {
  /// Bounds of one question and its answer.
  public enum Limit {
    /// Packets: a proof and a receipt each.
    public static let packets = 256
    /// Outcomes that are asked for one by one.
    public static let outcomes = 256
    /// Outcomes in one answer.
    public static let answeredOutcomes = 512
    /// Assets that a node proves at once.
    public static let assets = 1_024
    /// Links between epochs that one answer is followed through.
    public static let links = 64
    /// Absences: those of packets whose time passed.
    public static let absences = 128
    /// Bytes of contents in one answer, unless one packet alone has more.
    public static let contentBytes = 8 << 20
    /// How long a question may wait for something new, in milliseconds.
    public static let waitMs: UInt32 = 10_000
    /// Bytes of a question.
    public static let askBytes = 16 << 10
    /// Bytes of an answer: contents, some 1,500 bytes for each proof, and epochs.
    public static let answerBytes = 24 << 20
  }

  public let ask: WireRouterAsk
  /// Sequences of packets to bring.
  public let packets: [UInt64]
  /// Of outcomes, and of what may be absent.
  private let outcomes: [UInt64]
  private let overdue: [UInt64]

  /// - Parameter view: Of the answering router's chain.
  /// - Throws: `malformed` for a question that is out of bounds.
  public init(_ ask: WireRouterAsk, _ view: ChannelView) throws(RouterFault) {
    guard ask.outcomes.count <= Limit.outcomes else {
      throw .malformed(field: "outcomes", value: "\(ask.outcomes.count)")
    }
    guard ask.overdue.count <= Limit.absences else {
      throw .malformed(field: "overdue", value: "\(ask.overdue.count)")
    }
    self.ask = ask
    let most = min(UInt64(ask.packetsMost), UInt64(Limit.packets))
    packets = Self.range(from: ask.packetsFrom, to: view.state.sent, most: most)
    let received = view.state.received
    outcomes =
      ask.outcomes.filter { $0 <= received }
      + Self.range(
        from: ask.outcomesAfter &+ 1, to: received, most: UInt64(Limit.answeredOutcomes))
    overdue = ask.overdue.map(\.sequence)
  }

  private static func range(from: UInt64, to last: UInt64, most: UInt64) -> [UInt64] {
    guard from > 0, from <= last, most > 0 else { return [] }
    return Array(from...min(last, from + (most - 1)))
  }

  /// Whether there may be something to answer, so that proofs are worth their price.
  public var isWorthAsking: Bool { !packets.isEmpty || !outcomes.isEmpty || !overdue.isEmpty }

  /// What to prove, all against one header.
  public var assets: [AssetID] {
    let names =
      packets.map { RelayContract.sent(ask.channel, $0) }
      + Array(Set(outcomes + overdue)).sorted().map { RelayContract.received(ask.channel, $0) }
    return Array(names.prefix(Limit.assets))
  }

  /// Sorts the proofs of `assets`.
  /// - Parameter passed: A header that `header` has executed, with its time, for absences.
  /// - Returns: The answer but for packets, which are returned apart because their content is
  ///   sealed anew; they begin with the first asked for and have no gaps.
  public func answer(
    _ items: [WireProofItem], header: WireProvenHeader, links: [WireEpochLink],
    passed: (header: WireProvenHeader, timeMs: UInt64)?
  ) -> (answer: WireRouterAnswer, packets: [(proof: WireValueProof, sent: RelaySentPacket)]) {
    var answer = WireRouterAnswer()
    answer.number = ask.number
    answer.channel = ask.channel
    answer.links = links
    answer.header = header
    var values: [String: WireValueProof] = [:]
    var absences: [String: WireAbsenceProof] = [:]
    for item in items {
      switch item.proof {
      case .value(let proof): values["\(proof.namespace)/\(proof.key)"] = proof
      case .absence(let proof): absences["\(proof.namespace)/\(proof.key)"] = proof
      default: break
      }
    }
    var carried: [(proof: WireValueProof, sent: RelaySentPacket)] = []
    for sequence in packets {
      guard let proof = values["\(RelayContract.sent(ask.channel, sequence))"],
        let sent = try? RelaySentPacket(strict: proof.value.octets, limit: Limits.valueBytes)
      else { break }
      carried.append((proof, sent))
    }
    answer.outcomes = Set(outcomes).sorted().compactMap { sequence in
      let proof = values["\(RelayContract.received(ask.channel, sequence))"]
      guard let proof,
        let received = try? RelayReceivedPacket(
          strict: proof.value.octets, limit: Limits.valueBytes),
        !received.outcome.open
      else { return nil }
      return proof
    }
    if let passed {
      let late = ask.overdue.filter { $0.timeoutMs <= passed.timeMs }
      answer.absences = late.compactMap {
        absences["\(RelayContract.received(ask.channel, $0.sequence))"]
      }
      if !answer.absences.isEmpty { answer.passed = passed.header }
    }
    return (answer, carried)
  }
}
